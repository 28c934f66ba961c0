import { expect, test } from 'vitest';
import { CreateBody } from '#shared/contracts/notifications/create.ts';
import { ListNotifications } from '#shared/contracts/notifications/inbox.ts';
import type { NotificationId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { HOUR } from '#shared/time.ts';
import { openNotifications, wanted } from './open-notifications.ts';

const query = (asked: object = {}) => ListNotifications.query.parse(asked);
const inbox = { types: ['in_app'] } as const;

test('what is not mine is not found, to read or to look at', async () => {
  await using desk = await openNotifications();
  const [nok, ploy] = [await desk.person(), await desk.person()];
  const { rows } = await desk.notifications.create([wanted(nok, inbox)]);
  await expect(desk.notifications.readNotification(ploy, rows[0]!.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(desk.notifications.getNotification(ploy, rows[0]!.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const nobodys = newId<NotificationId>('TH');
  await expect(desk.notifications.readNotification(nok, nobodys)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('the inbox goes page by page, the newest first, and knows what is unread', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  for (let n = 0; n < 5; n++) await desk.notifications.create([wanted(nok, { ...inbox, variables: { n } })]);
  const first = await desk.notifications.listNotifications(nok, query({ limit: 3 }));
  expect(first.notifications.map(({ variables }) => variables['n'])).toEqual([4, 3, 2]);
  expect(first.unread_count).toBe(5);
  const second = await desk.notifications.listNotifications(nok, query({ limit: 3, cursor: first.next_cursor }));
  expect(second.notifications.map(({ variables }) => variables['n'])).toEqual([1, 0]);
  expect(second.next_cursor).toBeNull();
  await expect(desk.notifications.listNotifications(nok, query({ cursor: 'none' }))).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
  });
});

test('reading once is reading: again changes nothing, and the other ways of the same thing are not sent', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  const { rows } = await desk.notifications.create([wanted(nok), wanted(nok, inbox)]);
  const shown = rows.find(({ type }) => type === 'in_app')!;
  const read = await desk.notifications.readNotification(nok, shown.id);
  expect(read).toMatchObject({ id: shown.id, unread_count: 1 });
  expect(read.read_at).not.toBeNull();
  expect(await desk.notifications.readNotification(nok, shown.id)).toEqual(read);
  expect(await desk.dispatch()).toBe(0);
  expect(await desk.events('notifications.expired')).toHaveLength(2);
  const unread = await desk.notifications.listNotifications(nok, query({ unread: 'true' }));
  expect(unread.notifications).toHaveLength(1);
});

test('all can be read at once', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  await desk.notifications.create(Array.from({ length: 600 }, () => wanted(nok, inbox)));
  expect(await desk.notifications.readAllNotifications(nok)).toEqual({ read: 600, unread_count: 0 });
  expect(await desk.notifications.readAllNotifications(nok)).toEqual({ read: 0, unread_count: 0 });
});

test('what waits to tell the same by other ways is not sent once all is read, and other things are', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  await desk.notifications.create([
    wanted(nok, { types: ['in_app', 'push', 'email'] }),
    wanted(nok, { types: ['push'] }),
  ]);
  expect(await desk.notifications.readAllNotifications(nok)).toEqual({ read: 1, unread_count: 0 });
  await desk.dispatch();
  expect((await desk.rows()).map(({ type, state }) => `${type} ${state}`).toSorted()).toEqual([
    'email expired',
    'in_app delivered',
    'push expired',
    'push sent',
  ]);
  expect(await desk.events('notifications.expired')).toHaveLength(2);
});

test('staff notify someone, look at what became of it, and take it back; each is audited', async () => {
  await using desk = await openNotifications();
  const [nok, ops] = [await desk.person(), await desk.person({ role: 'ops' })];
  const body = CreateBody.parse({
    recipient_id: nok.userId,
    template: 'security.new_device',
    types: ['push', 'in_app'],
    variables: { device: 'a phone' },
    scheduled_at: new Date(Date.now() + HOUR).toISOString(),
  });
  const key = { key: 'k', digest: 'd' };
  const first = await desk.notifications.createNotification(ops, body, key);
  const both = [first, ...first.others];
  expect(both.map(({ type, status }) => `${type} ${status}`)).toEqual(['push pending', 'in_app pending']);
  expect(await desk.notifications.createNotification(ops, body, key)).toEqual(first);
  const id = first.id as NotificationId;
  expect(await desk.notifications.getNotification(ops, id)).toMatchObject({ id, status: 'pending' });
  expect(await desk.notifications.cancelNotification(ops, id)).toMatchObject({
    id,
    status: 'expired',
    reason: 'cancelled',
  });
  await desk.pass(2 * HOUR);
  expect(await desk.dispatch()).toBe(0);
  const audit = (await desk.events('audit.recorded')).map(({ action }) => action);
  expect(audit).toEqual(['notifications.created', 'notifications.read_by_ops', 'notifications.cancelled']);
});

test('staff are told of each way that its recipient does not want', async () => {
  await using desk = await openNotifications();
  const [nok, ops] = [await desk.person(), await desk.person({ role: 'ops' })];
  await desk.notifications.putPreferences(nok, { channels: { payments: { push: false } } });
  const send = (template: string, types: string[]) =>
    desk.notifications.createNotification(ops, CreateBody.parse({ recipient_id: nok.userId, template, types }));
  expect(await send('payments.money_sent', ['push', 'in_app'])).toMatchObject({
    type: 'push',
    status: 'failed',
    reason: 'switched_off',
    others: [{ type: 'in_app', status: 'delivered' }],
  });
  expect(await send('ops.announcement', ['in_app'])).toMatchObject({ status: 'failed', reason: 'no_consent' });
});

test('a bad wish of staff is refused with the name of the field', async () => {
  await using desk = await openNotifications();
  const [nok, ops] = [await desk.person(), await desk.person({ role: 'ops' })];
  const good = { recipient_id: nok.userId, template: 'security.new_device' };
  const past = new Date(Date.now() - HOUR).toISOString();
  const bad = {
    template: { template: 'no.such' },
    channel: { channel: 'payments' },
    'variables.bad': { variables: { bad: 1 } },
    types: { type: 'push', types: ['push'] },
    expires_at: { expires_at: past },
    scheduled_at: { scheduled_at: '2999-01-01T00:00:00Z' },
  };
  for (const [path, over] of Object.entries(bad)) {
    const refused = desk.notifications.createNotification(ops, CreateBody.parse({ ...good, ...over }));
    await expect(refused, path).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path }] });
  }
  expect(await desk.rows()).toEqual([]);
});

test('a person may remind themselves, and nobody else', async () => {
  await using desk = await openNotifications();
  const [nok, ploy] = [await desk.person(), await desk.person()];
  const to = (who: typeof nok, types: string[]) =>
    desk.notifications.createNotification(
      nok,
      CreateBody.parse({ recipient_id: who.userId, template: 'security.new_device', types }),
    );
  await expect(to(ploy, ['in_app'])).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(to(nok, ['sms'])).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(await to(nok, ['in_app'])).toMatchObject({ status: 'delivered', others: [] });
});

test('of reminders of one’s own no more wait than a hundred, however many come at once, and none is urgent', async () => {
  await using desk = await openNotifications();
  const [nok, ops] = [await desk.person(), await desk.person({ role: 'ops' })];
  const body = CreateBody.parse({
    recipient_id: nok.userId,
    template: 'payments.money_received',
    types: ['in_app', 'push'],
    priority: 'urgent',
    scheduled_at: new Date(Date.now() + HOUR).toISOString(),
  });
  for (let made = 0; made < 48; made++) {
    expect(await desk.notifications.createNotification(nok, body)).toMatchObject({ priority: 'medium' });
  }
  const more = await Promise.allSettled(
    Array.from({ length: 5 }, () => desk.notifications.createNotification(nok, body)),
  );
  const refused = more.flatMap((one) => (one.status === 'rejected' ? [one.reason as { code: string }] : []));
  expect(refused.map(({ code }) => code)).toEqual([
    'RATE_LIMIT_EXCEEDED',
    'RATE_LIMIT_EXCEEDED',
    'RATE_LIMIT_EXCEEDED',
  ]);
  expect(await desk.rows()).toHaveLength(100);
  await desk.notifications.createNotification(ops, body);
  expect(await desk.rows()).toHaveLength(102);
});

test('preferences begin with everything but announcements, keep what is not named, and never lose security', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  const before = await desk.notifications.getPreferences(nok);
  expect(before).toMatchObject({ quiet_hours: null, digest: 'bundled', marketing_consent: { given: false, at: null } });
  expect(before.channels.payments).toEqual({ email: true, sms: true, push: true, in_app: true });
  await desk.notifications.putPreferences(nok, {
    quiet_hours: { from: '22:00', to: '07:00' },
    marketing_consent: true,
    channels: { payments: { push: false } },
  });
  const after = await desk.notifications.putPreferences(nok, { channels: { messaging: { push: false } } });
  expect(after.channels.payments.push).toBe(false);
  expect(after.channels.messaging.push).toBe(false);
  expect(after.quiet_hours).toEqual({ from: '22:00', to: '07:00', timezone: 'Asia/Bangkok' });
  expect(after.marketing_consent.at).not.toBeNull();
  await expect(
    desk.notifications.putPreferences(nok, { channels: { security: { in_app: false } } }),
  ).rejects.toMatchObject({ details: [{ path: 'channels.security.in_app' }] });
  expect(await desk.notifications.getPreferences(nok)).toEqual(after);
  const off = await desk.notifications.putPreferences(nok, { quiet_hours: null, marketing_consent: false });
  expect(off).toMatchObject({ quiet_hours: null, marketing_consent: { given: false } });
  const audit = (await desk.events('audit.recorded')).map(({ action }) => action);
  expect(audit).toEqual(['notifications.consent_given', 'notifications.consent_withdrawn']);
});

test('of first wishes that come at the same moment none is lost', async () => {
  await using desk = await openNotifications();
  const people = await Promise.all(Array.from({ length: 10 }, () => desk.person()));
  await Promise.all(
    people.flatMap((nok) => [
      desk.notifications.putPreferences(nok, { channels: { payments: { push: false } } }),
      desk.notifications.putPreferences(nok, { channels: { messaging: { push: false } } }),
      desk.notifications.putPreferences(nok, { digest: 'each' }),
    ]),
  );
  for (const nok of people) {
    expect(await desk.notifications.getPreferences(nok)).toMatchObject({
      channels: { payments: { push: false }, messaging: { push: false } },
      digest: 'each',
    });
  }
});
