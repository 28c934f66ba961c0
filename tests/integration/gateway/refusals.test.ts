import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openFront, problemOf, someUser, type TestFront, tokenFor } from './test-front.ts';
import { routes, SOME_ID } from './test-routes.ts';

const token = tokenFor(someUser());
const key = { 'idempotency-key': 'k-1' };
let front: TestFront;

beforeAll(async () => {
  front = await openFront({ routes, answerWithinMs: 200 });
});
afterAll(async () => {
  await front[Symbol.asyncDispose]();
});

describe('an address', () => {
  test('that does not exist is absent', async () => {
    for (const path of [
      '/api/v1/nothing',
      '/api/v1/',
      '/api/v1/things/',
      '/nothing',
      '/api/v1/open/more',
      '/api/v2/open',
    ]) {
      const answer = await front.call('GET', path);
      expect([path, answer.status, problemOf(answer).code]).toEqual([path, 404, 'NOT_FOUND']);
    }
  });

  test('refuses a method that it does not take, and names those that it does', async () => {
    const answer = await front.call('PATCH', '/api/v1/things', { token, body: {} });
    expect(answer.status).toBe(405);
    expect(problemOf(answer).code).toBe('METHOD_NOT_ALLOWED');
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST, OPTIONS');
  });

  test('that cannot be decoded is refused', async () => {
    const answer = await front.call('GET', '/api/v1/things/%E0%A4%A', { token });
    expect(answer.status).toBe(400);
    expect(problemOf(answer).code).toBe('VALIDATION_ERROR');
  });

  test('with a UUID that nobody could have made is absent', async () => {
    const nil = '00000000-0000-0000-0000-000000000000';
    expect((await front.call('GET', `/api/v1/things/${nil}`, { token })).status).toBe(404);
  });

  test('of Socket.IO is refused without WebSocket', async () => {
    const answer = await front.call('GET', '/socket.io/?EIO=4&transport=polling');
    expect(answer.status).toBe(400);
    expect(problemOf(answer).details).toContain('WebSocket');
  });
});

describe('a token', () => {
  test.each([
    ['is missing', undefined],
    ['is of another scheme', 'Basic dXNlcjpwYXNz'],
    ['is empty', 'Bearer '],
    ['has characters that tokens have not', 'Bearer a b'],
    ['is not known', 'Bearer UNAUTHORIZED'],
    ['has expired', 'Bearer TOKEN_EXPIRED'],
    ['is of a session that has ended', 'Bearer SESSION_REVOKED'],
  ])('that %s is unauthorized, and nothing tells why', async (_, authorization) => {
    const answer = await front.call('GET', '/api/v1/things', { headers: authorization ? { authorization } : {} });
    expect(answer.status).toBe(401);
    expect(problemOf(answer)).toMatchObject({ code: 'UNAUTHORIZED', error: 'Credentials are missing or not valid' });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /);
  });

  test('whose session store is away is not said to be wrong', async () => {
    const answer = await front.call('GET', '/api/v1/things', { token: 'UPSTREAM_UNAVAILABLE' });
    expect(answer.status).toBe(503);
  });

  test('of a user does not open what is for ops', async () => {
    const answer = await front.call('GET', '/api/v1/secret', { token });
    expect([answer.status, problemOf(answer).code]).toEqual([403, 'FORBIDDEN']);
    expect((await front.call('GET', '/api/v1/secret', { token: tokenFor(someUser(), 'ops') })).status).toBe(200);
  });
});

describe('a body', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    front.call('POST', '/api/v1/things', { token, body, headers: { ...key, ...headers } });

  test.each([
    ['is no JSON', '{"name":'],
    ['is no UTF-8', undefined],
    ['is nested deeper than 20 levels', `{"name":"x","extra":${'['.repeat(20)}${']'.repeat(20)}}`],
    ['is nested without end', '['.repeat(50_000)],
    ['is missing', ''],
    ['is null', 'null'],
    ['is a list', '[]'],
  ])('that %s is refused', async (_, text) => {
    const answer =
      text === undefined
        ? await fetch(`${front.url}/api/v1/things`, {
            method: 'POST',
            headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...key },
            body: Buffer.from([0x22, 0xff, 0xfe, 0x22]),
          })
        : await post(text);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  test('with unknown fields and wrong types is told all of its faults at once', async () => {
    const answer = await post(JSON.stringify({ name: 5, tags: ['a', 2], admin: true, __proto__: null, more: 1 }));
    const { code, details = [] } = problemOf(answer);
    expect(code).toBe('VALIDATION_ERROR');
    expect(typeof details === 'string' ? details : details.map(({ path }) => path).toSorted()).toEqual([
      'admin',
      'more',
      'name',
      'tags.1',
    ]);
  });

  test('cannot reach into prototypes', async () => {
    const answer = await post('{"name":"x","__proto__":{"admin":true}}');
    expect(problemOf(answer).details).toEqual([{ path: '__proto__', message: 'is not a known field' }]);
  });

  test('over 100 KB is too large, said or not', async () => {
    const large = JSON.stringify({ name: 'x'.repeat(110 * 1024) });
    const said = await post(large);
    expect([said.status, problemOf(said).code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    const streaming: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...key },
      body: new Blob([large]).stream(),
      duplex: 'half',
    };
    const streamed = await fetch(`${front.url}/api/v1/things`, streaming);
    expect(streamed.status).toBe(413);
    await streamed.body?.cancel();
  });

  test('of just under 100 KB is read', async () => {
    const answer = await post(JSON.stringify({ name: 'x', extra: 'y'.repeat(100_000) }));
    expect(answer.status).toBe(201);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16'])(
    'of type %s is not taken',
    async (type) => {
      const answer = await post('{"name":"x"}', { 'content-type': type });
      expect([answer.status, problemOf(answer).code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    },
  );

  test('that is compressed is not taken', async () => {
    expect((await post('{"name":"x"}', { 'content-encoding': 'gzip' })).status).toBe(415);
  });

  test('of a call that takes none is refused unless it is empty', async () => {
    const remove = (body: unknown) => front.call('DELETE', `/api/v1/things/${SOME_ID}`, { token, body });
    expect((await remove({ force: true })).status).toBe(400);
    expect((await remove({})).status).toBe(204);
    expect((await remove(undefined)).status).toBe(204);
  });
});

describe('a query', () => {
  test.each(['limit=0', 'limit=101', 'limit=ten', 'limit=1&limit=2', 'word=toolong', 'unknown=1', 'limit=1e9'])(
    '%s is refused',
    async (query) => {
      const answer = await front.call('GET', `/api/v1/things?${query}`, { token });
      expect([answer.status, problemOf(answer).code]).toEqual([400, 'VALIDATION_ERROR']);
    },
  );

  test('is parsed by the schema of the call', async () => {
    const answer = await front.call('GET', '/api/v1/things?limit=7', { token });
    expect(answer.body).toEqual({ things: [], limit: 7 });
  });
});

describe('an Idempotency-Key', () => {
  const post = (headers: Record<string, string>, body: unknown = { name: 'x' }) =>
    front.call('POST', '/api/v1/things', { token, body, headers });

  test('that is missing is asked for, before the body is looked at', async () => {
    expect(problemOf(await post({}, { wrong: 1 })).code).toBe('IDEMPOTENCY_KEY_MISSING');
    expect((await post({ 'idempotency-key': '' })).status).toBe(400);
  });

  test.each([
    ['too long', 'x'.repeat(256)],
    ['not printable', 'a\tb'],
    ['not ASCII', 'é'],
  ])('that is %s is refused', async (_, value) => {
    const answer = await post({ 'idempotency-key': value });
    expect(problemOf(answer)).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path: 'Idempotency-Key' }] });
  });

  test('reaches the use case with a digest of what was asked, whatever the order of its fields', async () => {
    const first = await post({ 'idempotency-key': 'abc' }, '{"name":"x","extra":{"a":1,"b":2}}');
    const same = await post({ 'idempotency-key': 'abc' }, '{ "extra": {"b":2, "a":1}, "name": "x" }');
    const other = await post({ 'idempotency-key': 'abc' }, { name: 'y' });
    expect(first.body).toMatchObject({ key: 'abc', digest: (same.body as { digest: string }).digest });
    expect(other.body).not.toMatchObject({ digest: (first.body as { digest: string }).digest });
  });
});

describe('a failure', () => {
  test('of ours tells nothing of its inside', async () => {
    const answer = await front.call('GET', '/api/v1/fail/unknown');
    expect(answer.status).toBe(500);
    expect(problemOf(answer).code).toBe('INTERNAL');
    expect(answer.text).not.toMatch(/SELECT|TypeError|\.ts/);
  });

  test('is told in the form of the contract and of RFC 9457', async () => {
    const answer = await front.call('GET', '/api/v1/fail/conflict?word=secret');
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toEqual({
      error: 'The thing is gone',
      code: 'CONFLICT',
      details: 'it was removed',
      type: 'http://tchat.test/api/v1/docs#CONFLICT',
      title: 'The state of the thing forbids this',
      status: 409,
      instance: '/api/v1/fail/conflict',
      request_id: answer.headers.get('x-request-id'),
    });
  });

  test('of the database is a fast 503 that says when to come back', async () => {
    const answer = await front.call('GET', '/api/v1/fail/away');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
  });

  test('to answer in time is 504', async () => {
    const answer = await front.call('GET', '/api/v1/fail/late');
    expect([answer.status, problemOf(answer).code]).toEqual([504, 'TIMEOUT']);
  });

  test('to answer what the call promises does not get out', async () => {
    expect((await front.call('GET', '/api/v1/fail/wrong-answer')).status).toBe(500);
  });
});
