import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { type Bytes, defineCall, handle } from '#shared/http/call.ts';
import { openFront, problemOf, someUser, type TestFront, tokenFor } from './test-front.ts';

const MIB = 1024 * 1024;
const common = { tag: 'commerce', summary: 'For tests', rate: 'write' } as const;

const store = defineCall({
  ...common,
  name: 'store',
  method: 'POST',
  path: '/files',
  access: 'user',
  query: z.strictObject({ purpose: z.enum(['one', 'other']) }),
  answers: { 201: z.object({ size: z.number(), first: z.number(), digest: z.string().nullable() }) },
  idempotency: 'accepted',
  raw: true,
  upload: { bytesMax: 2 * MIB, types: ['image/png'] },
});

const load = defineCall({
  ...common,
  name: 'load',
  method: 'GET',
  path: '/files/{how}',
  access: 'optional',
  params: z.object({ how: z.string() }),
  answers: { 200: 'bytes' },
});

/** What became of the streams that were handed out. */
const ended: string[] = [];

async function* streamed(how: string): AsyncGenerator<Uint8Array> {
  try {
    yield Buffer.from('0123');
    if (how === 'broken') throw new Error('the disk is gone');
    if (how === 'endless') for (;;) yield randomBytes(64 * 1024);
    yield Buffer.from('4567');
  } finally {
    ended.push(how);
  }
}

/** A stream of which the first piece was read already, as a store hands it over. */
async function begun(how: string): Promise<Bytes> {
  const pieces = streamed(how);
  await pieces.next();
  return pieces;
}

const routes = [
  handle(store, async ({ body, facts }) => ({
    status: 201,
    body: { size: body.length, first: body[0] ?? -1, digest: facts.idempotency?.digest ?? null },
  })),
  handle(load, async ({ caller, params }) => {
    if (params.how === 'range')
      throw new AppError('RANGE_NOT_SATISFIABLE', { headers: { 'Content-Range': 'bytes */8' } });
    const body = params.how === 'whole' ? streamed('whole') : await begun(params.how);
    const size = params.how === 'whole' ? 8 : 4 * 1024 * MIB;
    return {
      status: 200,
      body,
      headers: { 'Content-Type': 'image/png', 'Content-Length': String(size), 'X-Caller': caller?.userId ?? 'nobody' },
    };
  }),
];

const user = someUser();
const token = tokenFor(user);
let front: TestFront;
beforeAll(async () => {
  front = await openFront({ routes });
});
afterAll(() => front[Symbol.asyncDispose]());

function send(
  body: Uint8Array<ArrayBuffer> | string | ReadableStream,
  headers: Record<string, string> = {},
  query = 'purpose=one',
): Promise<Response> {
  return fetch(`${front.url}/api/v1/files?${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...headers },
    body,
    duplex: 'half',
  });
}

/** A body whose length nobody is told. */
function unannounced(bytes: number): ReadableStream {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      if (left <= 0) return controller.close();
      controller.enqueue(new Uint8Array(Math.min(left, 64 * 1024)));
      left -= 64 * 1024;
    },
  });
}

test('a file that is too large is refused, announced or not, and its sender hears of it', async () => {
  for (const body of [new Uint8Array(2 * MIB + 1), unannounced(3 * MIB)]) {
    const answer = await send(body);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  }
});

test('a file is not looked at before who sends it, and for what, is known', async () => {
  const anonymous = await send(new Uint8Array(10), { authorization: '' });
  expect(anonymous.status).toBe(401);
  const compressed = await send(new Uint8Array(10), { 'content-encoding': 'gzip' });
  expect(compressed.status).toBe(415);
  const aimless = await send(new Uint8Array(10), {}, 'purpose=none');
  expect(aimless.status).toBe(400);
});

test('a file arrives as it was sent, whatever its type is said to be', async () => {
  const file = randomBytes(2 * MIB);
  for (const type of ['image/png', 'application/json', '']) {
    const answer = await send(file, type === '' ? {} : { 'content-type': type });
    expect([answer.status, await answer.json()]).toEqual([201, { size: file.length, first: file[0], digest: null }]);
  }
});

test('a key stands for the bytes and for the query', async () => {
  const digest = async (text: string, query: string) => {
    const answer = await send(text, { 'idempotency-key': 'k' }, query);
    return ((await answer.json()) as { digest: string }).digest;
  };
  const first = await digest('some', 'purpose=one');
  expect(await digest('some', 'purpose=one')).toBe(first);
  expect(await digest('soma', 'purpose=one')).not.toBe(first);
  expect(await digest('some', 'purpose=other')).not.toBe(first);
});

test('a token is optional where the call says so, and must be good', async () => {
  const called = async (headers: Record<string, string>) => {
    const answer = await fetch(`${front.url}/api/v1/files/whole`, { headers });
    await answer.arrayBuffer();
    return [answer.status, answer.headers.get('x-caller')];
  };
  expect(await called({})).toEqual([200, 'nobody']);
  expect(await called({ authorization: `Bearer ${token}` })).toEqual([200, user]);
  expect(await called({ authorization: 'Bearer UNAUTHORIZED' })).toEqual([401, null]);
  expect(await called({ authorization: 'Basic abc' })).toEqual([401, null]);
});

test('a file is sent with the headers that its handler gave', async () => {
  const answer = await fetch(`${front.url}/api/v1/files/whole`);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/png',
    'content-length': '8',
    'x-content-type-options': 'nosniff',
  });
  expect(await answer.text()).toBe('01234567');
});

test('a refusal may have headers of its own', async () => {
  const answer = await front.call('GET', '/api/v1/files/range');
  expect([answer.status, problemOf(answer).code, answer.headers.get('content-range')]).toEqual([
    416,
    'RANGE_NOT_SATISFIABLE',
    'bytes */8',
  ]);
});

test('HEAD gets the headers, and the file is let go of', async () => {
  ended.length = 0;
  const answer = await fetch(`${front.url}/api/v1/files/head`, { method: 'HEAD' });
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([200, 'image/png', '']);
  await expect.poll(() => ended).toEqual(['head']);
});

test('a file that breaks off in the middle is a broken answer, never a short one', async () => {
  const whole = fetch(`${front.url}/api/v1/files/broken`).then((answer) => answer.arrayBuffer());
  await expect(whole).rejects.toThrow(TypeError);
});

test('a client that leaves in the middle is not sent the rest', async () => {
  ended.length = 0;
  const response = await new Promise<{ destroy(): void }>((resolve, reject) => {
    httpRequest(`${front.url}/api/v1/files/endless`, resolve).on('error', reject).end();
  });
  await sleep(50);
  expect(ended).toEqual([]);
  response.destroy();
  await expect.poll(() => ended).toEqual(['endless']);
});
