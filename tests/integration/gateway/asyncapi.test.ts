import schema30 from '@asyncapi/specs/schemas/3.0.0.json' with { type: 'json' };
import { Ajv } from 'ajv';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AsyncApiDocument } from '#gateway/asyncapi/document.ts';
import { eventDescriptionPage } from '#gateway/pages/event-description.ts';
import { EVENT_KINDS } from '#shared/events/catalogue.ts';
import { CLIENT_EVENTS } from '#shared/sockets/client-events.ts';
import { SERVER_EVENTS } from '#shared/sockets/server-events.ts';
import { referencesOf } from './references-of.ts';
import { openFront, type TestFront } from './test-front.ts';

let front: TestFront;
let document: AsyncApiDocument;
beforeAll(async () => {
  const page = eventDescriptionPage({ version: '1.2.3', publicUrl: 'https://tchat.test', topicPrefix: 'tchat' });
  front = await openFront({ routes: [], pages: [page] });
  const answer = await front.call('GET', '/api/v1/asyncapi.json');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
  document = answer.body as AsyncApiDocument;
});
afterAll(() => front[Symbol.asyncDispose]());

test('the document keeps to the published schema of AsyncAPI 3', () => {
  // The schema brings the one that schemas are described by, so Ajv's own is left out.
  const ajv = new Ajv({ meta: false, validateSchema: false, strict: false, validateFormats: false, allErrors: true });
  const valid = ajv.compile(schema30);
  expect(valid({ ...document, operations: 'none' })).toBe(false);
  expect(valid(document) ? [] : valid.errors?.slice(0, 5)).toEqual([]);
});

test('every reference leads somewhere', () => {
  const { all, dangling } = referencesOf(document);
  expect(all.length).toBeGreaterThan(100);
  expect(dangling).toEqual([]);
});

test('every event of the bus is a message of its topic, with its description and its data', () => {
  for (const { type, version, says } of EVENT_KINDS.values()) {
    const [domain = ''] = type.split('.');
    expect(document.channels[domain]?.address).toBe(`tchat.${domain}`);
    expect(document.channels[domain]?.messages).toHaveProperty([`${type}.v${version}`]);
    expect(document.components.messages[`${type}.v${version}`]).toMatchObject({
      name: type,
      summary: says,
      payload: { type: 'object', additionalProperties: false },
    });
  }
});

test('every socket event is there: received with its acknowledgement, or sent', () => {
  const operations = Object.values(document.operations);
  const nameOf = ($ref = '') => document.components.messages[$ref.split('/').at(-1) ?? '']?.name;
  const received = operations.filter(({ action }) => action === 'receive');
  const sent = operations.filter(({ action, channel }) => action === 'send' && channel.$ref.endsWith('/sockets'));
  expect(received.map(({ messages }) => nameOf(messages[0]?.$ref))).toEqual(Object.keys(CLIENT_EVENTS));
  expect(received.every(({ reply }) => reply?.messages.length === 1)).toBe(true);
  expect(sent.map(({ messages }) => nameOf(messages[0]?.$ref))).toEqual(Object.keys(SERVER_EVENTS));
});
