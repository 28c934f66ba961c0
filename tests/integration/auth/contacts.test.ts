import { expect, test } from 'vitest';
import type { UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { openAuth, PHONE } from './open-auth.ts';

const REPORTS = statement('test.reports', 'SELECT reporter_id, reported_id, reason FROM auth.reports');
const OTHER = '+66898765432';

test('nobody blocks or reports themselves, or someone who is not there', async () => {
  await using at = await openAuth();
  const { caller } = await at.logIn();
  for (const verb of ['blockUser', 'unblockUser', 'reportUser'] as const) {
    const act = (other: UserId) => at.auth[verb](caller, other, 'because');
    await expect(act(caller.userId)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
    await expect(act(newId<UserId>('TH'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  expect(await at.written('auth.block_changed')).toEqual([]);
  expect(at.blockChanges).toEqual([]);
});

test('who has blocked someone is not found by their lookup, and is again when the block is taken back', async () => {
  await using at = await openAuth();
  const ann = await at.logIn();
  const ben = await at.logIn(OTHER);
  const found = async () => (await at.auth.lookUpUsers(ben.caller, [PHONE, OTHER])).map(({ id }) => id).toSorted();
  const both = [ann.user.id, ben.user.id].toSorted();
  await at.auth.blockUser(ann.caller, ben.caller.userId, 'sells too much');
  expect(await found()).toEqual([ben.user.id]);
  expect(await at.auth.lookUpUsers(ann.caller, [OTHER])).toHaveLength(1);
  expect(await at.auth.blockersOf(ben.caller.userId, [ann.caller.userId, ben.caller.userId])).toEqual([ann.user.id]);
  await at.auth.unblockUser(ann.caller, ben.caller.userId);
  expect(await found()).toEqual(both);
});

test('numbers are looked up five thousand a day and no more, however they are asked for', async () => {
  await using at = await openAuth({ budgetFactor: 1 });
  const { caller } = await at.logIn();
  const block = (from: number, size: number) =>
    Array.from({ length: size }, (_, place) => `+6689${String(from + place).padStart(7, '0')}`);
  for (let call = 0; call < 49; call += 1) await at.auth.lookUpUsers(caller, block(call * 100, 100));
  // Those that are named twice are one.
  await at.auth.lookUpUsers(caller, [...block(4_900, 99), ...block(4_900, 99)]);
  const more = at.auth.lookUpUsers(caller, block(6_000, 2));
  await expect(more).rejects.toMatchObject({ code: 'RATE_LIMIT_EXCEEDED', retryAfterS: expect.any(Number) });
  await expect(at.auth.lookUpUsers(caller, [PHONE])).resolves.toHaveLength(1);
  await expect(at.auth.lookUpUsers(caller, [PHONE])).rejects.toMatchObject({ code: 'RATE_LIMIT_EXCEEDED' });
  await expect(at.auth.lookUpUsers((await at.logIn(OTHER)).caller, [PHONE])).resolves.toHaveLength(1);
});

test('while the counters are away people still find each other', async () => {
  await using at = await openAuth({ budgetFactor: 1 });
  const { caller } = await at.logIn();
  await at.budgetsRedis.quit();
  await expect(at.auth.lookUpUsers(caller, [PHONE])).resolves.toHaveLength(1);
});

test('a block is told once however often it is asked for, and is copied each time', async () => {
  await using at = await openAuth();
  const ann = await at.logIn();
  const ben = await at.logIn(OTHER);
  const pair = { blocker_id: ann.user.id, blocked_id: ben.user.id };
  await at.auth.blockUser(ann.caller, ben.caller.userId);
  await at.auth.blockUser(ann.caller, ben.caller.userId);
  await at.auth.unblockUser(ann.caller, ben.caller.userId);
  await at.auth.unblockUser(ann.caller, ben.caller.userId);
  const told = await at.written('auth.block_changed');
  expect(told.map(({ data }) => data)).toEqual([
    { ...pair, is_blocked: true },
    { ...pair, is_blocked: false },
  ]);
  expect(at.blockChanges).toEqual(Array.from({ length: 4 }, () => [ann.user.id, ben.user.id]));
  const audit = (await at.written('audit.recorded')).map(({ data }) => data['action']);
  expect(audit).toEqual(expect.arrayContaining(['auth.user_blocked', 'auth.user_unblocked']));
});

test('a report is kept with its reason, which no event or audit entry tells, and there are only so many a day', async () => {
  await using at = await openAuth({ budgetFactor: 1 });
  const ann = await at.logIn();
  const ben = await at.logIn(OTHER);
  for (let n = 0; n < 20; n += 1) await at.auth.reportUser(ann.caller, ben.caller.userId, 'a scam about lamps');
  const more = at.auth.reportUser(ann.caller, ben.caller.userId, 'again');
  await expect(more).rejects.toMatchObject({ code: 'RATE_LIMIT_EXCEEDED', retryAfterS: expect.any(Number) });
  const kept = await at.db.database.rows(REPORTS);
  expect(kept).toHaveLength(20);
  expect(kept[0]).toEqual({ reporter_id: ann.user.id, reported_id: ben.user.id, reason: 'a scam about lamps' });
  expect(await at.written('auth.user_reported')).toHaveLength(20);
  expect(JSON.stringify(await at.written())).not.toContain('lamps');
});
