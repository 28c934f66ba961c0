import { expect, test } from 'vitest';
import type { Member } from '#services/messaging/service.ts';
import type { Caller } from '#shared/caller.ts';
import type { SessionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { World } from './world.ts';

/** Someone who reviews for the platform, and is in none of the dialogs. */
function reviewer(world: World): Caller {
  const { userId, country } = world.person();
  return { userId, country, role: 'ops', sessionId: newId<SessionId>(country) } as Caller;
}

const AUDIT = statement(
  '',
  `SELECT data->>'action' AS action, data->>'actor' AS actor FROM events.outbox WHERE type = 'audit.recorded'
     AND data->>'action' LIKE 'messaging.%report%' OR data->>'action' = 'messaging.message_deleted'
   ORDER BY position`,
);
const audited = async (db: FreshDatabase) =>
  (await db.database.rows<{ action: string; actor: string }>(AUDIT)).map(({ action, actor }) => [action, actor]);

async function stage(db: FreshDatabase) {
  const world = new World(db.databases);
  const [ann, ben, cat] = world.people(3) as [Member, Member, Member];
  const group = await world.group(ann, ben, cat);
  const ops = reviewer(world);
  const list = async () => (await world.messaging.listReportsForOps(ops, { limit: 20 })).reports;
  const decide = (id: Parameters<typeof world.messaging.decideForOps>[1], decision: 'keep' | 'remove', who = ops) =>
    world.messaging.decideForOps(who, id, decision);
  return { world, messaging: world.messaging, ann, ben, cat, group, ops, list, decide };
}

test('reviewers decide on what was reported to them and nothing else, and not on what they wrote', async () => {
  await using db = await freshDatabase();
  const { world, messaging, ann, ben, group, list, decide } = await stage(db);
  const { message: unreported } = await world.say(ben, group.id, 'good morning');
  await expect(decide(unreported.id, 'remove')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(decide(unreported.id, 'keep')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await messaging.editDialog(ann, group.id, { settings: { moderation_enabled: true } });
  await messaging.reportMessage(ann, unreported.id, 'for the admins');
  await expect(decide(unreported.id, 'remove')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const { message: own } = await world.say(ann, group.id, 'from an owner');
  await messaging.reportMessage(ben, own.id, 'to the platform');
  const asAuthor = { ...reviewer(world), userId: ann.userId };
  await expect(decide(own.id, 'keep', asAuthor)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect((await list()).map((report) => report.message_id)).toEqual([own.id]);
});

test('reviewers see what was said and why it was reported, the longest waiting first, and not by whom', async () => {
  await using db = await freshDatabase();
  const { world, messaging, ann, ben, cat, group, ops, list } = await stage(db);
  const direct = await world.direct(ann, ben);
  const { message: first } = await world.say(ann, direct.id, 'send me your code');
  const { message: second } = await world.say(cat, group.id, 'buy my coins');
  await messaging.reportMessage(ben, first.id, 'a swindler');
  await messaging.reportMessage(ann, second.id, '');
  await messaging.reportMessage(ben, second.id, 'coins');
  const seen = await list();
  expect(seen).toMatchObject([
    { message_id: first.id, dialog_type: 'direct', sender_id: ann.userId, content: 'send me your code', count: 1 },
    { message_id: second.id, dialog_type: 'group', content: 'buy my coins', count: 2, reasons: ['coins'] },
  ]);
  expect(JSON.stringify(seen)).not.toContain(ben.userId);
  const page = await messaging.listReportsForOps(ops, { limit: 1 });
  expect(page.reports.map((report) => report.message_id)).toEqual([first.id]);
  const rest = await messaging.listReportsForOps(ops, { limit: 1, cursor: page.next_cursor! });
  expect([rest.reports.map((report) => report.message_id), rest.next_cursor]).toEqual([[second.id], null]);
  const wrong = messaging.listReportsForOps(ops, { limit: 1, cursor: 'tomorrow' });
  await expect(wrong).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  expect(await audited(db)).toContainEqual(['messaging.reports_read', ops.userId]);
});

test('what is removed is gone for everyone, in the name of the reviewer, also when its author has left', async () => {
  await using db = await freshDatabase();
  const { world, messaging, ann, ben, cat, group, ops, list, decide } = await stage(db);
  const { message: bad } = await world.say(cat, group.id, 'buy my coins');
  await messaging.pinMessage(ann, group.id, bad.id);
  await messaging.reportMessage(ben, bad.id, 'coins');
  await messaging.leaveDialog(cat, group.id);
  await decide(bad.id, 'remove');
  await decide(bad.id, 'remove');
  const { messages } = await messaging.history(ben, group.id, { limit: 50 });
  expect(messages.find(({ id }) => id === bad.id)).toMatchObject({ content: null, deleted_at: expect.any(String) });
  expect((await messaging.getDialog(ben, group.id)).pinned_message_ids).toEqual([]);
  expect(world.announced.filter(({ event }) => event === 'change')).toHaveLength(1);
  expect(await list()).toEqual([]);
  expect(await audited(db)).toContainEqual(['messaging.message_deleted', ops.userId]);
});

test('what is kept stays until someone else reports it', async () => {
  await using db = await freshDatabase();
  const { world, messaging, ann, ben, cat, group, ops, list, decide } = await stage(db);
  const { message } = await world.say(cat, group.id, 'harmless');
  await messaging.reportMessage(ben, message.id, 'I do not like it');
  await decide(message.id, 'keep');
  await decide(message.id, 'keep');
  expect(await list()).toEqual([]);
  await expect(decide(message.id, 'remove')).rejects.toMatchObject({ code: 'CONFLICT' });
  const dismissed = (await audited(db)).filter(([action]) => action === 'messaging.reports_dismissed');
  expect(dismissed).toEqual([['messaging.reports_dismissed', ops.userId]]);
  await messaging.reportMessage(ann, message.id, 'nor do I');
  expect(await list()).toMatchObject([{ message_id: message.id, count: 1, reasons: ['nor do I'] }]);
});
