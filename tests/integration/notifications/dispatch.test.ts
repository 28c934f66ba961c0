import { expect, test } from 'vitest';
import { makeDispatch } from '#services/notifications/dispatch/dispatch.ts';
import { makeNoteReport } from '#services/notifications/note-report.ts';
import { AppError } from '#shared/errors.ts';
import { DAY, HOUR, MINUTE } from '#shared/time.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { openNotifications, plainTemplates, wanted } from './open-notifications.ts';

const push = { types: ['push'] } as const;

async function tryOften(desk: Awaited<ReturnType<typeof openNotifications>>, times: number): Promise<void> {
  for (let tries = 0; tries < times; tries++) {
    await desk.pass(15 * MINUTE);
    await desk.dispatch();
  }
}

test('what breaks in a way that nobody foresaw fails after the last try', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  await desk.notifications.create([wanted(nok, push)]);
  desk.world.answer = async () => {
    throw new TypeError('nobody foresaw this');
  };
  await desk.dispatch();
  expect(await desk.rows()).toMatchObject([{ state: 'waiting', retry_count: 1 }]);
  expect(await desk.dispatch()).toBe(0);
  await tryOften(desk, 20);
  expect(await desk.rows()).toMatchObject([{ state: 'failed', reason: 'unreachable', retry_count: 8 }]);
  expect(desk.handed).toHaveLength(9);
  expect(await desk.events('notifications.failed')).toHaveLength(1);
});

test('while its providers are away a notification is tried until it expires, and goes out when one is back', async () => {
  await using desk = await openNotifications();
  const [nok, ploy] = [await desk.person(), await desk.person()];
  await desk.notifications.create([wanted(nok, push), wanted(ploy, { ...push, priority: 'urgent' })]);
  desk.world.answer = async () => {
    throw new AppError('UPSTREAM_UNAVAILABLE');
  };
  await tryOften(desk, (24 * HOUR) / (15 * MINUTE) + 1);
  expect((await desk.rows()).map(({ state, reason }) => `${state} ${reason}`).toSorted()).toEqual([
    'expired too_late',
    'waiting null',
  ]);
  desk.world.answer = async () => ({ kind: 'sent', provider: 'test', providerRef: 'x' });
  await tryOften(desk, 1);
  expect((await desk.rows()).map(({ state }) => state).toSorted()).toEqual(['expired', 'sent']);
});

test('one that cannot be looked up or written waits on its own, and holds no other up', async () => {
  await using desk = await openNotifications({
    templates: {
      ...plainTemplates,
      render: (template, how) => {
        if (how.zone === 'Mars/Olympus') throw new RangeError('There is no such zone');
        return plainTemplates.render(template, how);
      },
    },
  });
  const people = await Promise.all(Array.from({ length: 5 }, () => desk.person()));
  const [nok, ploy] = people;
  const sender = { $ref: 'user', id: nok!.userId };
  await desk.db.database.rows(
    { name: 'test.mars', text: `UPDATE auth.accounts SET timezone = 'Mars/Olympus' WHERE id = $1` },
    [ploy!.userId],
  );
  await desk.notifications.create(
    people.map((one) => wanted(one, { ...push, ...(one === nok ? { variables: { sender } } : {}) })),
  );
  desk.world.facts = async () => {
    throw new AppError('UPSTREAM_UNAVAILABLE');
  };
  await desk.dispatch();
  expect(new Map((await desk.rows()).map((row) => [row.recipient_id, `${row.state} ${row.broken_count}`]))).toEqual(
    new Map(people.map((one) => [one.userId, one === nok ? 'waiting 0' : one === ploy ? 'waiting 1' : 'sent 0'])),
  );
});

test('a batch whose people cannot be looked up is put back, and no try of any is counted', async () => {
  let isAway = true;
  await using desk = await openNotifications();
  const recipients: typeof desk.ports.recipients = {
    find: async (ids) => {
      if (isAway) throw new Error('the database of accounts is away');
      return await desk.ports.recipients.find(ids);
    },
  };
  const dispatch = makeDispatch(
    { ...desk.ports, recipients, deliver: desk.world.answer, findReport: desk.world.report, log: quietLog },
    desk.db.database,
  );
  await desk.notifications.create([wanted(await desk.person(), push)]);
  await dispatch();
  expect(await desk.rows()).toMatchObject([{ state: 'waiting', broken_count: 0 }]);
  isAway = false;
  await desk.pass(MINUTE);
  await dispatch();
  expect(await desk.rows()).toMatchObject([{ state: 'sent' }]);
});

test('what is urgent is taken on before what has been due for longer', async () => {
  await using desk = await openNotifications();
  const [nok, ploy] = [await desk.person(), await desk.person()];
  await desk.notifications.create(
    Array.from({ length: 120 }, () => wanted(nok, { ...push, channel: 'messaging', priority: 'high' })),
  );
  await desk.pass(MINUTE);
  await desk.notifications.create([wanted(ploy, { ...push, channel: 'security', priority: 'urgent' })]);
  await desk.dispatch();
  const alert = (await desk.rows()).find((row) => row.recipient_id === ploy.userId);
  expect(alert).toMatchObject({ state: 'sent' });
  expect(desk.handed).toHaveLength(100);
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

test('a failure that was reported before it was written down that it was sent is not lost', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  const note = makeNoteReport(desk.ports);
  await desk.notifications.create([wanted(nok, { types: ['email'] })]);
  desk.world.answer = async ({ notificationId }) => {
    expect(await note({ notificationId, status: 'failed' })).toBe(false);
    return { kind: 'sent', provider: 'test', providerRef: 'x' };
  };
  desk.world.report = async (notificationId) =>
    void (await note({ notificationId, status: 'failed', reason: 'bounced' }));
  await desk.dispatch();
  expect(await desk.rows()).toMatchObject([{ state: 'failed', reason: 'bounced' }]);
});
