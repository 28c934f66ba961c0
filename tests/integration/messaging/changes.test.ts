import { expect, test } from 'vitest';
import { makeCopyBlock } from '#services/messaging/copy-block.ts';
import type { MessageChange } from '#shared/contracts/messaging/message.ts';
import { AppError } from '#shared/errors.ts';
import { AUDIT_EVENT } from '#shared/events/audit.ts';
import type { MessageId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { ownerClient } from './owner-client.ts';
import { World } from './world.ts';

/** The code that a call is refused with. */
async function codeOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error.code;
  throw new Error('it was not refused', { cause: error });
}

const changesIn = (world: World) =>
  world.announced.filter(({ event }) => event === 'change').map(({ what }) => what as MessageChange);

test('who is not in the dialog, or names a message that does not exist, is told the same of every change', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  const dialog = await world.direct(ann!, ben!);
  const { message } = await world.say(ann!, dialog.id, 'between us');
  for (const [who, id] of [
    [eve!, message.id],
    [ann!, newId<MessageId>('TH')],
    [ann!, newId<MessageId>('core')],
  ] as const) {
    const { messaging } = world;
    const codes = [
      await codeOf(messaging.editMessage(who, id, 'x')),
      await codeOf(messaging.deleteMessage(who, id)),
      await codeOf(messaging.addReaction(who, id, '👍')),
      await codeOf(messaging.removeReaction(who, id, '👍')),
      await codeOf(messaging.messageHistory(who, id)),
      await codeOf(messaging.messageReceipts(who, id, { limit: 10 })),
    ];
    expect(new Set(codes)).toEqual(new Set(['NOT_FOUND']));
  }
  expect(changesIn(world)).toEqual([]);
});

test('nobody edits what someone else said, the owner of a group no more than a member', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, cat] = world.people(3);
  const dialog = await world.group(ann!, ben!, cat!);
  const { message } = await world.say(ben!, dialog.id, 'mine');
  expect(await codeOf(world.messaging.editMessage(ann!, message.id, 'yours'))).toBe('FORBIDDEN');
  expect(await codeOf(world.messaging.editMessage(ann!, message.id, 'mine'))).toBe('FORBIDDEN');
  expect(await codeOf(world.messaging.editMessage(ben!, message.id, ' \n'))).toBe('VALIDATION_ERROR');
});

test('a member deletes nothing of others, nor do the two of a direct dialog', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, cat] = world.people(3);
  const group = await world.group(ann!, ben!, cat!);
  const direct = await world.direct(ann!, ben!);
  const [inGroup, inDirect] = [await world.say(ann!, group.id, 'x'), await world.say(ben!, direct.id, 'x')];
  expect(await codeOf(world.messaging.deleteMessage(ben!, inGroup.message.id))).toBe('FORBIDDEN');
  expect(await codeOf(world.messaging.deleteMessage(ann!, inDirect.message.id))).toBe('FORBIDDEN');
});

test('system messages stay as they are, for the owner as for members', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, cat] = world.people(3);
  const dialog = await world.group(ann!, ben!, cat!);
  await world.messaging.editDialog(ann!, dialog.id, { name: 'Dinner' });
  const { messages } = await world.messaging.history(ann!, dialog.id, { limit: 1 });
  const [notice] = messages;
  expect(notice).toMatchObject({ message_type: 'system', version: 1 });
  for (const who of [ann!, ben!]) {
    const codes = [
      await codeOf(world.messaging.editMessage(who, notice!.id, 'x')),
      await codeOf(world.messaging.deleteMessage(who, notice!.id)),
      await codeOf(world.messaging.addReaction(who, notice!.id, '👍')),
      await codeOf(world.messaging.removeReaction(who, notice!.id, '👍')),
    ];
    expect(new Set(codes)).toEqual(new Set(['FORBIDDEN']));
  }
});

test('whoever is blocked shows the other side nothing new, and may still take back what they said', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  const { message } = await world.say(ann!, dialog.id, 'x');
  await world.messaging.addReaction(ann!, message.id, '👍');
  world.block(ben!, ann!);
  await makeCopyBlock({ databases: db.databases, blocks: world.blocks })(ben!.userId, ann!.userId);
  expect(await codeOf(world.messaging.editMessage(ann!, message.id, 'y'))).toBe('NOT_FOUND');
  expect(await codeOf(world.messaging.addReaction(ann!, message.id, '🎉'))).toBe('NOT_FOUND');
  expect((await world.messaging.removeReaction(ann!, message.id, '👍')).reactions).toEqual([]);
  expect((await world.messaging.deleteMessage(ann!, message.id)).content).toBeNull();
});

test('a deleted message is neither edited nor reacted to', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  const { message } = await world.say(ann!, dialog.id, 'x');
  await world.messaging.deleteMessage(ann!, message.id);
  expect(await codeOf(world.messaging.editMessage(ann!, message.id, 'y'))).toBe('CONFLICT');
  expect(await codeOf(world.messaging.addReaction(ben!, message.id, '👍'))).toBe('CONFLICT');
  expect((await world.messaging.removeReaction(ben!, message.id, '👍')).version).toBe(2);
});

test('a message that is more than 15 minutes old can be deleted, and no longer edited', async () => {
  await using db = await freshDatabase();
  await using owner = await ownerClient(db.ownerUrl);
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  const { message } = await world.say(ann!, dialog.id, 'x');
  const age = (minutes: number) =>
    owner.query(`UPDATE messaging.messages SET created_at = now() - make_interval(mins => $1)`, [minutes]);
  await age(14);
  expect((await world.messaging.editMessage(ann!, message.id, 'y')).content).toBe('y');
  await age(16);
  expect(await codeOf(world.messaging.editMessage(ann!, message.id, 'z'))).toBe('CONFLICT');
  expect((await world.messaging.deleteMessage(ann!, message.id)).deleted_at).not.toBeNull();
});

test('an edit takes the next version, is announced, and keeps what was said before, sealed', async () => {
  await using db = await freshDatabase();
  await using owner = await ownerClient(db.ownerUrl);
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  const { message } = await world.say(ann!, dialog.id, 'first words');
  const edited = await world.messaging.editMessage(ann!, message.id, 'second words');
  await world.messaging.editMessage(ann!, message.id, 'third words');
  expect(edited).toEqual({ ...message, content: 'second words', version: 2, edited_at: edited.edited_at });
  expect(edited.edited_at! >= message.created_at).toBe(true);
  expect(changesIn(world).map(({ version, message: { content } }) => [version, content])).toEqual([
    [2, 'second words'],
    [3, 'third words'],
  ]);
  const history = await world.messaging.messageHistory(ben!, message.id);
  expect(history).toEqual([
    { content: 'first words', metadata: null, written_at: message.created_at },
    { content: 'second words', metadata: null, written_at: edited.edited_at },
  ]);
  const { rows } = await owner.query<{ body: Buffer }>('SELECT body FROM messaging.message_edits');
  expect(rows.map(({ body }) => body.includes('words'))).toEqual([false, false]);
});

test('the same content again changes nothing and takes no version', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  const { message } = await world.say(ann!, dialog.id, 'x');
  const edited = await world.messaging.editMessage(ann!, message.id, 'y');
  expect(await world.messaging.editMessage(ann!, message.id, 'y')).toEqual(edited);
  expect(changesIn(world)).toHaveLength(1);
});

test('a deletion leaves a stub, and destroys what was said, what was said before, and the reactions', async () => {
  await using db = await freshDatabase();
  await using owner = await ownerClient(db.ownerUrl);
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  const { message } = await world.say(ann!, dialog.id, 'x');
  await world.messaging.editMessage(ann!, message.id, 'y');
  await world.messaging.addReaction(ben!, message.id, '👍');
  const deleted = await world.messaging.deleteMessage(ann!, message.id);
  expect(deleted).toMatchObject({ content: null, metadata: null, reactions: [], version: 4, seq: 1 });
  expect(deleted.deleted_at).not.toBeNull();
  expect(await world.messaging.deleteMessage(ann!, message.id)).toEqual(deleted);
  expect(changesIn(world).at(-1)).toEqual({ dialog_id: dialog.id, version: 4, message: deleted });
  expect(await world.messaging.messageHistory(ben!, message.id)).toEqual([]);
  const { messages } = await world.messaging.history(ben!, dialog.id, { limit: 10 });
  expect(messages).toEqual([deleted]);
  const left = await owner.query(
    `SELECT (SELECT sum(length(body))::integer FROM messaging.messages) AS bodies,
            (SELECT count(*)::integer FROM messaging.message_edits) AS edits,
            (SELECT count(*)::integer FROM messaging.reactions) AS reactions,
            (SELECT count(*)::integer FROM messaging.reaction_counts) AS counts`,
  );
  expect(left.rows).toEqual([{ bodies: 0, edits: 0, reactions: 0, counts: 0 }]);
});

test('an admin who deletes what a member said leaves an audit entry; a member who deletes their own does not', async () => {
  await using db = await freshDatabase();
  await using owner = await ownerClient(db.ownerUrl);
  const world = new World(db.databases);
  const [ann, ben, cat] = world.people(3);
  const dialog = await world.group(ann!, ben!, cat!);
  const [rude, shy] = [await world.say(ben!, dialog.id, 'rude'), await world.say(cat!, dialog.id, 'shy')];
  await world.messaging.deleteMessage(ann!, rude.message.id);
  await world.messaging.deleteMessage(cat!, shy.message.id);
  const { rows } = await owner.query(`SELECT data FROM events.outbox WHERE type = $1`, [AUDIT_EVENT.type]);
  expect(rows).toEqual([
    {
      data: {
        actor: ann!.userId,
        action: 'messaging.message_deleted',
        subject: rude.message.id,
        region: 'TH',
        outcome: 'ok',
        facts: { dialog_id: dialog.id, sender_id: ben!.userId },
      },
    },
  ]);
});

test('a reaction is there once however often it is added, and taking an absent one back changes nothing', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  const { message } = await world.say(ann!, dialog.id, 'x');
  const { messaging } = world;
  expect((await messaging.removeReaction(ben!, message.id, '👍')).version).toBe(1);
  const once = await messaging.addReaction(ben!, message.id, '👍');
  expect(await messaging.addReaction(ben!, message.id, '👍')).toEqual(once);
  await messaging.addReaction(ann!, message.id, '😀');
  const both = await messaging.addReaction(ann!, message.id, '👍');
  expect([both.version, both.reactions]).toEqual([
    4,
    [
      { emoji: '👍', count: 2, user_ids: [ben!.userId, ann!.userId] },
      { emoji: '😀', count: 1, user_ids: [ann!.userId] },
    ],
  ]);
  const fewer = await messaging.removeReaction(ben!, message.id, '👍');
  expect([fewer.version, fewer.reactions.map(({ emoji, count }) => [emoji, count])]).toEqual([
    5,
    [
      ['👍', 1],
      ['😀', 1],
    ],
  ]);
  expect(changesIn(world).map(({ version }) => version)).toEqual([2, 3, 4, 5]);
});

test('a message bears 20 different reactions and no more', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  const { message } = await world.say(ann!, dialog.id, 'x');
  for (let at = 0; at < 20; at += 1) {
    await world.messaging.addReaction(ann!, message.id, String.fromCodePoint(0x1f600 + at));
  }
  expect(await codeOf(world.messaging.addReaction(ann!, message.id, '👍'))).toBe('CONFLICT');
  expect((await world.messaging.addReaction(ben!, message.id, '😀')).reactions[0]?.count).toBe(2);
});

test('of many who reacted 100 are named, and all are counted', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ...others] = world.people(121);
  const dialog = await world.group(ann!, ...others);
  const { message } = await world.say(ann!, dialog.id, 'x');
  await Promise.all(others.map((other) => world.messaging.addReaction(other, message.id, '👍')));
  const { messages } = await world.messaging.history(ann!, dialog.id, { limit: 1 });
  expect(messages[0]?.reactions.map(({ count, user_ids: ids }) => [count, ids.length])).toEqual([[120, 100]]);
});

test('a storm of reactions from two processes takes dense versions and ends in the right set', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ...others] = world.people(51);
  const dialog = await world.group(ann!, ...others);
  const sibling = new World(db.databases, world);
  const { message } = await world.say(ann!, dialog.id, 'x');
  await Promise.all(
    others.map(async (other, at) => {
      const { messaging } = at % 2 === 0 ? world : sibling;
      await messaging.addReaction(other, message.id, '👍');
      if (at % 5 === 0) await messaging.addReaction(other, message.id, '🎉');
      if (at % 10 === 0) await messaging.removeReaction(other, message.id, '👍');
    }),
  );
  const announced = [...changesIn(world), ...changesIn(sibling)].sort((a, b) => a.version - b.version);
  expect(announced.map(({ version }) => version)).toEqual(Array.from({ length: 65 }, (_, at) => at + 2));
  for (const change of announced) expect(change.message.version).toBe(change.version);
  const { messages } = await world.messaging.history(ann!, dialog.id, { limit: 1 });
  const reacted = Object.fromEntries(messages[0]!.reactions.map(({ emoji, user_ids: ids }) => [emoji, ids.toSorted()]));
  const idsOf = (wanted: (at: number) => boolean) =>
    others
      .filter((_, at) => wanted(at))
      .map(({ userId }) => userId)
      .toSorted();
  expect(reacted).toEqual({ '👍': idsOf((at) => at % 10 !== 0), '🎉': idsOf((at) => at % 5 === 0) });
  expect(announced.at(-1)?.message.reactions).toEqual(messages[0]!.reactions);
});

test('who has a message and who has read it is told by page, and in a channel to its admins only', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, cat, dan] = world.people(4);
  const dialog = await world.group(ann!, ben!, cat!, dan!);
  const { message } = await world.say(ann!, dialog.id, 'x');
  await world.messaging.advanceReceipt(ben!.userId, dialog.id, { read_seq: 1 });
  await world.messaging.advanceReceipt(cat!.userId, dialog.id, { delivered_seq: 1 });
  const all = [
    { user_id: ben!.userId, status: 'read' },
    { user_id: cat!.userId, status: 'delivered' },
  ].sort((a, b) => (a.user_id < b.user_id ? -1 : 1));
  const { messaging } = world;
  expect(await messaging.messageReceipts(dan!, message.id, { limit: 10 })).toEqual({
    receipts: all,
    next_cursor: null,
  });
  const read = await messaging.messageReceipts(dan!, message.id, { limit: 10, status: 'read' });
  expect(read.receipts).toEqual([{ user_id: ben!.userId, status: 'read' }]);
  const first = await messaging.messageReceipts(dan!, message.id, { limit: 1 });
  const rest = await messaging.messageReceipts(dan!, message.id, { limit: 1, cursor: first.next_cursor! });
  expect([...first.receipts, ...rest.receipts, rest.next_cursor]).toEqual([...all, null]);

  const { dialog: channel } = await messaging.openDialog(ann!, {
    type: 'channel',
    name: 'News',
    participant_ids: [ben!.userId],
  });
  const news = await world.say(ann!, channel.id, 'x');
  expect(await codeOf(messaging.messageReceipts(ben!, news.message.id, { limit: 10 }))).toBe('FORBIDDEN');
  expect((await messaging.addReaction(ben!, news.message.id, '👍')).reactions).toHaveLength(1);
  expect((await messaging.messageReceipts(ann!, news.message.id, { limit: 10 })).receipts).toEqual([]);
});
