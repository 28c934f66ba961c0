import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Member } from '#services/messaging/service.ts';
import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { WireMessage } from '#shared/contracts/messaging/message.ts';
import type { DialogId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { problemOf } from '#tests/integration/gateway/test-front.ts';
import type { World } from './world.ts';
import { openWorldByHttp, type WorldByHttp } from './world-by-http.ts';

let opened: WorldByHttp;
let world: World;
let call: WorldByHttp['call'];
beforeAll(async () => {
  opened = await openWorldByHttp();
  ({ world, call } = opened);
});
afterAll(() => opened[Symbol.asyncDispose]());

async function pair(): Promise<{ ann: Member; ben: Member; dialog: WireDialog }> {
  const [ann, ben] = [world.person(), world.person()];
  return { ann, ben, dialog: await world.direct(ann, ben) };
}

describe('refused', () => {
  const text = { message_type: 'text', content: 'hello' };
  const bodies: [string, unknown][] = [
    ['a field that is not known', { ...text, colour: 'red' }],
    ['no message_type', { content: 'hello' }],
    ['a system message', { ...text, message_type: 'system' }],
    ['a message_type that is not known', { ...text, message_type: 'poll' }],
    ['no content', { message_type: 'text' }],
    ['empty content', { ...text, content: '' }],
    ['blank content', { ...text, content: ' \n\t ' }],
    ['content that is no text', { ...text, content: 5 }],
    ['half a surrogate pair', { ...text, content: 'a\ud83d' }],
    ['4001 characters', { ...text, content: 'x'.repeat(4001) }],
    ['4001 emoji', { ...text, content: '😀'.repeat(4001) }],
    ['an empty client_id', { ...text, client_id: '' }],
    ['a client_id of 65 characters', { ...text, client_id: 'c'.repeat(65) }],
    ['a client_id with a NUL', { ...text, client_id: 'a\u0000b' }],
    ['a reply to what is no id', { ...text, reply_to_id: 'first' }],
    ['metadata that is no object', { ...text, metadata: [1] }],
    ['nested metadata', { ...text, metadata: { a: { b: 1 } } }],
    ['a location without a place', { message_type: 'location', content: '' }],
    ['a place beyond the pole', { message_type: 'location', content: '', metadata: { latitude: 91, longitude: 0 } }],
    ['a place with a field too many', { message_type: 'location', metadata: { latitude: 1, longitude: 1, height: 2 } }],
    ['a sticker without a pack', { message_type: 'sticker', metadata: { sticker_id: '1' } }],
    ['a picture without a media_id', { message_type: 'image', metadata: {} }],
    ['a list instead of a body', [text]],
  ];
  test.each(bodies)('a message with %s', async (_, body) => {
    const { ann, dialog } = await pair();
    const answer = await call(ann, 'POST', `/dialogs/${dialog.id}/messages`, body);
    expect([answer.status, problemOf(answer).code]).toEqual([400, 'VALIDATION_ERROR']);
    expect((await world.messaging.history(ann, dialog.id, { limit: 1 })).messages).toEqual([]);
  });

  const some = (count: number) => Array.from({ length: count }, () => newId('TH'));
  const openings: [string, unknown][] = [
    ['no type', { participant_ids: some(1) }],
    ['a direct dialog with nobody', { type: 'direct', participant_ids: [] }],
    ['a direct dialog with two others', { type: 'direct', participant_ids: some(2) }],
    ['a group of two', { type: 'group', name: 'G', participant_ids: some(1) }],
    ['a group of 1001', { type: 'group', name: 'G', participant_ids: some(1000) }],
    ['a group without a name', { type: 'group', participant_ids: some(2) }],
    ['a blank name', { type: 'group', name: '  ', participant_ids: some(2) }],
    ['someone named twice', { type: 'group', name: 'G', participant_ids: [...some(1), ...some(1)].fill(newId('TH')) }],
    ['a description of 501 characters', { type: 'channel', name: 'C', description: 'd'.repeat(501) }],
    ['a picture at a private address', { type: 'channel', name: 'C', avatar_url: 'https://192.168.0.1/a.png' }],
    ['a picture over http', { type: 'channel', name: 'C', avatar_url: 'http://example.com/a.png' }],
    ['a picture on this machine', { type: 'channel', name: 'C', avatar_url: 'https://localhost/a.png' }],
    ['a field that is not known', { type: 'channel', name: 'C', owner_id: newId('TH') }],
  ];
  test.each(openings)('a dialog with %s', async (_, body) => {
    const answer = await call(world.person(), 'POST', '/dialogs', body);
    expect([answer.status, problemOf(answer).code]).toEqual([400, 'VALIDATION_ERROR']);
  });

  test.each(['limit=0', 'limit=101', 'before=x', 'after=-1', 'before=1&after=1', 'order=asc'])(
    'a history with %s',
    async (query) => {
      const { ann, dialog } = await pair();
      const answer = await call(ann, 'GET', `/dialogs/${dialog.id}/messages?${query}`);
      expect(problemOf(answer).code).toBe('VALIDATION_ERROR');
    },
  );

  test.each([{}, { read_seq: -1 }, { read_seq: 1.5 }, { delivered_seq: '1' }, { read_seq: 1, seen: true }])(
    'a receipt of %j',
    async (body) => {
      const { ann, dialog } = await pair();
      expect((await call(ann, 'POST', `/dialogs/${dialog.id}/receipts`, body)).status).toBe(400);
    },
  );

  test("a stranger's calls, as if there were no such dialog", async () => {
    const { dialog } = await pair();
    const eve = world.person();
    for (const id of [dialog.id, newId<DialogId>('TH'), newId<DialogId>('VN')]) {
      const answers = [
        await call(eve, 'GET', `/dialogs/${id}`),
        await call(eve, 'GET', `/dialogs/${id}/messages`),
        await call(eve, 'POST', `/dialogs/${id}/messages`, text),
        await call(eve, 'POST', `/dialogs/${id}/receipts`, { read_seq: 1 }),
      ];
      expect(answers.map((answer) => [answer.status, problemOf(answer).code])).toEqual(
        Array.from({ length: 4 }, () => [404, 'NOT_FOUND']),
      );
    }
  });
});

test('a direct dialog is 201 the first time and 200 ever after', async () => {
  const [ann, ben] = [world.person(), world.person()];
  const first = await call(ann, 'POST', '/dialogs', { type: 'direct', participant_ids: [ben.userId] });
  const again = await call(ben, 'POST', '/dialogs', { type: 'direct', participant_ids: [ann.userId.toUpperCase()] });
  expect([first.status, again.status]).toEqual([201, 200]);
  expect((again.body as WireDialog).id).toBe((first.body as WireDialog).id);
});

test('a client_id used again is 200 with the first message, and with other content 409', async () => {
  const { ann, dialog } = await pair();
  const path = `/dialogs/${dialog.id}/messages`;
  const body = { message_type: 'text', content: 'hello', client_id: 'c-1' };
  const first = await call(ann, 'POST', path, body);
  const again = await call(ann, 'POST', path, body);
  const other = await call(ann, 'POST', path, { ...body, content: 'bye' });
  expect([first.status, again.status, other.status]).toEqual([201, 200, 409]);
  expect(again.body).toEqual(first.body);
});

test('an Idempotency-Key in the place of a client_id answers the same again, and with other content 422', async () => {
  const { ann, dialog } = await pair();
  const path = `/dialogs/${dialog.id}/messages`;
  const send = (content: string) =>
    call(ann, 'POST', path, { message_type: 'text', content }, { 'idempotency-key': 'k-1' });
  const [first, again, other] = [await send('hello'), await send('hello'), await send('bye')];
  expect([first.status, again.status, other.status]).toEqual([201, 201, 422]);
  expect(again.body).toEqual(first.body);
  expect(problemOf(other).code).toBe('IDEMPOTENCY_KEY_REUSED');
});

test('messages without a key of any kind are all stored', async () => {
  const { ann, dialog } = await pair();
  const send = () => call(ann, 'POST', `/dialogs/${dialog.id}/messages`, { message_type: 'text', content: 'ha' });
  const sent = [await send(), await send()].map(({ body }) => body as WireMessage);
  expect(sent.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(sent[0]?.client_id).not.toBe(sent[1]?.client_id);
});

test('4000 characters, emoji included, are not too many', async () => {
  const { ann, ben, dialog } = await pair();
  const content = '😀'.repeat(4000);
  const answer = await call(ann, 'POST', `/dialogs/${dialog.id}/messages`, { message_type: 'text', content });
  expect(answer.status).toBe(201);
  const history = await call(ben, 'GET', `/dialogs/${dialog.id}/messages`);
  expect((history.body as { messages: WireMessage[] }).messages[0]?.content).toBe(content);
});

test('dialogs are listed with pages, and receipts answer the cursor', async () => {
  const { ann, ben, dialog } = await pair();
  await world.count(ann, dialog.id, 3);
  const receipt = await call(ben, 'POST', `/dialogs/${dialog.id}/receipts`, { delivered_seq: 3, read_seq: 2 });
  expect([receipt.status, receipt.body]).toEqual([200, { delivered_seq: 3, read_seq: 2 }]);
  const list = await call(ben, 'GET', '/dialogs?limit=1');
  expect(list.body).toMatchObject({
    dialogs: [{ id: dialog.id, unread_count: 1, last_message: { seq: 3, content: '3' } }],
    pagination: { page: 1, limit: 1, total: 1, has_next: false },
  });
});
