import { expect, test } from 'vitest';
import type { Member } from '#services/messaging/service.ts';
import { makeMessagingUpkeep } from '#services/messaging/upkeep.ts';
import { statement } from '#shared/sql.ts';
import { DAY } from '#shared/time.ts';
import type { PurgePlace } from '#shared/workflows/messaging.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { World } from './world.ts';

/** A group of four, moderated when not said otherwise: its owner, an admin and two members. */
async function stage(db: FreshDatabase, moderated = true) {
  const world = new World(db.databases);
  const [owner, admin, ann, ben] = world.people(4) as [Member, Member, Member, Member];
  const { id } = await world.group(owner, admin, ann, ben);
  await world.messaging.changeRoles(owner, id, { user_ids: [admin.userId], role: 'admin' });
  await world.messaging.editDialog(owner, id, { settings: { moderation_enabled: moderated } });
  const list = async (who: Member = owner) => (await world.messaging.listReports(who, id, { limit: 20 })).reports;
  return { world, messaging: world.messaging, id, owner, admin, ann, ben, list };
}

const REPORTED = statement('', `SELECT data FROM events.outbox WHERE type = 'messaging.message_reported'`);
const audiences = async (db: FreshDatabase) =>
  (await db.database.rows<{ data: { audience: string } }>(REPORTED)).map(({ data }) => data.audience);

test('nobody reports what they may not see, what they said, what is deleted or what the server said', async () => {
  await using db = await freshDatabase();
  const { world, messaging, id, owner, ann, ben } = await stage(db);
  const stranger = world.person();
  const { message } = await world.say(ann, id, 'hello');
  await expect(messaging.reportMessage(stranger, message.id, '')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(messaging.reportMessage(ann, message.id, '')).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  const { last_message: renamed } = await messaging.editDialog(owner, id, { name: 'Supper' });
  await expect(messaging.reportMessage(ben, renamed!.id, '')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await messaging.deleteMessage(ann, message.id);
  await expect(messaging.reportMessage(ben, message.id, '')).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await audiences(db)).toEqual([]);
});

test('only owner and admins see and decide what is reported, and nobody decides on their own', async () => {
  await using db = await freshDatabase();
  const { world, messaging, id, owner, ann, ben } = await stage(db);
  const { message } = await world.say(ann, id, 'hello');
  await messaging.reportMessage(ben, message.id, 'rude');
  await expect(messaging.listReports(world.person(), id, { limit: 20 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(messaging.dismissReports(world.person(), message.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  for (const member of [ann, ben]) {
    await expect(messaging.listReports(member, id, { limit: 20 })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(messaging.dismissReports(member, message.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  }
  await messaging.changeRoles(owner, id, { user_ids: [ann.userId], role: 'admin' });
  await expect(messaging.dismissReports(ann, message.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('owner and admins see what is reported, how often and why, and not by whom', async () => {
  await using db = await freshDatabase();
  const { world, messaging, id, admin, ann, ben, owner, list } = await stage(db);
  const { message } = await world.say(ann, id, 'buy my coins');
  await messaging.reportMessage(ben, message.id, 'sells coins');
  await messaging.reportMessage(ben, message.id, 'sells coins!');
  await messaging.reportMessage(admin, message.id, '');
  const { message: late } = await world.say(ann, id, 'buy more');
  await messaging.reportMessage(owner, late.id, 'again');
  const seen = await list(admin);
  expect(seen).toMatchObject([
    { message: { id: late.id, content: 'buy more' }, count: 1, reasons: ['again'] },
    { message: { id: message.id, content: 'buy my coins', sender_id: ann.userId }, count: 2, reasons: ['sells coins'] },
  ]);
  expect(JSON.stringify(seen)).not.toContain(ben.userId);
  expect(await audiences(db)).toEqual(['admins', 'admins', 'admins']);
  const first = await messaging.listReports(admin, id, { limit: 1 });
  expect(first.reports.map((report) => report.message.id)).toEqual([late.id]);
  const rest = await messaging.listReports(admin, id, { limit: 1, cursor: first.next_cursor! });
  expect([rest.reports.map((report) => report.message.id), rest.next_cursor]).toEqual([[message.id], null]);
});

test('a decision ends the reports: by keeping the message until someone else reports it, by deleting it for good', async () => {
  await using db = await freshDatabase();
  const { world, messaging, id, admin, owner, ann, ben, list } = await stage(db);
  const { message: kept } = await world.say(ann, id, 'harmless');
  const { message: bad } = await world.say(ann, id, 'harmful');
  for (const { id: messageId } of [kept, bad]) await messaging.reportMessage(ben, messageId, '');
  await messaging.dismissReports(admin, kept.id);
  await messaging.dismissReports(admin, kept.id);
  expect((await list()).map(({ message }) => message.id)).toEqual([bad.id]);
  await messaging.deleteMessage(admin, bad.id);
  expect(await list()).toEqual([]);
  await messaging.reportMessage(ben, kept.id, 'once more');
  expect(await list()).toEqual([]);
  await messaging.reportMessage(owner, kept.id, 'I too');
  expect((await list()).map(({ count, reasons }) => [count, reasons])).toEqual([[1, ['I too']]]);
  const audit = statement('', `SELECT data->>'action' AS action FROM events.outbox WHERE data->>'subject' = $1`);
  const actions = (await db.database.rows<{ action: string }>(audit, [kept.id])).map(({ action }) => action);
  expect(actions).toEqual(['messaging.message_reported', 'messaging.reports_dismissed', 'messaging.message_reported']);
});

test('where nobody moderates, of admins, and in direct dialogs, reports go to the platform alone', async () => {
  await using db = await freshDatabase();
  const { world, messaging, id, owner, admin, ann, ben, list } = await stage(db, false);
  await messaging.reportMessage(ben, (await world.say(ann, id, 'hello')).message.id, '');
  await messaging.editDialog(owner, id, { settings: { moderation_enabled: true } });
  await messaging.reportMessage(ben, (await world.say(admin, id, 'hello')).message.id, '');
  expect(await list()).toEqual([]);
  const direct = await world.direct(ann, ben);
  const { message } = await world.say(ann, direct.id, 'hello');
  await messaging.reportMessage(ben, message.id, '');
  for (const one of [ann, ben]) {
    expect((await messaging.listReports(one, direct.id, { limit: 20 })).reports).toEqual([]);
    await expect(messaging.dismissReports(one, message.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  }
  expect(await audiences(db)).toEqual(['ops', 'ops', 'ops']);
});

test('what a reporter wrote rests sealed, and ends with the message', async () => {
  await using db = await freshDatabase();
  const { world, messaging, id, ann, ben } = await stage(db);
  const { message } = await world.say(ann, id, 'hello');
  await messaging.reportMessage(ben, message.id, 'a reason to be found');
  const rows = statement('', 'SELECT message_reports.body FROM messaging.message_reports');
  const bodies = (await db.database.rows<{ body: Uint8Array }>(rows)).map(({ body }) => Buffer.from(body));
  expect(bodies).toHaveLength(1);
  expect(bodies[0]!.includes('a reason')).toBe(false);
  const ends = statement('', 'UPDATE messaging.dialogs SET message_retention_days = 1 WHERE dialogs.id = $1');
  await db.database.rows(ends, [id]);
  const upkeep = makeMessagingUpkeep({
    databases: db.databases,
    outbox: db.outbox,
    keyManagement: world.keyManagement,
    messageStore: world.messageStore,
    clock: () => new Date(Date.now() + 2 * DAY),
    deletedDialogMs: 30 * DAY,
    systemMessageMs: 90 * DAY,
  });
  for (let place: PurgePlace | undefined; ;) {
    const { next } = await upkeep.purgeMessages(place);
    if (next === undefined) break;
    place = next;
  }
  expect(await db.database.rows(rows)).toEqual([]);
});
