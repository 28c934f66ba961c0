import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeCopyBlock } from '#services/messaging/copy-block.ts';
import type { SeededAccount } from '#services/auth/seed-accounts.ts';
import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { MessageChange } from '#shared/contracts/messaging/message.ts';
import type { SyncReply } from '#shared/contracts/messaging/sync.ts';
import { firstRow, statement } from '#shared/sql.ts';
import type { Sent } from '#shared/sockets/client-events.ts';
import { ask, asked, connected, heard, next, openCluster, refusalOf, type TestCluster, text } from './open-cluster.ts';

const STORED = statement('test.stored', 'SELECT seq::integer FROM messaging.messages WHERE id = $1');

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await openCluster({ RATE_LIMITS: 'relaxed' });
});
afterAll(() => cluster[Symbol.asyncDispose]());

let alice: SeededAccount;
let bob: SeededAccount;
let dialog: WireDialog;
beforeEach(async () => {
  [alice, bob] = (await cluster.people(2)) as [SeededAccount, SeededAccount];
  dialog = await cluster.dialogOf(alice, bob);
});

const on = (node: 0 | 1, person: SeededAccount) => connected(cluster.nodes[node]!, person);

test('the same client_id with other content is refused, on the other node too', async () => {
  const here = await on(0, alice);
  const there = await on(1, alice);
  const first = { ...text(dialog), client_id: 'same' };
  await asked(here, 'message:send', first);
  expect(await refusalOf(there, 'message:send', { ...first, content: 'other' })).toBe('CONFLICT');
});

test('a message is in the database when its acknowledgement arrives', async () => {
  const socket = await on(0, alice);
  for (let count = 1; count <= 20; count += 1) {
    const sent = await asked<Sent>(socket, 'message:send', text(dialog));
    expect(await firstRow(cluster.db.database, STORED, [sent.message_id])).toEqual({ seq: sent.seq });
  }
});

test('the members on both nodes hear a message once, the sender and their other devices included', async () => {
  const sockets = await Promise.all([on(0, alice), on(1, alice), on(0, bob), on(1, bob)]);
  const all = sockets.map((socket) => heard<MessageChange>(socket, 'message:new'));
  const sent = await asked<Sent>(sockets[0], 'message:send', text(dialog, 'to everybody'));
  await asked(sockets[2], 'message:send', text(dialog, 'and back'));
  await expect.poll(() => all.map((changes) => changes.length)).toEqual([2, 2, 2, 2]);
  for (const [change] of all) {
    expect(change).toMatchObject({
      dialog_id: dialog.id,
      version: 1,
      message: { id: sent.message_id, seq: 1, content: 'to everybody' },
    });
  }
});

test('a retry on the other node is answered with the first message, and nothing is appended or announced', async () => {
  const here = await on(0, alice);
  const there = await on(1, alice);
  const command = text(dialog);
  const first = await asked<Sent>(here, 'message:send', command);
  const changes = heard(here, 'message:new');
  expect(await asked<Sent>(there, 'message:send', command)).toEqual(first);
  expect(await asked<Sent>(there, 'message:send', text(dialog))).toMatchObject({ seq: first.seq + 1 });
  await expect.poll(() => changes.length).toBe(1);
});

test('all members are told one dense order, however many send at once over both nodes', async () => {
  const people = await cluster.people(6);
  const group = await cluster.groupOf(people[0]!, people.slice(1));
  const sockets = await Promise.all(people.map((person, index) => on((index % 2) as 0 | 1, person)));
  const versions = sockets.map((socket) => heard<MessageChange>(socket, 'message:new'));
  const acks = await Promise.all(
    sockets.flatMap((socket) => Array.from({ length: 25 }, () => asked<Sent>(socket, 'message:send', text(group)))),
  );
  const dense = Array.from({ length: 150 }, (_, index) => index + 1);
  expect(acks.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(dense);
  for (const changes of versions) {
    await expect.poll(() => changes.length).toBe(150);
    expect(changes.map(({ version }) => version).sort((a, b) => a - b)).toEqual(dense);
  }
});

test('a dialog that is opened over HTTP is heard by connected members at once, on both nodes', async () => {
  const [carol, dave] = (await cluster.people(2)) as [SeededAccount, SeededAccount];
  const [here, there] = await Promise.all([on(0, carol), on(1, dave)]);
  const news = [next<WireDialog>(here, 'dialog:new'), next<WireDialog>(there, 'dialog:new')];
  const opened = await cluster.dialogOf(carol, dave);
  expect((await Promise.all(news)).map(({ id }) => id)).toEqual([opened.id, opened.id]);
  const arrival = next<MessageChange>(there, 'message:new');
  await asked(here, 'message:send', text(opened));
  expect((await arrival).dialog_id).toBe(opened.id);
});

test('a message sent over HTTP reaches the sockets of both nodes', async () => {
  const arrivals = (await Promise.all([on(0, alice), on(1, bob)])).map((socket) =>
    next<MessageChange>(socket, 'message:new'),
  );
  await cluster.messaging.sendMessage(
    { userId: alice.user_id },
    { dialog_id: dialog.id, message_type: 'text', content: 'by HTTP' },
  );
  for (const arrival of arrivals) expect((await arrival).message.content).toBe('by HTTP');
});

test('receipts move forward only, are clamped, and are told to the members', async () => {
  const [here, there] = await Promise.all([on(0, alice), on(1, bob)]);
  await asked(here, 'message:send', text(dialog));
  await asked(here, 'message:send', text(dialog));
  const told = next(here, 'receipt');
  const cursor = await asked(there, 'receipt:read', { dialog_id: dialog.id, seq: 99 });
  expect(cursor).toEqual({ delivered_seq: 2, read_seq: 2 });
  expect(await told).toEqual({ dialog_id: dialog.id, user_id: bob.user_id, delivered_seq: 2, read_seq: 2 });
  expect(await asked(there, 'receipt:delivered', { dialog_id: dialog.id, seq: 1 })).toEqual(cursor);
});

test('typing reaches the others but not oneself, and repeats go no further', async () => {
  const [here, there, own] = await Promise.all([on(0, alice), on(1, bob), on(0, alice)]);
  const [theirs, mine] = [heard<{ until: string }>(there, 'typing'), heard(here, 'typing')];
  const toOwnDevice = heard(own, 'typing');
  expect(await asked(here, 'typing:start', { dialog_id: dialog.id })).toEqual({});
  expect(await asked(here, 'typing:start', { dialog_id: dialog.id })).toEqual({});
  expect(await asked(here, 'typing:stop', { dialog_id: dialog.id })).toEqual({});
  await expect.poll(() => theirs.length).toBe(2);
  expect(theirs).toMatchObject([{ dialog_id: dialog.id, user_id: alice.user_id }, { user_id: alice.user_id }]);
  expect(Date.parse(theirs[0]!.until)).toBeGreaterThan(Date.parse(theirs[1]!.until));
  await expect.poll(() => toOwnDevice.length).toBe(2);
  expect(mine).toEqual([]);
});

test('sync brings what was missed, and a version of the future is told to start afresh', async () => {
  const here = await on(0, alice);
  for (let count = 0; count < 3; count += 1) await asked(here, 'message:send', text(dialog, `number ${count}`));
  const later = await on(1, bob);
  const missed = await asked<SyncReply>(later, 'sync', { dialogs: [{ dialog_id: dialog.id, after_version: 1 }] });
  expect(missed.dialogs).toMatchObject([{ version: 3, has_more: false, reset: false }]);
  expect(missed.dialogs[0]!.changes.map(({ version }) => version)).toEqual([2, 3]);
  const ahead = await asked<SyncReply>(later, 'sync', { dialogs: [{ dialog_id: dialog.id, after_version: 9 }] });
  expect(ahead.dialogs).toMatchObject([{ reset: true, version: 3 }]);
  const unknown = await asked<SyncReply>(later, 'sync', { dialogs: [] });
  expect(unknown.joined.map(({ id }) => id)).toEqual([dialog.id]);
});

test('an update about an order reaches every device of the people it concerns, and nobody else', async () => {
  const [phone, tablet, other] = await Promise.all([on(0, alice), on(1, alice), on(0, bob)]);
  const [toPhone, toTablet, toOther] = [phone, tablet, other].map((socket) => heard(socket, 'order:updated'));
  const update = { step: 'shipped', order: { id: 'o' } };
  cluster.announcer.emitToUsers([alice.user_id], 'order:updated', update);
  await expect.poll(() => [toPhone!.length, toTablet!.length]).toEqual([1, 1]);
  expect(toPhone).toEqual([update]);
  expect(toOther).toEqual([]);
});

test('hundreds of commands at once on one socket are all answered: what is too much is told to wait', async () => {
  const socket = await on(0, alice);
  const acks = await Promise.all(Array.from({ length: 300 }, () => ask<Sent>(socket, 'message:send', text(dialog))));
  const codes = acks.map((ack) => ('error' in ack ? ack.error.code : 'ok'));
  expect(new Set(codes)).toEqual(new Set(['ok', 'RETRY_LATER']));
  expect(codes.filter((code) => code === 'ok').length).toBeGreaterThanOrEqual(64);
});

test('between two of whom one has blocked the other, neither hears the other read or type, on any device', async () => {
  const [here, own, there] = [await on(0, alice), await on(1, alice), await on(1, bob)];
  await asked(there, 'message:send', text(dialog));
  const [one, other] = [alice.user_id, bob.user_id];
  const blocks = { blockersOf: async (userId: string) => (userId === other ? [one] : []) };
  await makeCopyBlock({ databases: cluster.db.databases, blocks })(one, other);

  const told = [heard(there, 'receipt'), heard(there, 'typing'), heard(here, 'typing')];
  const [toOwnDevice, toSelf] = [next(own, 'receipt'), heard(here, 'receipt')];
  expect(await asked(here, 'typing:start', { dialog_id: dialog.id })).toEqual({});
  expect(await refusalOf(there, 'typing:start', { dialog_id: dialog.id })).toBe('NOT_FOUND');
  const cursor = await asked<object>(here, 'receipt:read', { dialog_id: dialog.id, seq: 1 });
  expect(await toOwnDevice).toMatchObject({ user_id: one, read_seq: 1 });
  await asked(there, 'receipt:read', { dialog_id: dialog.id, seq: 1 });
  // What the one who blocked says still comes through, after all that was told before it.
  const arrived = [next(there, 'message:new'), next(here, 'message:new')];
  await asked(here, 'message:send', text(dialog));
  await Promise.all(arrived);
  expect(told).toEqual([[{ ...cursor, dialog_id: dialog.id, user_id: other }], [], []]);
  expect(toSelf).toEqual([{ ...cursor, dialog_id: dialog.id, user_id: one }]);
});
