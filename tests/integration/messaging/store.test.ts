import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Member } from '#services/messaging/service.ts';
import type { NewMessage } from '#services/messaging/store/append.ts';
import { closeDialog } from '#services/messaging/store/dialog-life.ts';
import type { MessageStore } from '#services/messaging/store/message-store.ts';
import { postgresMessages } from '#services/messaging/store/postgres-messages.ts';
import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { messageStore } from '#tests/harness/message-store.ts';
import { append, change, cursorOf, everything, headOf, message, textOf, told } from './store-bench.ts';
import { World } from './world.ts';

/** The contract of the message store, which this project's fulfils: Postgres here, Cassandra there. */

let db: FreshDatabase;
let store: MessageStore;
/** The same messages, seen by another process. */
let other: MessageStore;
let world: World;
let [ann, ben, stranger] = [] as unknown as [Member, Member, Member];

beforeAll(async () => {
  db = await freshDatabase();
  store = messageStore({ bucketSeqs: 5 }) ?? postgresMessages;
  other = messageStore({ bucketSeqs: 5 }) ?? postgresMessages;
  world = new World(db.databases);
  [ann, ben, stranger] = [world.person(), world.person(), world.person()];
});
afterAll(async () => {
  await db[Symbol.asyncDispose]();
});

async function dialog(): Promise<DialogId> {
  return (await world.group(ann, ben)).id;
}

async function filled(count: number): Promise<{ dialogId: DialogId; sent: NewMessage[] }> {
  const dialogId = await dialog();
  const sent = Array.from({ length: count }, (_, nth) => message(dialogId, ann.userId, `c${nth + 1}`, `m${nth + 1}`));
  await store.append(db.database, sent);
  return { dialogId, sent };
}

test('whoever is not in the dialog, or names one that is not there, appends nothing', async () => {
  const dialogId = await dialog();
  const nowhere = newId<DialogId>('TH');
  const outcomes = await store.append(db.database, [
    message(dialogId, stranger.userId, 'a', 'hello'),
    message(nowhere, ann.userId, 'b', 'hello'),
  ]);
  expect(outcomes).toMatchObject([{ outcome: 'absent' }, { outcome: 'absent' }]);
  expect(await headOf(db.database, dialogId)).toEqual({ seq: 0, version: 0 });
});

test('an answer to a message of another dialog is refused, and one to a message of the same is not', async () => {
  const [one, elsewhere] = [await filled(1), await filled(1)];
  const answer = (clientId: string, replyToId: MessageId) =>
    append(store, db.database, message(one.dialogId, ben.userId, clientId, 'yes', { replyToId }));
  expect(await answer('a', elsewhere.sent[0]!.id)).toMatchObject({ outcome: 'bad_reply' });
  expect(await answer('b', newId<MessageId>('TH'))).toMatchObject({ outcome: 'bad_reply' });
  expect(await answer('c', one.sent[0]!.id)).toMatchObject({ outcome: 'appended', seq: 2n });
});

test('one item that is refused does not fail its neighbours, and takes no seq', async () => {
  const dialogId = await dialog();
  const outcomes = await store.append(db.database, [
    message(dialogId, ann.userId, 'a', 'first'),
    message(dialogId, stranger.userId, 'b', 'refused'),
    message(dialogId, ben.userId, 'c', 'second'),
  ]);
  expect(outcomes).toMatchObject([
    { outcome: 'appended', seq: 1n, version: 1n },
    { outcome: 'absent', seq: null },
    { outcome: 'appended', seq: 2n, version: 2n },
  ]);
});

test('a batch that is repeated whole tells what the first try stored', async () => {
  const { dialogId, sent } = await filled(12);
  const again = await other.append(db.database, sent);
  expect(again.map((outcome) => ('outcome' in outcome ? [outcome.outcome, outcome.seq] : outcome))).toEqual(
    sent.map((_, nth) => ['stored', BigInt(nth + 1)]),
  );
  expect(await headOf(db.database, dialogId)).toEqual({ seq: 12, version: 12 });
});

test('a client key makes one message for ever: the same content is answered with it, other content is a conflict', async () => {
  const { dialogId } = await filled(23);
  for (const [process, bens] of [
    [store, 'appended'],
    [other, 'repeated'],
  ] as const) {
    for (const nth of [1, 5, 6, 23]) {
      const repeat = (text: string) => append(process, db.database, message(dialogId, ann.userId, `c${nth}`, text));
      expect(await repeat(`m${nth}`)).toMatchObject({ outcome: 'repeated', seq: BigInt(nth), version: BigInt(nth) });
      expect(await repeat('something else')).toMatchObject({ outcome: 'conflict' });
    }
    expect(await append(process, db.database, message(dialogId, ben.userId, 'c1', `by ben`))).toMatchObject({
      outcome: bens,
      seq: 24n,
    });
  }
  expect(await store.isSent(db.database, dialogId, message(dialogId, ann.userId, 'c3', '').clientKey)).toBe(true);
  expect(await store.isSent(db.database, dialogId, message(dialogId, ann.userId, 'new', '').clientKey)).toBe(false);
});

test('a retry gets its answer even by someone who may not post any more', async () => {
  const one = await world.direct(world.person(), world.person());
  const [sender, receiver] = one.participants.map(({ user_id: id }) => id) as [UserId, UserId];
  const first = message(one.id, sender, 'a', 'hello');
  expect(await append(store, db.database, first)).toMatchObject({ outcome: 'appended' });
  const block = statement('', 'UPDATE messaging.participants SET blocked = true WHERE dialog_id = $1 AND user_id = $2');
  await db.database.rows(block, [one.id, sender]);
  const repeat = message(one.id, sender, 'a', 'hello');
  expect(await append(other, db.database, repeat)).toMatchObject({ outcome: 'repeated', seq: 1n });
  expect(await append(other, db.database, message(one.id, sender, 'b', 'more'))).toMatchObject({ outcome: 'absent' });
  expect(await append(other, db.database, message(one.id, receiver, 'b', 'what'))).toMatchObject({ seq: 2n });
});

test('pages are read from either end, and every message is found by seq and by id', async () => {
  const { dialogId, sent } = await filled(17);
  const seqs = (rows: readonly { seq: bigint }[]) => rows.map(({ seq }) => Number(seq));
  for (const process of [store, other]) {
    expect(seqs(await process.before(db.database, dialogId, Number.MAX_SAFE_INTEGER, 4))).toEqual([17, 16, 15, 14]);
    expect(seqs(await process.before(db.database, dialogId, 7, 4))).toEqual([6, 5, 4, 3]);
    expect(seqs(await process.before(db.database, dialogId, 3, 4))).toEqual([2, 1]);
    expect(seqs(await process.before(db.database, dialogId, 1, 4))).toEqual([]);
    expect(seqs(await process.after(db.database, dialogId, 0, 4))).toEqual([1, 2, 3, 4]);
    expect(seqs(await process.after(db.database, dialogId, 8, 4))).toEqual([9, 10, 11, 12]);
    expect(seqs(await process.after(db.database, dialogId, 15, 4))).toEqual([16, 17]);
    expect(seqs(await process.after(db.database, dialogId, 17, 4))).toEqual([]);
    const row = await process.bySeq(db.database, dialogId, 9n);
    expect(row).toMatchObject({ id: sent[8]!.id, sender_id: ann.userId, client_id: 'c9', changed: false });
    expect(textOf(row!)).toBe('m9');
    expect(await process.bySeq(db.database, dialogId, 18n)).toBeUndefined();
    const spots = [9n, 18n, 2n, 17n].map((at) => ({ dialog_id: dialogId, seq: at }));
    expect(seqs(await process.atSpots(db.database, spots))).toEqual([9, 2, 17]);
    expect(await process.seqOf(db.database, dialogId, sent[8]!.id)).toBe(9);
    expect(await process.seqOf(db.database, newId<DialogId>('TH'), sent[8]!.id)).toBeUndefined();
    expect(await process.findForMember(db.database, sent[8]!.id, ben.userId)).toMatchObject({
      seq: 9n,
      role: 'member',
    });
    expect(await process.findForMember(db.database, sent[8]!.id, stranger.userId)).toBeUndefined();
    expect(await process.newest(db.database, [dialogId])).toMatchObject([{ seq: 17n }]);
  }
});

test('a changed message is found at its new version only, in every way of reading', async () => {
  const { dialogId, sent } = await filled(13);
  const edit = { kind: 'edit', messageId: sent[2]!.id, dialogId, seq: 3n, actorId: ann.userId } as const;
  const sealed = { keyVersion: 1, body: Buffer.from('edited') };
  expect(await change(store, db.database, { ...edit, sealed })).toBe('changed');
  expect(await change(other, db.database, { ...edit, kind: 'delete', messageId: sent[6]!.id, seq: 7n })).toBe(
    'changed',
  );
  expect(await append(store, db.database, message(dialogId, ben.userId, 'x', 'later'))).toMatchObject({ version: 16n });
  expect(await headOf(db.database, dialogId)).toEqual({ seq: 14, version: 16 });

  expect(textOf((await other.bySeq(db.database, dialogId, 3n))!)).toBe('edited');
  expect(await store.before(db.database, dialogId, 8, 1)).toMatchObject([{ seq: 7n, body: Buffer.alloc(0) }]);
  const known = (after: number) => [{ dialogId, after, version: 16, lastSeq: 14 }];
  const versions = async (after: number, limit: number) =>
    (await store.changes(db.database, known(after), limit)).map(({ version, seq }) => [Number(version), Number(seq)]);
  expect(await versions(0, 5)).toEqual([1, 2, 4, 5, 6].map((n) => [n, n]));
  expect(await versions(6, 50)).toEqual([...[8, 9, 10, 11, 12, 13].map((n) => [n, n]), [14, 3], [15, 7], [16, 14]]);
  expect(await versions(13, 50)).toEqual([
    [14, 3],
    [15, 7],
    [16, 14],
  ]);
  expect(await versions(15, 50)).toEqual([[16, 14]]);
  expect(await versions(16, 50)).toEqual([]);
});

test('a change that is refused or does nothing takes no version', async () => {
  const { dialogId, sent } = await filled(2);
  const edit = {
    kind: 'edit',
    messageId: sent[0]!.id,
    dialogId,
    seq: 1n,
    sealed: { keyVersion: 1, body: Buffer.from('x') },
  } as const;
  expect(await change(store, db.database, { ...edit, actorId: ben.userId })).toBe('forbidden');
  expect(await change(store, db.database, { ...edit, actorId: stranger.userId })).toBe('absent');
  expect(await change(store, db.database, { ...edit, kind: 'unreact', emoji: '👍', actorId: ben.userId })).toBe(
    'unchanged',
  );
  expect(await append(other, db.database, message(dialogId, ben.userId, 'x', 'next'))).toMatchObject({ version: 3n });
});

test('own messages after the read cursor are counted, however the cursor moves', async () => {
  const { dialogId } = await filled(9);
  const own = statement(
    '',
    'SELECT read_seq, own_after_read FROM messaging.participants WHERE dialog_id = $1 AND user_id = $2',
  );
  const read = async (readSeq: number) => {
    await store.advance(db.database, [{ dialogId, userId: ann.userId, deliveredSeq: 0, readSeq }]);
    return (await db.database.rows(own, [dialogId, ann.userId]))[0];
  };
  for (const nth of [10, 11, 12]) await append(other, db.database, message(dialogId, ben.userId, `b${nth}`, 'hi'));
  expect(await read(2)).toEqual({ read_seq: 2n, own_after_read: 7n });
  expect(await read(8)).toEqual({ read_seq: 8n, own_after_read: 1n });
  await append(store, db.database, message(dialogId, ann.userId, 'last', 'bye'));
  expect(await read(5)).toEqual({ read_seq: 8n, own_after_read: 2n });
  expect(await read(1_000)).toEqual({ read_seq: 13n, own_after_read: 0n });
});

test('the outbox tells of every seq once, and mentions are kept with their messages', async () => {
  const { dialogId, sent } = await filled(11);
  await other.append(db.database, sent);
  const mentioning = message(dialogId, ann.userId, 'at', 'hey', { mentions: [ben.userId] });
  await append(store, db.database, mentioning);
  await append(other, db.database, mentioning);
  const mentions = statement('', 'SELECT seq FROM messaging.mentions WHERE dialog_id = $1 AND user_id = $2');
  expect(await db.database.rows(mentions, [dialogId, ben.userId])).toEqual([{ seq: 12n }]);
  expect(await told(db.database, dialogId)).toEqual(Array.from({ length: 12 }, (_, nth) => nth + 1));
  expect((await everything(store, db.database, dialogId)).map(textOf)).toEqual([
    ...sent.map((_, nth) => `m${nth + 1}`),
    'hey',
  ]);
});

/** Purges step by step, as the workflow does. @returns how many messages each step told of */
async function purgeAll(dialogId: DialogId, sentBefore: Date | null, limit: number): Promise<number[]> {
  const counts: number[] = [];
  for (;;) {
    const step = await store.purge(db.database, dialogId, sentBefore, limit, async (_tx, count) => {
      counts.push(count);
    });
    if (!step.isMore) return counts;
  }
}

test('purging takes the oldest messages with all that names them, and what is gone is not unread', async () => {
  const { dialogId, sent } = await filled(13);
  await append(store, db.database, message(dialogId, ben.userId, 'at', 'hey', { mentions: [ann.userId] }));
  const edit = { kind: 'edit', messageId: sent[2]!.id, dialogId, seq: 3n, actorId: ann.userId } as const;
  expect(await change(store, db.database, { ...edit, sealed: { keyVersion: 1, body: Buffer.from('x') } })).toBe(
    'changed',
  );
  await new Promise((resolve) => setTimeout(resolve, 5));
  const { created_at: later } = await append(store, db.database, message(dialogId, ann.userId, 'later', 'stays'));
  expect(await purgeAll(dialogId, new Date(0), 4)).toEqual([]);
  expect((await purgeAll(dialogId, later, 4)).reduce((sum, count) => sum + count, 0)).toBe(14);
  expect(await purgeAll(dialogId, later, 4)).toEqual([]);

  for (const process of [store, other]) {
    expect((await everything(process, db.database, dialogId)).map(textOf)).toEqual(['stays']);
    expect(await process.before(db.database, dialogId, 15, 4)).toEqual([]);
    expect(await process.bySeq(db.database, dialogId, 3n)).toBeUndefined();
    expect(await process.seqOf(db.database, dialogId, sent[2]!.id)).toBeUndefined();
    expect(await process.findForMember(db.database, sent[2]!.id, ann.userId)).toBeUndefined();
    const known = [{ dialogId, after: 0, version: 16, lastSeq: 15 }];
    expect(await process.changes(db.database, known, 50)).toMatchObject([{ seq: 15n, version: 16n }]);
  }
  expect(await change(store, db.database, { ...edit, kind: 'delete' })).toBe('absent');
  expect(await cursorOf(db.database, dialogId, ann.userId)).toEqual({ read: 14, own: 1 });
  expect(await cursorOf(db.database, dialogId, ben.userId)).toEqual({ read: 14, own: 0 });
  const mentions = statement('', 'SELECT seq FROM messaging.mentions WHERE dialog_id = $1');
  expect(await db.database.rows(mentions, [dialogId])).toEqual([]);
  // Its client key went with it, and its seq is not given out again.
  expect(await append(other, db.database, message(dialogId, ann.userId, 'c1', 'again'))).toMatchObject({
    outcome: 'appended',
    seq: 16n,
    version: 17n,
  });
});

test('system messages are purged among the others, once, and reading closes over the gap', async () => {
  const { dialogId } = await filled(6);
  const system = (text: string) => {
    const { senderId: _sender, dialogId: _dialog, ...rest } = message(dialogId, ann.userId, text, text);
    return db.database.transaction((tx) => store.appendSystem(tx, dialogId, ann.userId, [rest]));
  };
  await system('renamed');
  await append(store, db.database, message(dialogId, ben.userId, 'between', 'hi'));
  const [last] = await system('renamed again');
  const soon = new Date(last!.created_at.getTime() + 1);
  let count = 0;
  // Other tests of this file leave some of their own.
  for (;;) {
    const step = await store.purgeSystem(db.database, soon, 2, async (_tx, purged) => {
      count += purged;
    });
    if (!step.isMore) break;
  }
  expect(count).toBeGreaterThanOrEqual(2);
  for (const process of [store, other]) {
    const seqs = (await process.before(db.database, dialogId, 100, 3)).map(({ seq }) => Number(seq));
    expect(seqs).toEqual([8, 6, 5]);
    const known = [{ dialogId, after: 6, version: 9, lastSeq: 9 }];
    expect(await process.changes(db.database, known, 50)).toMatchObject([{ seq: 8n }]);
    expect(await process.newest(db.database, [dialogId])).toEqual([]);
  }
  expect(await append(store, db.database, message(dialogId, ben.userId, 'after', 'hi'))).toMatchObject({ seq: 10n });
});

test('a deleted dialog is forgotten only when its time is over and its messages are gone', async () => {
  const { dialogId, sent } = await filled(7);
  const told: string[] = [];
  const forget = (before: Date) =>
    store.forget(db.database, dialogId, before, async () => {
      told.push('forgotten');
    });
  const soon = new Date(Date.now() + 60_000);
  await forget(soon);
  await db.database.transaction((tx) => closeDialog(tx, dialogId));
  await forget(soon);
  await purgeAll(dialogId, null, 3);
  await forget(new Date(Date.now() - 60_000));
  expect(told).toEqual([]);
  await forget(soon);
  await forget(soon);
  expect(told).toEqual(['forgotten']);
  expect(await db.database.rows(statement('', 'SELECT FROM messaging.dialogs WHERE id = $1'), [dialogId])).toEqual([]);
  expect(await store.seqOf(db.database, dialogId, sent[0]!.id)).toBeUndefined();
});
