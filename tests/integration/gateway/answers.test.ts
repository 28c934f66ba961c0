import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { openServer } from '#gateway/http/server.ts';
import type { Log } from '#shared/log.ts';
import { openFront, problemOf, someUser, tokenFor } from './test-front.ts';
import { routes, SOME_ID } from './test-routes.ts';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

async function raw(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(request);
  return await text(socket);
}

test('a request id that could break a log line is replaced, a sane one is kept', async () => {
  await using front = await openFront({ routes });
  const idFor = async (sent?: string) => {
    const answer = await front.call('GET', '/api/v1/open', {
      headers: sent === undefined ? {} : { 'x-request-id': sent },
    });
    expect(answer.body).toMatchObject({ request_id: answer.headers.get('x-request-id') });
    return answer.headers.get('x-request-id');
  };
  expect(await idFor()).toMatch(UUID_V7);
  expect(await idFor('short')).toMatch(UUID_V7);
  expect(await idFor('x'.repeat(65))).toMatch(UUID_V7);
  expect(await idFor('{"level":50}')).toMatch(UUID_V7);
  expect(await idFor('trace-2f6f1c1a')).toBe('trace-2f6f1c1a');
});

test('only what the contract names gets out', async () => {
  await using front = await openFront({ routes });
  const answer = await front.call('GET', `/api/v1/things/${SOME_ID}`, { token: tokenFor(someUser()) });
  expect(answer.body).toEqual({ id: SOME_ID, name: 'thing' });
});

test('every answer carries a request id and tells browsers to load, frame, sniff and keep nothing', async () => {
  await using front = await openFront({ routes });
  for (const path of ['/api/v1/open', '/nothing']) {
    const { headers } = await front.call('GET', path);
    expect(headers.get('x-request-id')).toMatch(UUID_V7);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-powered-by')).toBeNull();
  }
});

test('HEAD answers as GET does, without the body', async () => {
  await using front = await openFront({ routes });
  const answer = await front.call('HEAD', '/api/v1/open');
  expect([answer.status, answer.text]).toEqual([200, '']);
  expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(0);
});

test('a client cannot say who it is or where it comes from', async () => {
  await using front = await openFront({ routes });
  const headers = { 'x-user-id': SOME_ID, 'x-forwarded-for': '203.0.113.9', 'step-up': 'proof' };
  const answer = await front.call('GET', '/api/v1/open', { headers });
  expect(answer.body).toMatchObject({ ip: '127.0.0.1', headers: { stepUp: 'proof' } });
  expect(answer.body).not.toHaveProperty('headers.claimed');
  expect(answer.body).not.toHaveProperty('headers.forwarded');
});

test('an access token stays at the front; the signature of a webhook in its place does not', async () => {
  await using front = await openFront({ routes });
  const signed = await front.call('GET', '/api/v1/open', { headers: { authorization: 'Bearer signature' } });
  expect(signed.body).toMatchObject({ headers: { authorization: 'Bearer signature' } });
  const headers = { 'idempotency-key': 'k' };
  const made = await front.call('POST', '/api/v1/things', {
    token: tokenFor(someUser()),
    body: { name: 'x' },
    headers,
  });
  expect(made.status).toBe(201);
  expect(made.body).not.toHaveProperty('headers.authorization');
});

test('a configured proxy is believed, as far as it vouches for', async () => {
  await using front = await openFront({ routes, trustedProxies: ['127.0.0.1', '10.0.0.0/8'] });
  const ipFor = async (forwarded: string) =>
    ((await front.call('GET', '/api/v1/open', { headers: { 'x-forwarded-for': forwarded } })).body as { ip: string })
      .ip;
  expect(await ipFor('203.0.113.9')).toBe('203.0.113.9');
  expect(await ipFor('198.51.100.1, 203.0.113.9, 10.1.2.3')).toBe('203.0.113.9');
  expect(await ipFor('2001:db8::7')).toBe('2001:db8::7');
  expect(await ipFor('nonsense')).toBe('127.0.0.1');
  expect(await ipFor('203.0.113.9, nonsense, 10.1.2.3')).toBe('10.1.2.3');
});

test('a page of an unknown origin is not let in, one of an allowed origin is', async () => {
  await using front = await openFront({ routes, allowedOrigins: ['https://app.test'] });
  const preflight = (origin: string) =>
    front.call('OPTIONS', '/api/v1/things', { headers: { origin, 'access-control-request-method': 'POST' } });
  const unknown = await preflight('https://evil.test');
  expect(unknown.headers.get('access-control-allow-origin')).toBeNull();
  expect(unknown.headers.get('access-control-allow-methods')).toBeNull();
  const allowed = await preflight('https://app.test');
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.test');
  expect(allowed.headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST');
  expect(allowed.headers.get('access-control-allow-headers')).toContain('Idempotency-Key');
  const answer = await front.call('GET', '/api/v1/open', { headers: { origin: 'https://app.test' } });
  expect(answer.headers.get('access-control-expose-headers')).toContain('X-Request-Id');
  expect(answer.headers.get('vary')).toBe('Origin');
});

test('a raw call gets the bytes as they were sent, whatever they are', async () => {
  await using front = await openFront({ routes });
  const bytes = Buffer.from([0x7b, 0x20, 0xff, 0x00, 0x0a]);
  const answer = await fetch(`${front.url}/api/v1/hook`, {
    method: 'POST',
    body: bytes,
    headers: { 'content-type': 'x/y' },
  });
  expect(await answer.json()).toEqual({ hex: '7b20ff000a' });
  const large = await front.call('POST', '/api/v1/hook', { body: 'x'.repeat(110 * 1024) });
  expect(problemOf(large).code).toBe('PAYLOAD_TOO_LARGE');
});

test('the access log names the call, never what it was asked or by which address', async () => {
  const lines: string[] = [];
  const write = (facts: object, message: string) => void lines.push(JSON.stringify({ ...facts, message }));
  const log: Log = { info: write, warn: write, error: write };
  const user = someUser();
  await using front = await openFront({ routes, log });
  await front.call('GET', '/api/v1/things?word=thai&limit=5', { token: tokenFor(user) });
  await front.call('GET', '/api/v1/fail/unknown');
  await expect.poll(() => lines.length).toBe(3);
  const [answered, broke, failed] = lines as [string, string, string];
  expect(JSON.parse(answered)).toMatchObject({
    call: 'listThings',
    method: 'GET',
    status: 200,
    userId: user,
    message: 'answered',
  });
  expect(answered).not.toMatch(/thai|127\.0\.0\.1|Bearer/);
  expect(JSON.parse(broke)).toMatchObject({ call: 'fail', message: 'a call broke' });
  expect(JSON.parse(failed)).toMatchObject({ call: 'fail', status: 500, requestId: JSON.parse(broke).requestId });
});

test('calls are measured by name and status', async () => {
  await using front = await openFront({ routes });
  await front.call('GET', '/api/v1/open');
  await front.call('GET', '/api/v1/things');
  await front.call('GET', `/api/v1/random-${SOME_ID}`);
  const counted = /duration_seconds_count\{call="(\w+)",status="(\d+)"\} (\d)/g;
  await expect
    .poll(async () => [...(await front.registry.metrics()).matchAll(counted)].map((found) => found.slice(1).join(' ')))
    .toEqual(['open 200 1', 'listThings 401 1', 'unknown 404 1']);
  expect(await front.registry.metrics()).toContain('tchat_http_requests_in_flight 0');
});

test('what is no HTTP is refused in the same form', async () => {
  await using front = await openFront({ routes });
  const answer = await raw(front.port, 'HELLO\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain('application/problem+json');
  const [, requestId] = /^X-Request-Id: (.+)\r$/m.exec(answer)!;
  expect(requestId).toMatch(UUID_V7);
  expect(answer).toContain(`"request_id":"${requestId}"`);
  const oversized = await raw(front.port, `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'y'.repeat(20_000)}\r\n\r\n`);
  expect(oversized).toMatch(/^HTTP\/1\.1 431 /);
});

test('two lengths for one body are refused, as smugglers send them', async () => {
  await using front = await openFront({ routes });
  const request =
    'POST /api/v1/hook HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
  expect(await raw(front.port, request)).toMatch(/^HTTP\/1\.1 400 /);
});

test('a server that closes lets the request under way end and hangs up on idle connections', async () => {
  const entered = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const open = await openServer(
    (_request, response) => {
      entered.resolve();
      void release.promise.then(() => response.end('done'));
    },
    { host: '127.0.0.1', port: 0 },
  );
  const underWay = fetch(`http://127.0.0.1:${open.port}/`);
  await entered.promise;
  const closed = open.close();
  await expect(fetch(`http://127.0.0.1:${open.port}/`)).rejects.toThrow();
  release.resolve();
  expect(await (await underWay).text()).toBe('done');
  await closed;
});

test('clients of a server that stops are told to go elsewhere, and none of their requests is lost', async () => {
  const open = await openServer((_request, response) => response.end('done'), { host: '127.0.0.1', port: 0 });
  let answered = 0;
  /** Goes on until it is told to go. */
  const client = async (): Promise<string> => {
    for (;;) {
      const response = await fetch(`http://127.0.0.1:${open.port}/`);
      answered += 1;
      if ((await response.text()) !== 'done') return 'a broken answer';
      if (response.headers.get('connection') === 'close') return 'told to go';
    }
  };
  const clients = Promise.all(Array.from({ length: 8 }, client));
  await expect.poll(() => answered).toBeGreaterThan(100);
  await open.close(250);
  expect(new Set(await clients)).toEqual(new Set(['told to go']));
});
