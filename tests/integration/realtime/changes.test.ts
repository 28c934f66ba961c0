import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SeededAccount } from '#services/auth/seed-accounts.ts';
import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { MessageChange, WireMessage } from '#shared/contracts/messaging/message.ts';
import type { Sent } from '#shared/sockets/client-events.ts';
import { caughtUp, clientOf, dense } from './clients.ts';
import { asked, connected, heard, openCluster, refusalOf, type TestCluster, text } from './open-cluster.ts';

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

test('what may not be done to a message is refused, and nobody hears of it', async () => {
  const [hers, his] = await Promise.all([on(0, alice), on(1, bob)]);
  const [stranger] = (await cluster.people(1)) as [SeededAccount];
  const theirs = await on(1, stranger);
  const { message_id: id } = await asked<Sent>(hers, 'message:send', text(dialog));
  const changes = [heard(hers, 'message:updated'), heard(his, 'message:updated'), heard(his, 'message:deleted')];
  expect(await refusalOf(his, 'message:edit', { message_id: id, content: 'x' })).toBe('FORBIDDEN');
  expect(await refusalOf(his, 'message:delete', { message_id: id })).toBe('FORBIDDEN');
  expect(await refusalOf(his, 'reaction:add', { message_id: id, emoji: 'x' })).toBe('VALIDATION_ERROR');
  for (const [event, more] of [
    ['message:edit', { content: 'x' }],
    ['message:delete', {}],
    ['reaction:add', { emoji: '👍' }],
    ['reaction:remove', { emoji: '👍' }],
  ] as const) {
    expect(await refusalOf(theirs, event, { message_id: id, ...more })).toBe('NOT_FOUND');
  }
  await asked(hers, 'message:delete', { message_id: id });
  expect(await refusalOf(hers, 'message:edit', { message_id: id, content: 'x' })).toBe('CONFLICT');
  expect(await refusalOf(his, 'reaction:add', { message_id: id, emoji: '👍' })).toBe('CONFLICT');
  await expect.poll(() => changes.map((all) => all.length)).toEqual([0, 0, 1]);
});

test('an edit, a reaction and a deletion are answered with the new state, and heard on both nodes', async () => {
  const sockets = await Promise.all([on(0, alice), on(1, alice), on(1, bob)]);
  const [hers, , his] = sockets;
  const updated = sockets.map((socket) => heard<MessageChange>(socket, 'message:updated'));
  const deleted = sockets.map((socket) => heard<MessageChange>(socket, 'message:deleted'));
  const { message_id: id } = await asked<Sent>(hers, 'message:send', text(dialog));
  const edited = await asked<WireMessage>(hers, 'message:edit', { message_id: id, content: 'better' });
  const reacted = await asked<WireMessage>(his, 'reaction:add', { message_id: id, emoji: '👍' });
  const taken = await asked<WireMessage>(his, 'reaction:remove', { message_id: id, emoji: '👍' });
  const gone = await asked<WireMessage>(hers, 'message:delete', { message_id: id });
  expect([edited.content, reacted.reactions, taken.reactions, gone.content]).toEqual([
    'better',
    [{ emoji: '👍', count: 1, user_ids: [bob.user_id] }],
    [],
    null,
  ]);
  const told = [edited, reacted, taken].map((message) => ({ dialog_id: dialog.id, version: message.version, message }));
  for (const changes of updated) await expect.poll(() => changes).toEqual(told);
  for (const changes of deleted) {
    await expect.poll(() => changes).toEqual([{ dialog_id: dialog.id, version: 5, message: gone }]);
  }
});

test('a change that is made over HTTP is heard over sockets', async () => {
  const his = await on(1, bob);
  const updated = heard<MessageChange>(his, 'message:updated');
  const { message_id: id } = await asked<Sent>(his, 'message:send', text(dialog));
  const reacted = await cluster.messaging.addReaction({ userId: alice.user_id }, id, '🎉');
  await expect.poll(() => updated.map(({ message }) => message)).toEqual([reacted]);
});

test('a client that was away ends with the same messages as one that stayed', async () => {
  const urls = cluster.nodes.map(({ url }) => url);
  const [staying, leaving] = [clientOf(bob, [urls[0]!]), clientOf(alice, [urls[1]!])];
  await Promise.all([caughtUp(staying), caughtUp(leaving)]);
  const copies = [staying, leaving].map(({ client }) => {
    const copy = new Map<string, WireMessage>();
    client.on('message', ({ message }) => copy.set(message.id, message));
    return copy;
  });
  const first = await staying.client.send(dialog.id, { message_type: 'text', content: 'one' });
  await expect.poll(() => leaving.versions(dialog.id)).toEqual([1]);
  const { versions: known } = leaving.client;
  leaving.client.close();

  const second = await staying.client.send(dialog.id, { message_type: 'text', content: 'two' });
  await staying.client.request('message:edit', { message_id: first.message_id, content: 'one, edited' });
  await staying.client.request('reaction:add', { message_id: first.message_id, emoji: '👍' });
  await staying.client.request('message:delete', { message_id: second.message_id });
  await staying.client.send(dialog.id, { message_type: 'text', content: 'three' });
  await expect.poll(() => staying.versions(dialog.id)).toEqual(dense(6));

  const back = clientOf(alice, [urls[0]!], { known });
  back.client.on('message', ({ message }) => copies[1]!.set(message.id, message));
  await caughtUp(back);
  expect(back.versions(dialog.id)).toEqual([4, 5, 6]);
  expect(copies[1]).toEqual(copies[0]);
});
