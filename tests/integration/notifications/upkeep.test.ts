import { expect, test } from 'vitest';
import { makeFallBack } from '#services/notifications/fall-back.ts';
import { makeForgetNotifications } from '#services/notifications/forget-notifications.ts';
import { makeOwnNotifications } from '#services/notifications/own-notifications.ts';
import { makePurgeOld } from '#services/notifications/purge-old.ts';
import type { PersonalRecords } from '#shared/privacy.ts';
import { statement } from '#shared/sql.ts';
import { DAY, HOUR } from '#shared/time.ts';
import { openNotifications, wanted } from './open-notifications.ts';

const TABLES = ['notifications', 'told', 'counted', 'preferences'];

async function leftOf(desk: Awaited<ReturnType<typeof openNotifications>>): Promise<number[]> {
  const counts = TABLES.map(async (table) => {
    const rows = await desk.db.database.rows<{ n: number }>(
      statement('', `SELECT count(*)::int AS n FROM notifications.${table}`),
    );
    return rows[0]!.n;
  });
  return await Promise.all(counts);
}

test('what is 90 days old goes, and what waits for a moment that is months ahead stays', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  const scheduledAt = new Date(Date.now() + 200 * DAY);
  await desk.notifications.create([wanted(nok), wanted(nok, { types: ['push'], scheduledAt })]);
  await desk.dispatch();
  const later = (days: number) => makePurgeOld({ ...desk.ports, clock: () => new Date(Date.now() + days * DAY) });
  expect(await later(89)()).toBe(1);
  expect(await leftOf(desk)).toEqual([4, 4, 0, 0]);
  expect(await later(91)()).toBe(3);
  expect(await desk.rows()).toMatchObject([{ state: 'waiting', type: 'push' }]);
  expect(await later(101)()).toBe(4);
});

test('someone is given what they were told, what they wanted and where they are reached; and then all of it is gone', async () => {
  await using desk = await openNotifications();
  const [nok, other] = [await desk.person(), await desk.person()];
  await desk.notifications.putPreferences(nok, { digest: 'each' });
  await desk.notifications.create([wanted(nok), wanted(other)]);
  const own = makeOwnNotifications({ ...desk.ports, ownAddresses: async () => [{ address: 'nok@mail.example' }] });
  const pieces: PersonalRecords[] = [];
  for await (const piece of own(nok.userId, nok.country)) pieces.push(piece);
  const counts = pieces.map(({ section, records }) => [section, records.length]);
  expect(counts).toEqual([
    ['notifications', 3],
    ['notification_preferences', 1],
    ['notification_addresses', 1],
  ]);
  const forgotten: string[] = [];
  const forget = makeForgetNotifications({ ...desk.ports, forgetAddresses: async (id) => void forgotten.push(id) });
  for (let times = 0; times < 2; times++) {
    expect(await forget(nok.userId, nok.country, () => undefined)).toEqual({ done: true, held: [] });
  }
  expect(forgotten).toEqual([nok.userId, nok.userId]);
  expect(await leftOf(desk)).toEqual([3, 3, 1, 0]);
  expect((await desk.rows()).map((row) => row.recipient_id)).toEqual(Array(3).fill(other.userId));
});

test('the next way is taken once, and not when it was read, taken back, or is too late', async () => {
  await using desk = await openNotifications();
  const nok = await desk.person();
  const fallBack = makeFallBack({ ...desk.ports, create: desk.notifications.create });
  const tell = async (over = {}) => {
    const { rows } = await desk.notifications.create([
      wanted(nok, { types: ['push'], fallback: [{ type: 'sms', after_ms: 1_000 }], ...over }),
    ]);
    return rows[0]!.id;
  };
  const unread = await tell();
  expect(await Promise.all([fallBack(unread, 'sms'), fallBack(unread, 'sms')])).toEqual(['followed', 'followed']);
  expect((await desk.rows()).filter(({ type }) => type === 'sms')).toHaveLength(1);
  expect(await desk.events('notifications.story_begun')).toMatchObject([{ steps: [{ type: 'sms', after_ms: 1_000 }] }]);

  const read = await tell();
  await desk.notifications.readNotification(nok, read);
  expect(await fallBack(read, 'sms')).toBe('read');
  expect(await desk.events('notifications.story_ended')).toMatchObject([{ notification_id: read, reason: 'read' }]);

  const takenBack = await tell();
  await desk.notifications.cancelNotification(await desk.person({ role: 'ops' }), takenBack);
  expect(await fallBack(takenBack, 'sms')).toBe('over');

  const late = await tell({ expiresAt: new Date(Date.now() + HOUR) });
  await desk.pass(2 * HOUR);
  expect(await fallBack(late, 'sms')).toBe('over');
  expect((await desk.rows()).filter(({ type }) => type === 'sms')).toHaveLength(1);
});
