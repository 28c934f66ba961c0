import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Member } from '#services/messaging/service.ts';
import type { WireMessage } from '#shared/contracts/messaging/message.ts';
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

async function said(): Promise<{ ann: Member; ben: Member; message: WireMessage; path: string }> {
  const [ann, ben] = [world.person(), world.person()];
  const dialog = await world.direct(ann, ben);
  const { message } = await world.say(ann, dialog.id, 'hello');
  return { ann, ben, message, path: `/messages/${message.id}` };
}

describe('refused', () => {
  const emoji: [string, unknown][] = [
    ['a letter', 'a'],
    ['a digit', '1'],
    ['nothing', ''],
    ['a space', ' '],
    ['two emoji', '👍👍'],
    ['an emoji and a letter', '👍a'],
    ['half a surrogate pair', '\ud83d'],
    ['a letter under a hundred accents', `a${'\u0301'.repeat(100)}`],
    ['a skin tone for what has no skin', '🚗\u{1f3fd}'],
    ['a modifier of nothing but joiners', '\u200d\u200d'],
    ['a number', 1],
    ['a list', ['👍']],
  ];
  test.each(emoji)('a reaction with %s', async (_, value) => {
    const { ann, path } = await said();
    for (const method of ['POST', 'DELETE']) {
      const answer = await call(ann, method, `${path}/reactions`, { emoji: value });
      expect([answer.status, problemOf(answer).code]).toEqual([400, 'VALIDATION_ERROR']);
    }
  });

  const edits: [string, unknown][] = [
    ['no content', {}],
    ['content that is no text', { content: 5 }],
    ['blank content', { content: ' \n' }],
    ['4001 characters', { content: 'x'.repeat(4001) }],
    ['half a surrogate pair', { content: 'a\ud83d' }],
    ['a field that does not change', { content: 'x', message_type: 'image' }],
  ];
  test.each(edits)('an edit with %s', async (_, body) => {
    const { ann, path } = await said();
    const answer = await call(ann, 'PATCH', path, body);
    expect([answer.status, problemOf(answer).code]).toEqual([400, 'VALIDATION_ERROR']);
  });

  test.each(['limit=0', 'limit=101', 'status=delivered', 'cursor=x', `cursor=${btoa('["x"]')}`])(
    'receipts with %s',
    async (query) => {
      const { ann, path } = await said();
      expect(problemOf(await call(ann, 'GET', `${path}/receipts?${query}`)).code).toBe('VALIDATION_ERROR');
    },
  );

  test('everything about a message of which one is not to know', async () => {
    const { path } = await said();
    const eve = world.person();
    for (const at of [path, `/messages/${newId('TH')}`]) {
      const answers = [
        await call(eve, 'PATCH', at, { content: 'x' }),
        await call(eve, 'DELETE', at),
        await call(eve, 'POST', `${at}/reactions`, { emoji: '👍' }),
        await call(eve, 'DELETE', `${at}/reactions`, { emoji: '👍' }),
        await call(eve, 'GET', `${at}/history`),
        await call(eve, 'GET', `${at}/receipts`),
      ];
      expect(answers.map((answer) => [answer.status, problemOf(answer).code])).toEqual(
        Array.from({ length: 6 }, () => [404, 'NOT_FOUND']),
      );
    }
  });

  test('what the other side said: 403, since it can be seen', async () => {
    const { ben, path } = await said();
    const answers = [await call(ben, 'PATCH', path, { content: 'x' }), await call(ben, 'DELETE', path)];
    expect(answers.map((answer) => [answer.status, problemOf(answer).code])).toEqual([
      [403, 'FORBIDDEN'],
      [403, 'FORBIDDEN'],
    ]);
  });
});

test('a message is edited, reacted to, seen and deleted, and each answer is its new state', async () => {
  const { ann, ben, message, path } = await said();
  const edited = await call(ann, 'PATCH', path, { content: 'hello again' });
  expect([edited.status, edited.body]).toMatchObject([200, { id: message.id, content: 'hello again', version: 2 }]);
  const reacted = await call(ben, 'POST', `${path}/reactions`, { emoji: '❤' });
  expect([reacted.status, (reacted.body as WireMessage).reactions]).toEqual([
    200,
    [{ emoji: '❤️', count: 1, user_ids: [ben.userId] }],
  ]);
  await call(ben, 'POST', `/dialogs/${message.dialog_id}/receipts`, { read_seq: 1 });
  expect((await call(ann, 'GET', `${path}/receipts?status=read`)).body).toEqual({
    receipts: [{ user_id: ben.userId, status: 'read' }],
    next_cursor: null,
  });
  expect((await call(ben, 'GET', `${path}/history`)).body).toMatchObject({ edits: [{ content: 'hello' }] });
  const taken = await call(ben, 'DELETE', `${path}/reactions`, { emoji: '❤️' });
  expect([taken.status, taken.body]).toMatchObject([200, { reactions: [], version: 4 }]);
  const deleted = await call(ann, 'DELETE', path);
  expect([deleted.status, deleted.body]).toMatchObject([200, { content: null, version: 5, delivery_status: 'read' }]);
  expect((await call(ann, 'GET', `${path}/history`)).body).toEqual({ edits: [] });
});

test.each(['👍', '👍🏽', '👨‍👩‍👧‍👦', '🇹🇭', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '❤️‍🔥'])('%s is one emoji', async (emoji) => {
  const { ben, path } = await said();
  const answer = await call(ben, 'POST', `${path}/reactions`, { emoji });
  expect((answer.body as WireMessage).reactions).toEqual([{ emoji, count: 1, user_ids: [ben.userId] }]);
});
