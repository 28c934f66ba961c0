import { expect, test } from 'vitest';
import type { Member } from '#services/messaging/service.ts';
import { makeMessagingUpkeep } from '#services/messaging/upkeep.ts';
import type { WireMessage } from '#shared/contracts/messaging/message.ts';
import type { DialogId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { DAY } from '#shared/time.ts';
import type { PurgePlace } from '#shared/workflows/messaging.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { tell } from './events-told.ts';
import { everything } from './store-bench.ts';
import { backdate } from './tamper.ts';
import { World } from './world.ts';

const DELETED_DIALOG_DAYS = 30;
const SYSTEM_MESSAGE_DAYS = 90;

/** A world, and its upkeep at a time that the test sets. */
async function stage(db: FreshDatabase) {
  const world = new World(db.databases);
  const [ann, ben] = world.people(2) as [Member, Member];
  let ahead = 0;
  const upkeep = makeMessagingUpkeep({
    databases: db.databases,
    outbox: db.outbox,
    keyManagement: world.keyManagement,
    messageStore: world.messageStore,
    clock: () => new Date(Date.now() + ahead),
    deletedDialogMs: DELETED_DIALOG_DAYS * DAY,
    systemMessageMs: SYSTEM_MESSAGE_DAYS * DAY,
  });
  return {
    world,
    ann,
    ben,
    upkeep,
    /** Purges as the workflow does, that many days from now. @returns how many rows were purged, in how many steps */
    purge: async (daysAhead: number) => {
      ahead = daysAhead * DAY;
      let [purged, steps]: [number, number] = [0, 0];
      for (let place: PurgePlace | undefined; ;) {
        const step = await upkeep.purgeMessages(place);
        purged += step.purged;
        steps += 1;
        if (step.next === undefined) return { purged, steps };
        place = step.next;
      }
    },
    keep: async (dialogId: DialogId, days: number) =>
      await db.database.rows(statement('', 'UPDATE messaging.dialogs SET message_retention_days = $2 WHERE id = $1'), [
        dialogId,
        days,
      ]),
  };
}

async function countIn(db: FreshDatabase, world: World, dialogId: DialogId): Promise<number> {
  return (await everything(world.messageStore, db.database, dialogId)).length;
}

test('without a rule that says so nothing ends', async () => {
  await using db = await freshDatabase();
  const { world, ann, ben, purge } = await stage(db);
  const { id } = await world.direct(ann, ben);
  await world.count(ann, id, 5);
  expect(await purge(10_000)).toMatchObject({ purged: 0 });
  expect(await countIn(db, world, id)).toBe(5);
});

test('the process may not delete messages by itself, nor forget a dialog that lives', async () => {
  await using db = await freshDatabase();
  const { world, ann, ben } = await stage(db);
  const dialog = await world.direct(ann, ben);
  await expect(db.database.rows(statement('', 'DELETE FROM messaging.messages'))).rejects.toMatchObject({
    code: '42501',
  });
  await expect(
    db.database.rows(statement('', `SELECT messaging.purge_traces(NULL, '{}', '{}')`)),
  ).rejects.toMatchObject({ code: '42501' });
  const forget = statement('', 'SELECT messaging.forget_dialog($1, now()) AS done');
  expect(await db.database.rows(forget, [dialog.id])).toEqual([{ done: false }]);
});

test('messages end after the days of their dialog, with all that names them, and seqs go on', async () => {
  await using db = await freshDatabase();
  const { world, ann, ben, upkeep, purge, keep } = await stage(db);
  const limited = await world.group(ann, ben, ...world.people(1));
  const other = await world.direct(ann, ben);
  const { message } = await world.say(ann, limited.id, 'going away');
  await world.messaging.addReaction(ben, message.id, '👍');
  await world.messaging.editMessage(ann, message.id, 'going soon');
  const { message: last } = await world.say(ann, limited.id, 'going too');
  await world.say(ann, other.id, 'staying');
  await tell(db.database, upkeep.index);
  await keep(limited.id, 7);

  expect(await purge(6)).toMatchObject({ purged: 0 });
  await purge(8);
  for (const table of ['reactions', 'reaction_counts', 'message_edits']) {
    expect(await db.database.rows(statement('', `SELECT FROM messaging.${table}`))).toEqual([]);
  }
  expect((await db.database.rows(statement('', 'SELECT FROM messaging.search_entries'))).length).toBe(1);
  expect(await world.messaging.history(ben, limited.id, { limit: 10 })).toEqual({ messages: [], has_more: false });
  expect(await world.messaging.history(ben, other.id, { limit: 10 })).toMatchObject({
    messages: [{ content: 'staying' }],
  });
  const told = statement('', `SELECT data FROM events.outbox WHERE type = 'messaging.messages_purged'`);
  expect(await db.database.rows(told)).toMatchObject([{ data: { dialog_id: limited.id } }]);
  const { message: next } = await world.say(ann, limited.id, 'new');
  expect(next.seq).toBe(last.seq + 1);
});

test('what was purged is not unread, and sync and history answer cleanly around it', async () => {
  await using db = await freshDatabase();
  const { world, ann, ben, purge, keep } = await stage(db);
  const dialog = await world.direct(ann, ben);
  await world.count(ann, dialog.id, 3);
  await world.say(ben, dialog.id, 'mine');
  await keep(dialog.id, 7);
  await backdate(db, dialog.id, 3, 8);
  await purge(0);

  const seqsOf = (messages: readonly WireMessage[]) => messages.map(({ seq }) => seq);
  expect(await world.messaging.getDialog(ann, dialog.id)).toMatchObject({ unread_count: 1, last_seq: 4 });
  expect(await world.messaging.getDialog(ben, dialog.id)).toMatchObject({ unread_count: 0 });
  const page = await world.messaging.history(ann, dialog.id, { limit: 1 });
  expect([seqsOf(page.messages), page.has_more]).toEqual([[4], false]);
  expect(await world.messaging.history(ann, dialog.id, { limit: 5, before: 4 })).toEqual({
    messages: [],
    has_more: false,
  });
  const after = await world.messaging.history(ann, dialog.id, { limit: 5, after: 0 });
  expect(seqsOf(after.messages)).toEqual([4]);
  const { dialogs } = await world.messaging.sync(ann.userId, {
    dialogs: [{ dialog_id: dialog.id, after_version: 0 }],
    limit: 100,
  });
  expect(dialogs).toMatchObject([
    { version: 4, last_seq: 4, has_more: false, reset: false, changes: [{ version: 4 }] },
  ]);
});

test('system messages end after their own time, in any dialog, and only they; pages close over the gap', async () => {
  await using db = await freshDatabase();
  const { world, ann, ben, purge } = await stage(db);
  const dialog = await world.group(ann, ben, ...world.people(1));
  await world.say(ann, dialog.id, 'one');
  for (const name of ['Tea', 'Cake']) await world.messaging.editDialog(ann, dialog.id, { name });
  await world.count(ann, dialog.id, 2);
  expect(await purge(SYSTEM_MESSAGE_DAYS - 1)).toMatchObject({ purged: 0 });
  expect(await purge(SYSTEM_MESSAGE_DAYS + 1)).toMatchObject({ purged: 2 });
  expect(await purge(SYSTEM_MESSAGE_DAYS + 1)).toMatchObject({ purged: 0 });
  const seqsOf = async (query: { before?: number; after?: number; limit: number }) => {
    const { messages, has_more: hasMore } = await world.messaging.history(ben, dialog.id, query);
    return [messages.map(({ seq }) => seq), hasMore];
  };
  expect(await seqsOf({ limit: 10 })).toEqual([[1, 4, 5], false]);
  expect(await seqsOf({ limit: 2 })).toEqual([[4, 5], true]);
  expect(await seqsOf({ before: 5, limit: 2 })).toEqual([[1, 4], false]);
  expect(await seqsOf({ after: 0, limit: 1 })).toEqual([[1], true]);
  expect(await seqsOf({ after: 1, limit: 2 })).toEqual([[4, 5], false]);
  for (const after of [0, 1, 2, 3, 4]) {
    const known = [{ dialog_id: dialog.id, after_version: after }];
    const { dialogs } = await world.messaging.sync(ben.userId, { dialogs: known, limit: 100 });
    expect(dialogs[0]!.changes.map(({ version }) => version)).toEqual([1, 4, 5].filter((version) => version > after));
  }
});

test('a deleted dialog stays for its time, then nothing of it is left', async () => {
  await using db = await freshDatabase();
  const { world, ann, ben, purge } = await stage(db);
  const dialog = await world.group(ann, ben, ...world.people(1));
  await world.count(ann, dialog.id, 3);
  await world.messaging.deleteDialog(ann, dialog.id);
  await purge(DELETED_DIALOG_DAYS - 1);
  expect(await countIn(db, world, dialog.id)).toBeGreaterThan(2);
  await purge(DELETED_DIALOG_DAYS + 1);
  expect(await countIn(db, world, dialog.id)).toBe(0);
  for (const table of ['messages', 'dialog_keys', 'dialogs', 'participants']) {
    expect(await db.database.rows(statement('', `SELECT FROM messaging.${table}`)), table).toEqual([]);
  }
  const told = statement('', `SELECT data FROM events.outbox WHERE type = 'messaging.messages_purged'`);
  expect(await db.database.rows(told)).toMatchObject([{ data: { dialog_id: dialog.id } }]);
});

test('a long dialog is purged in bounded steps, and a step that is done twice does no harm', async () => {
  await using db = await freshDatabase();
  const { world, ann, ben, upkeep, purge, keep } = await stage(db);
  const dialog = await world.direct(ann, ben);
  await Promise.all(Array.from({ length: 1_200 }, (_, n) => world.say(ann, dialog.id, `m ${n}`)));
  await keep(dialog.id, 1);
  await backdate(db, dialog.id, 1_200, 2);
  const [one, two] = await Promise.all([upkeep.purgeMessages(undefined), upkeep.purgeMessages(undefined)]);
  expect(one.purged + two.purged).toBeLessThanOrEqual(1_000);
  expect(one.purged + two.purged).toBeGreaterThanOrEqual(500);
  const { purged } = await purge(0);
  expect(one.purged + two.purged + purged).toBe(1_200);
  expect(await countIn(db, world, dialog.id)).toBe(0);
  expect(await world.say(ann, dialog.id, 'next')).toMatchObject({ message: { seq: 1_201 } });
});

test('an export holds what a person has sent, all of it, and nothing that others said', async () => {
  await using db = await freshDatabase();
  const { world, ann, ben, upkeep } = await stage(db);
  const sent: string[] = [];
  for (const dialog of [await world.direct(ann, ben), await world.group(ann, ben, ...world.people(1))]) {
    await Promise.all(Array.from({ length: 600 }, (_, n) => world.say(n % 3 === 0 ? ann : ben, dialog.id, `${n}`)));
    for (let n = 0; n < 600; n += 3) sent.push(`${n}`);
  }
  const exported: WireMessage[] = [];
  for await (const page of upkeep.exportMessages(ann.userId)) exported.push(...page);
  expect(exported.every((message) => message.sender_id === ann.userId)).toBe(true);
  expect(exported.map(({ content }) => content ?? '').toSorted()).toEqual(sent.toSorted());
  for await (const page of upkeep.exportMessages(newId('TH'))) expect(page).toBe('nothing');
});
