import { expect, test } from 'vitest';
import { makeNoteReport } from '#services/notifications/note-report.ts';
import { AppError } from '#shared/errors.ts';
import { DAY, HOUR, MINUTE } from '#shared/time.ts';
import { openNotifications, wanted } from './open-notifications.ts';

const push = { types: ['push'] } as const;

test('what no provider takes now is tried again, and fails after the last try', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  await desk.notifications.create([wanted(nok, push)]);
  desk.world.answer = async () => {
    throw new AppError('UPSTREAM_UNAVAILABLE');
  };
  await desk.dispatch();
  expect(await desk.rows()).toMatchObject([{ state: 'waiting', retry_count: 1 }]);
  expect(await desk.dispatch()).toBe(0);
  for (let tries = 0; tries < 20; tries++) {
    await desk.pass(15 * MINUTE);
    await desk.db.database.rows({
      name: 'test.keep',
      text: 'UPDATE notifications.notifications SET expires_at = NULL',
    });
    await desk.dispatch();
  }
  expect(await desk.rows()).toMatchObject([{ state: 'failed', reason: 'unreachable', retry_count: 8 }]);
  expect(desk.handed).toHaveLength(9);
  expect(await desk.events('notifications.failed')).toHaveLength(1);
});

test('what happened days before it could be told goes to the inbox alone', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  const happenedAt = new Date(Date.now() - 4 * DAY);
  await desk.notifications.create([wanted(nok, { types: ['push', 'in_app'], happenedAt })]);
  await desk.dispatch();
  expect(desk.handed).toEqual([]);
  const rows = (await desk.rows()).map(({ type, state }) => `${type} ${state}`);
  expect(rows.toSorted()).toEqual(['in_app delivered', 'push expired']);
});

test('what is refused, has no address or is suppressed fails once and for all, with the reason', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  await desk.notifications.create([wanted(nok, push), wanted(nok, push), wanted(nok, push)]);
  const outcomes = [
    { kind: 'refused', reason: 'too_long' } as const,
    { kind: 'no_address' } as const,
    { kind: 'suppressed' } as const,
  ];
  desk.world.answer = async () => outcomes.shift()!;
  await desk.dispatch();
  expect((await desk.rows()).map(({ state, reason }) => `${state} ${reason}`).toSorted()).toEqual([
    'failed no_address',
    'failed suppressed',
    'failed too_long',
  ]);
  await desk.pass(DAY);
  expect(await desk.dispatch()).toBe(0);
});

test('one that was left half done is taken on again under the same id', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  await desk.notifications.create([wanted(nok, push)]);
  await desk.db.database.rows({
    name: 'test.leave',
    text: `UPDATE notifications.notifications SET state = 'sending', due_at = now() + interval '1 minute'`,
  });
  expect(await desk.dispatch()).toBe(0);
  await desk.pass(2 * MINUTE);
  await desk.dispatch();
  expect(await desk.rows()).toMatchObject([{ state: 'sent', retry_count: 1, id: desk.handed[0]!.notificationId }]);
});

test('several senders share what is due: each goes out once', async () => {
  await using desk = await openNotifications();
  const people = await Promise.all(Array.from({ length: 30 }, () => desk.person()));
  await desk.notifications.create(people.map((nok) => wanted(nok, push)));
  await Promise.all([desk.dispatch(), desk.dispatch(), desk.dispatch()]);
  expect(new Set(desk.handed.map(({ notificationId }) => notificationId)).size).toBe(30);
  expect(desk.handed).toHaveLength(30);
});

test('who is deleted or suspended, or switches off, before it is sent does not get it', async () => {
  await using desk = await openNotifications();
  const [nok, ploy] = [await desk.person(), await desk.person()];
  const scheduledAt = new Date(Date.now() + HOUR);
  await desk.notifications.create([wanted(nok, { ...push, scheduledAt }), wanted(ploy, { ...push, scheduledAt })]);
  await desk.db.database.rows(
    { name: 'test.delete', text: `UPDATE auth.accounts SET status = 'deleted' WHERE id = $1` },
    [nok.userId],
  );
  await desk.notifications.putPreferences(ploy, { channels: { payments: { push: false } } });
  await desk.pass(2 * HOUR);
  await desk.dispatch();
  expect(desk.handed).toEqual([]);
  expect((await desk.rows()).map(({ reason }) => String(reason)).toSorted()).toEqual([
    'recipient_gone',
    'switched_off',
  ]);
});

test('quiet hours that begin while it waits hold it back, by the clock of the database', async () => {
  // Whoever made it has a clock that is wrong by five minutes; what is quiet is decided again by another.
  await using desk = await openNotifications({ clock: () => new Date(Date.now() - 5 * MINUTE) });
  const nok = await desk.person();
  await desk.notifications.create([wanted(nok, push)]);
  const minute = (ms: number) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Bangkok', hour: '2-digit', minute: '2-digit' }).format(ms);
  const now = Date.now();
  await desk.notifications.putPreferences(nok, {
    quiet_hours: { from: minute(now - 2 * MINUTE), to: minute(now + 30 * MINUTE) },
  });
  await desk.dispatch();
  expect(desk.handed).toEqual([]);
  const [row] = await desk.rows();
  expect(row).toMatchObject({ state: 'waiting' });
  const waitsMs = row!.due_at!.getTime() - now;
  expect(waitsMs).toBeGreaterThan(28 * MINUTE);
  expect(waitsMs).toBeLessThanOrEqual(30 * MINUTE);
});

test('ten reports of one arrival are one arrival, and a failure after it is none', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  const note = makeNoteReport(desk.ports);
  const { rows } = await desk.notifications.create([wanted(nok, push)]);
  const notificationId = rows[0]!.id;
  expect(await note({ notificationId, status: 'failed' })).toBe(false);
  await desk.dispatch();
  const told = await Promise.all(Array.from({ length: 10 }, () => note({ notificationId, status: 'delivered' })));
  expect(told.filter(Boolean)).toHaveLength(1);
  expect(await note({ notificationId, status: 'failed', reason: 'late' })).toBe(false);
  expect(await desk.rows()).toMatchObject([{ state: 'delivered', reason: null }]);
  expect(await desk.events('notifications.delivered')).toHaveLength(1);
});

test('a report of a failure moves what was sent, and a later one of the arrival has the last word', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  const note = makeNoteReport(desk.ports);
  const { rows } = await desk.notifications.create([wanted(nok, push)]);
  const notificationId = rows[0]!.id;
  await desk.dispatch();
  await note({ notificationId, status: 'failed', reason: 'bounced' });
  expect(await desk.rows()).toMatchObject([{ state: 'failed', reason: 'bounced' }]);
  await note({ notificationId, status: 'delivered' });
  expect(await desk.rows()).toMatchObject([{ state: 'delivered', reason: null }]);
});
