import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SeededAccount } from '#services/auth/seed-accounts.ts';
import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { DialogId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { ask, asked, connected, heard, next, openCluster, refusalOf, type TestCluster, text } from './open-cluster.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await openCluster();
});
afterAll(() => cluster[Symbol.asyncDispose]());

let me: SeededAccount;
let friend: SeededAccount;
let stranger: SeededAccount;
let dialog: WireDialog;
let socket: Socket;
beforeEach(async () => {
  [me, friend, stranger] = (await cluster.people(3)) as [SeededAccount, SeededAccount, SeededAccount];
  dialog = await cluster.dialogOf(me, friend);
  socket = await connected(cluster.nodes[0]!, me);
});

test('an event that the contract does not know is refused', async () => {
  for (const name of ['message:sned', 'toString', '__proto__', 'constructor', '']) {
    expect(await refusalOf(socket, name, {}), name).toBe('VALIDATION_ERROR');
  }
});

test('an unknown field is refused, in every event', async () => {
  const known = { dialog_id: dialog.id };
  expect(await refusalOf(socket, 'message:send', { ...text(dialog), is_admin: true })).toBe('VALIDATION_ERROR');
  expect(await refusalOf(socket, 'receipt:read', { ...known, seq: 0, user_id: friend.user_id })).toBe(
    'VALIDATION_ERROR',
  );
  expect(await refusalOf(socket, 'receipt:delivered', { ...known, seq: 0, x: 1 })).toBe('VALIDATION_ERROR');
  expect(await refusalOf(socket, 'typing:start', { ...known, x: 1 })).toBe('VALIDATION_ERROR');
  expect(await refusalOf(socket, 'typing:stop', { ...known, x: 1 })).toBe('VALIDATION_ERROR');
  expect(await refusalOf(socket, 'sync', { dialogs: [], x: 1 })).toBe('VALIDATION_ERROR');
});

test.each([
  ['no payload', []],
  ['two payloads', [{}, {}]],
  ['null', [null]],
  ['text', ['hello']],
  ['a list', [[]]],
  ['no content', [{ content: undefined }]],
  ['content that is a number', [{ content: 42 }]],
  ['content that is too long', [{ content: 'x'.repeat(4001) }]],
  ['blank content', [{ content: '  ' }]],
  ['a system message', [{ message_type: 'system' }]],
  ['an unknown type', [{ message_type: 'shout' }]],
  ['no client_id', [{ client_id: undefined }]],
  ['a client_id of 65 characters', [{ client_id: 'x'.repeat(65) }]],
  ['a dialog id that is none', [{ dialog_id: 'x' }]],
])('a message with %s is refused', async (_, payloads) => {
  const complete = payloads.map((payload) =>
    typeof payload === 'object' && payload !== null && !Array.isArray(payload) && Object.keys(payload).length > 0
      ? { ...text(dialog), ...payload }
      : payload,
  );
  expect(await refusalOf(socket, 'message:send', ...complete)).toBe('VALIDATION_ERROR');
  expect(await cluster.messaging.getDialog({ userId: me.user_id, country: 'TH' }, dialog.id)).toMatchObject({
    last_seq: 0,
  });
});

test('a refusal names the field', async () => {
  const ack = await ask(socket, 'receipt:read', { dialog_id: dialog.id, seq: -1 });
  expect(ack).toMatchObject({ error: { code: 'VALIDATION_ERROR', details: [{ path: 'seq' }] } });
});

test('the dialog of others is answered exactly like one that does not exist', async () => {
  const foreign = await cluster.dialogOf(friend, stranger);
  const absent = { id: newId<DialogId>('TH') };
  for (const [event, extra] of [
    ['receipt:read', { seq: 0 }],
    ['receipt:delivered', { seq: 0 }],
    ['typing:start', {}],
    ['typing:stop', {}],
  ] as const) {
    const ask1 = await ask(socket, event, { dialog_id: foreign.id, ...extra });
    expect(ask1).toMatchObject({ error: { code: 'NOT_FOUND' } });
    expect(await ask(socket, event, { dialog_id: absent.id, ...extra })).toEqual(ask1);
  }
  const toForeign = await ask(socket, 'message:send', text(foreign));
  expect(toForeign).toMatchObject({ error: { code: 'NOT_FOUND' } });
  expect(await ask(socket, 'message:send', text(absent))).toEqual(toForeign);
  const { left } = await asked<{ left: string[] }>(socket, 'sync', {
    dialogs: [foreign, absent].map(({ id }) => ({ dialog_id: id, after_version: 0 })),
  });
  expect(left).toEqual([foreign.id, absent.id]);
});

test('someone who is not in a dialog hears nothing of it', async () => {
  const outsider = await connected(cluster.nodes[1]!, stranger);
  const overheard = heard(outsider, 'message:new');
  const friendly = await connected(cluster.nodes[1]!, friend);
  const arrival = next(friendly, 'message:new');
  await asked(socket, 'message:send', text(dialog));
  await arrival;
  expect(overheard).toEqual([]);
});

test('an event without an acknowledgement works all the same', async () => {
  const arrival = next<{ message: { content: string } }>(socket, 'message:new');
  socket.emit('message:send', text(dialog, 'no callback'));
  expect((await arrival).message.content).toBe('no callback');
  socket.emit('message:send', 'nonsense');
  socket.emit('no such event');
  expect(await asked(socket, 'receipt:read', { dialog_id: dialog.id, seq: 1 })).toMatchObject({ read_seq: 1 });
});

test('after twenty messages at once a session is told how long to wait, and its receipts go on', async () => {
  const acks = await Promise.all(Array.from({ length: 30 }, () => ask(socket, 'message:send', text(dialog))));
  const refused = acks.flatMap((ack) => ('error' in ack ? [ack.error] : []));
  const taken = acks.length - refused.length;
  expect(taken).toBeGreaterThanOrEqual(20);
  expect(refused).toMatchObject(refused.map(() => ({ code: 'RATE_LIMIT_EXCEEDED' })));
  // At 100 a minute the next is due after 600 ms at the latest.
  const [first] = refused;
  expect(first?.retry_after_ms).toBeGreaterThan(0);
  expect(first?.retry_after_ms).toBeLessThanOrEqual(600);
  expect(await asked(socket, 'receipt:read', { dialog_id: dialog.id, seq: 20 })).toMatchObject({ read_seq: 20 });
  const otherDevice = await connected(cluster.nodes[0]!, me);
  expect(await asked(otherDevice, 'message:send', text(dialog))).toMatchObject({ seq: taken + 1 });
});

test('a session that goes on and on is cut', async () => {
  const cut = next(socket, 'disconnect');
  for (let count = 0; count < 125; count += 1) socket.emit('message:send', {});
  await cut;
  expect(await asked(await connected(cluster.nodes[0]!, me), 'message:send', text(dialog))).toMatchObject({ seq: 1 });
});
