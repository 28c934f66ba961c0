import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { NOT_WORTH_TELLING } from '#services/notifications/ports.ts';
import { AWAY_MAX } from '#services/notifications/rules.ts';
import { AppError } from '#shared/errors.ts';
import type { DialogId } from '#shared/ids.ts';
import { statement } from '#shared/sql.ts';
import { DAY, HOUR, MINUTE } from '#shared/time.ts';
import { openNotifications, wanted } from './open-notifications.ts';

test('one event makes one notification for each way, however often it comes and whoever brings it', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  const same = wanted(nok);
  await Promise.all([desk.notifications.create([same]), desk.notifications.create([same, same])]);
  await desk.db.database.transaction((tx) => desk.notifications.create([same], { tx }));
  expect((await desk.rows()).map(({ type, state }) => `${type} ${state}`).toSorted()).toEqual([
    'email waiting',
    'in_app delivered',
    'push waiting',
  ]);
});

test('what is made in a transaction that fails is not made, and can be made again', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  const one = wanted(nok);
  const failing = desk.db.database.transaction(async (tx) => {
    await desk.notifications.create([one], { tx });
    throw new Error('the consumer died');
  });
  await expect(failing).rejects.toThrow('the consumer died');
  expect(await desk.rows()).toEqual([]);
  expect((await desk.notifications.create([one])).rows).toHaveLength(3);
});

test('who has no device and no address is told in the inbox, and by nothing that could only fail', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person({ isReached: false });
  const { rows } = await desk.notifications.create([wanted(nok), wanted(nok, { types: ['push'] })]);
  expect(rows.map(({ type }) => type)).toEqual(['in_app']);
});

test('nobody is told who has gone, or does not want it, and that is counted', async () => {
  await using desk = await openNotifications();
  const [nok, ploy] = [await desk.person(), await desk.person()];
  await desk.notifications.putPreferences(nok, { channels: { payments: { push: false, email: false } } });
  const gone = { ...ploy, userId: (await desk.person()).userId };
  await desk.db.database.rows(
    { name: 'test.delete', text: `UPDATE auth.accounts SET status = 'deleted' WHERE id = $1` },
    [gone.userId],
  );
  const { rows, suppressed } = await desk.notifications.create([wanted(nok), wanted(gone)]);
  expect(rows.map(({ type }) => type)).toEqual(['in_app']);
  expect(suppressed.map(({ reason }) => reason).toSorted()).toEqual([
    ...Array(3).fill('recipient_gone'),
    'switched_off',
    'switched_off',
  ]);
  expect(desk.counted.filter((one) => one === 'suppressed switched_off')).toHaveLength(2);
});

test('ten messages of a chat are one push, and those after it are the next one a minute later', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  const dialog = 'dialog:one';
  const message = (seq: number, count: number) =>
    wanted(nok, {
      template: 'messaging.new_messages',
      channel: 'messaging',
      variables: { count },
      told: { key: dialog, high: seq },
      collapseKey: dialog,
      gatherMs: 2_000,
    });
  for (let seq = 1; seq <= 10; seq++) await desk.notifications.create([message(seq, seq)]);
  expect(await desk.dispatch()).toBe(0);
  await desk.pass(2_000);
  expect(await desk.dispatch()).toBe(1);
  expect(desk.handed.map(({ written, collapseKey }) => [written.text, collapseKey])).toEqual([
    ['{"count":10}', dialog],
  ]);

  await desk.notifications.create([message(10, 10), message(9, 9)]);
  expect(await desk.rows()).toHaveLength(1);
  await desk.notifications.create([message(11, 1)]);
  await desk.pass(10_000);
  expect(await desk.dispatch()).toBe(0);
  await desk.pass(MINUTE);
  expect(await desk.dispatch()).toBe(1);
});

test('whoever wants each message told gets each', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  await desk.notifications.putPreferences(nok, { digest: 'each' });
  for (let seq = 1; seq <= 3; seq++) {
    const over = { told: { key: 'dialog:one', high: seq }, collapseKey: 'dialog:one', types: ['push'] as const };
    await desk.notifications.create([wanted(nok, over)]);
  }
  expect(await desk.dispatch()).toBe(3);
});

test('beyond the cap of a channel nothing makes a noise, and the inbox still shows it', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  await desk.notifications.putPreferences(nok, { marketing_consent: true });
  const news = () => wanted(nok, { template: 'ops.announcement', channel: 'announcements', types: ['push', 'in_app'] });
  await Promise.all(Array.from({ length: 6 }, () => desk.notifications.create([news()])));
  const rows = await desk.rows();
  expect(rows.filter(({ type }) => type === 'in_app').map(({ state }) => state)).toEqual(Array(6).fill('delivered'));
  const pushes = rows.filter(({ type }) => type === 'push');
  expect(pushes.filter(({ state }) => state === 'waiting')).toHaveLength(3);
  expect(pushes.filter(({ reason }) => reason === 'over_cap')).toHaveLength(3);
});

test('a repeat does not use up the cap', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  await desk.notifications.putPreferences(nok, { marketing_consent: true });
  const one = wanted(nok, { template: 'ops.announcement', channel: 'announcements', types: ['push'] });
  for (let times = 0; times < 5; times++) await desk.notifications.create([one]);
  for (let times = 0; times < 2; times++) await desk.notifications.create([{ ...one, originId: randomUUID() }]);
  expect((await desk.rows()).map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting']);
});

test('what cannot be written fails with the name of the variable, and takes nothing else with it', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  const { rows } = await desk.notifications.create([
    wanted(nok, { types: ['in_app'], variables: { bad: 'somebody' } }),
    wanted(nok, { types: ['in_app'] }),
  ]);
  expect(rows.map(({ state, reason }) => [state, reason])).toEqual([
    ['failed', 'unwritable: bad'],
    ['delivered', null],
  ]);
  expect(await desk.events('notifications.failed')).toMatchObject([{ reason: 'unwritable: bad' }]);
});

test('what nobody needs to know any more when it is due is not sent', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  const unread = { $ref: 'unread', id: 'd' as DialogId, for: nok.userId } as const;
  desk.world.facts = async () => NOT_WORTH_TELLING;
  await desk.notifications.create([wanted(nok, { types: ['push'], variables: { count: unread } })]);
  await desk.dispatch();
  expect(desk.handed).toEqual([]);
  expect(await desk.rows()).toMatchObject([{ state: 'expired', reason: 'not_needed' }]);
});

test('events name no names: what they refer to is looked up when it is written', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  desk.world.facts = async () => 'Ploy';
  const from = { $ref: 'user', id: nok.userId } as const;
  await desk.notifications.create([wanted(nok, { types: ['in_app', 'push'], variables: { from } })]);
  const [inApp, push] = (await desk.rows()).toSorted((a, b) => a.type.localeCompare(b.type));
  expect(inApp).toMatchObject({ type: 'in_app', content: '{"from":"Ploy"}', variables: { from: 'Ploy' } });
  expect(push).toMatchObject({ type: 'push', content: null, variables: { from } });
});

test('what cannot be looked up now stops no events of others, is shown once it can be, and fails in the end', async () => {
  await using desk = await openNotifications();
  const [nok, ploy] = [await desk.person(), await desk.person()];
  const inApp = { types: ['in_app'] } as const;
  const from = { $ref: 'user', id: nok.userId } as const;
  desk.world.facts = async () => {
    throw new AppError('UPSTREAM_UNAVAILABLE');
  };
  await desk.notifications.create([wanted(nok, { ...inApp, variables: { from } }), wanted(ploy, inApp)]);
  await desk.dispatch();
  const stateOf = async () => new Map((await desk.rows()).map((row) => [row.recipient_id, row.state]));
  expect(await stateOf()).toEqual(
    new Map([
      [nok.userId, 'waiting'],
      [ploy.userId, 'delivered'],
    ]),
  );
  desk.world.facts = async () => 'Ploy';
  await desk.pass(DAY);
  await desk.dispatch();
  expect((await stateOf()).get(nok.userId)).toBe('delivered');

  desk.world.facts = async () => {
    throw new AppError('UPSTREAM_UNAVAILABLE');
  };
  await desk.notifications.create([wanted(nok, { ...inApp, variables: { from } })]);
  await desk.db.database.rows(
    statement('test.tried', `UPDATE notifications.notifications SET retry_count = $1 WHERE state = 'waiting'`),
    [AWAY_MAX],
  );
  await desk.dispatch();
  expect(await desk.events('notifications.failed')).toMatchObject([
    { recipient_id: nok.userId, type: 'in_app', reason: 'unreachable' },
  ]);
});

test('what breaks while it is written is the fault of its event, and makes nothing', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  desk.world.facts = async () => {
    throw new TypeError('nobody foresaw this');
  };
  const from = { $ref: 'user', id: nok.userId } as const;
  const making = desk.notifications.create([wanted(nok, { types: ['in_app'], variables: { from } })]);
  await expect(making).rejects.toThrow('nobody foresaw this');
  expect(await desk.rows()).toEqual([]);
});

test('a scheduled one waits as a row, and one that is late is not sent', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  const scheduledAt = new Date(Date.now() + HOUR);
  await desk.notifications.create([
    wanted(nok, { types: ['push', 'in_app'], scheduledAt }),
    wanted(nok, { types: ['push'], scheduledAt, expiresAt: new Date(scheduledAt.getTime() + MINUTE) }),
  ]);
  expect(await desk.dispatch()).toBe(0);
  await desk.pass(DAY);
  await desk.dispatch();
  expect((await desk.rows()).map(({ type, state, reason }) => `${type} ${state} ${reason}`).toSorted()).toEqual([
    'in_app delivered null',
    'push expired too_late',
    'push sent null',
  ]);
});

test('a maker whose clock is five minutes off makes nothing wait, and counts in a window of its own', async () => {
  await using desk = await openNotifications({ clock: () => new Date(Date.now() + 5 * MINUTE) });
  const nok = await desk.person();
  await desk.notifications.create([wanted(nok, { types: ['push'] })]);
  expect(await desk.dispatch()).toBe(1);
});
