import { expect, test } from 'vitest';
import { grantRole } from '#services/auth/staff.ts';
import { oldNumberOf, type PhoneChangeId } from '#services/auth/phone-change/store.ts';
import { parkedOf, reclaimAccount } from '#services/auth/reclaim-account.ts';
import type { VerifyOtp } from '#services/auth/verify-otp.ts';
import type { UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { DAY, MINUTE } from '#shared/time.ts';
import { attempt, IP, openAuth, PHONE, type TestAuth, wrong } from './open-auth.ts';

const PIN = '246810';
const IDLE = { code: 'ACCOUNT_IDLE' };
const STRANGER = { id: 'stranger', platform: undefined, appVersion: undefined } as const;

/** As if nobody had used any account for so many days. */
async function passDays(at: TestAuth, days: number): Promise<void> {
  await at.run('UPDATE auth.accounts SET last_login_on = last_login_on - $1::int', [days]);
  await at.run('UPDATE auth.sessions SET last_activity_at = last_activity_at - make_interval(days => $1)', [days]);
}

async function code(at: TestAuth): Promise<string> {
  await at.auth.sendOtp({ phoneNumber: PHONE, country: 'TH', localeTag: 'en', ip: IP });
  return await at.codeOf(PHONE);
}

/** Someone with a PIN, or without one, who has not been here for 91 days; and the code that somebody asks for now. */
async function openIdle(hasPin = true) {
  const at = await openAuth();
  const owner = await at.logIn();
  if (hasPin) await at.auth.setPin(owner.caller, { pin: PIN, stepUpToken: undefined });
  await passDays(at, 91);
  const right = await code(at);
  const logIn = (more: Partial<VerifyOtp> = {}) => at.auth.verifyOtp({ ...attempt(right), device: STRANGER, ...more });
  return { at, owner, right, logIn, [Symbol.asyncDispose]: () => at[Symbol.asyncDispose]() };
}

async function audited(at: TestAuth, subject: string) {
  return (await at.written('audit.recorded'))
    .filter(({ data }) => data['subject'] === subject)
    .map(({ data }) => `${String(data['action'])} ${String(data['outcome'])}`);
}

const ports = (at: TestAuth) => ({
  databases: at.db.databases,
  outbox: at.db.outbox,
  feed: { publish: async () => undefined },
});

test('a code alone does not open an account that nobody has used for long, and is not spent on it', async () => {
  await using idle = await openIdle();
  for (const device of [STRANGER, { ...STRANGER, id: undefined }]) {
    const refusal = await idle.logIn({ device }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ ...IDLE, details: expect.stringContaining('with the pin') as string });
  }
  await expect(idle.logIn({ code: wrong(idle.right) })).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  expect(await idle.at.auth.listSessions(idle.owner.caller)).toHaveLength(1);
  expect(await audited(idle.at, idle.owner.user.id)).toContain('auth.idle_account_opened refused');
  await expect(idle.logIn({ pin: PIN })).resolves.toMatchObject({ user: { id: idle.owner.user.id } });
});

test('a wrong PIN opens it no more than none, and five of them lock it', async () => {
  await using idle = await openIdle();
  for (let tries = 0; tries < 4; tries += 1) {
    await expect(idle.logIn({ pin: '000000' })).rejects.toMatchObject({ code: 'PIN_INVALID' });
  }
  await expect(idle.logIn({ pin: '000000' })).rejects.toMatchObject({ code: 'PIN_LOCKED' });
  await expect(idle.logIn({ pin: PIN })).rejects.toMatchObject({ code: 'PIN_LOCKED' });
});

test('the PIN opens it, as a new device', async () => {
  await using idle = await openIdle();
  const login = await idle.logIn({ pin: PIN });
  expect(login.user.id).toBe(idle.owner.user.id);
  const { limitedUntil } = await idle.at.identity.authenticate(login.accessToken);
  expect(limitedUntil!.getTime() - Date.now()).toBeGreaterThan(DAY - MINUTE);
  expect(await audited(idle.at, idle.owner.user.id)).toContain('auth.idle_account_opened ok');
});

test('of a device that the account knows nothing more is asked, nor after a shorter while, nor of one in use', async () => {
  await using idle = await openIdle();
  await expect(idle.logIn({ device: attempt('').device })).resolves.toMatchObject({
    user: { id: idle.owner.user.id },
  });
  await passDays(idle.at, 89);
  const device = { ...STRANGER, id: 'another' };
  await expect(idle.logIn({ code: await code(idle.at), device })).resolves.toBeDefined();
  await idle.at.run('UPDATE auth.accounts SET last_login_on = last_login_on - 200');
  const third = { ...STRANGER, id: 'a third' };
  await expect(idle.logIn({ code: await code(idle.at), device: third })).resolves.toBeDefined();
});

test('whoever cannot prove it starts anew, and everything stays with the owner', async () => {
  await using idle = await openIdle(false);
  const refusal = await idle.logIn().catch((error: unknown) => error);
  expect(refusal).toMatchObject({ ...IDLE, details: expect.stringContaining('has no PIN') as string });
  const fresh = await idle.logIn({ startsAnew: true });
  const { at, owner } = idle;
  expect(fresh.user.id).not.toBe(owner.user.id);
  expect(fresh.user.phone_number).toBe(PHONE);
  await expect(at.identity.authenticate(owner.accessToken)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
  expect((await at.logIn()).user.id).toBe(fresh.user.id);
  expect((await at.written('auth.account_parked')).map(({ data }) => data)).toEqual([
    { user_id: owner.user.id, country: 'TH' },
  ]);
  expect(await audited(at, owner.user.id)).toContain('auth.account_parked ok');
  expect(JSON.stringify(await at.written())).not.toContain(PHONE.slice(3));
});

test('starting anew is for accounts that nobody uses: of one in use the wish is not looked at', async () => {
  await using at = await openAuth();
  const owner = await at.logIn();
  const login = await at.logIn(PHONE, { device: STRANGER, startsAnew: true, pin: '000000' });
  expect(login.user.id).toBe(owner.user.id);
  expect(await at.written('auth.account_parked')).toEqual([]);
});

test('two who start anew with one code: one of them, and one account', async () => {
  await using idle = await openIdle();
  const both = await Promise.allSettled([1, 2].map(() => idle.logIn({ startsAnew: true })));
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(await idle.at.written('auth.account_parked')).toHaveLength(1);
});

test('staff give a parked account a number again, and the one that has it is parked', async () => {
  await using idle = await openIdle();
  const { at, owner } = idle;
  const ids = { nobody: newId<UserId>('TH'), owner: owner.user.id as UserId };
  await expect(reclaimAccount(ports(at), ids.owner, PHONE, 'operator:test')).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
  });
  const fresh = await idle.logIn({ startsAnew: true });
  expect(await parkedOf(at.db.databases, PHONE)).toMatchObject([{ account_id: ids.owner }]);
  await expect(reclaimAccount(ports(at), ids.nobody, PHONE, 'operator:test')).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(reclaimAccount(ports(at), ids.owner, '+6581234567', 'operator:test')).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
  });
  expect(await reclaimAccount(ports(at), ids.owner, PHONE, 'operator:test')).toEqual({ parked: fresh.user.id });
  const back = await at.logIn();
  expect(back.user.id).toBe(ids.owner);
  expect(back.caller.limitedUntil).toBeDefined();
  expect(await parkedOf(at.db.databases, PHONE)).toMatchObject([{ account_id: fresh.user.id }]);
});

test('staff give an account whose number was stolen another one: sessions end, limits are low, and the old one is told', async () => {
  await using at = await openAuth();
  const owner = await at.logIn();
  const thief = await at.logIn(PHONE, { device: STRANGER });
  const id = owner.user.id as UserId;
  const phone = '+66898765432';
  const published: string[] = [];
  const feed = { publish: async (ids: readonly string[]) => void published.push(...ids) };
  expect(await reclaimAccount({ ...ports(at), feed }, id, phone, 'operator:test')).toEqual({ parked: undefined });
  expect(published.toSorted()).toEqual([owner, thief].map(({ caller }) => caller.sessionId as string).toSorted());
  expect(await at.auth.listSessions(owner.caller)).toEqual([]);
  const back = await at.logIn(phone);
  expect(back.user.id).toBe(id);
  expect(back.caller.limitedUntil!.getTime() - Date.now()).toBeGreaterThan(DAY - MINUTE);
  expect((await at.logIn()).user.id).not.toBe(id);
  const [changed] = await at.written('auth.phone_changed');
  const changeId = String(changed!.data['change_id']) as PhoneChangeId;
  expect(await oldNumberOf(at.db.database, changeId)).toEqual({ number: PHONE, locale: 'en' });
  expect(await audited(at, id)).toContain('auth.account_reclaimed ok');
  expect(await at.written('auth.account_reclaimed')).toHaveLength(1);
});

test('an account that is erased is not given a number', async () => {
  await using at = await openAuth();
  const id = (await at.logIn()).user.id as UserId;
  await at.run(
    "UPDATE auth.accounts SET status = 'deleted', deleted_at = now(), erased_at = now(), phone_number = NULL WHERE id = $1",
    [id],
  );
  const given = reclaimAccount(ports(at), id, '+66898765432', 'operator:test');
  await expect(given).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a parked account has no number that a role could be given by, and its erasure forgets the one it had', async () => {
  await using idle = await openIdle();
  const { at, owner } = idle;
  await idle.logIn({ startsAnew: true });
  const granted = await grantRole(ports(at), PHONE, 'merchant', 'operator:test');
  expect(granted.userId).not.toBe(owner.user.id);
  await at.run("UPDATE auth.accounts SET status = 'deleted', deleted_at = now() WHERE id = $1", [owner.user.id]);
  await at.run('UPDATE auth.accounts SET erased_at = now() WHERE id = $1', [owner.user.id]);
  expect(await parkedOf(at.db.databases, PHONE)).toEqual([]);
});
