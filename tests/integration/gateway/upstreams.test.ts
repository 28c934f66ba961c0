import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { healthPages } from '#gateway/pages/health.ts';
import { makeForwarder } from '#gateway/upstreams/forward.ts';
import { makeNodePool } from '#gateway/upstreams/node-pool.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { type FrontOptions, openFront, problemOf, someUser, tokenFor } from './test-front.ts';
import { calls, routes, SOME_ID } from './test-routes.ts';

const token = tokenFor(someUser());
const ready = healthPages(async () => ({ ready: true, checks: {} }));

/** A front whose every call is served by one of these nodes. */
async function openProxyFront(urls: readonly string[], options: Partial<FrontOptions> = {}) {
  const pool = makeNodePool('services', urls, quietLog);
  const forwarder = makeForwarder(pool);
  const front = await openFront({
    routes: [],
    remotes: [{ calls: Object.values(calls), forward: forwarder.forward }],
    ...options,
  });
  return {
    ...front,
    pool,
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      forwarder.close();
      pool.close();
    },
  };
}

/** A node that does what a test wants, and counts. */
async function openNode(listener: RequestListener) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/health/ready') return response.end();
    seen.push(`${request.method} ${request.url}`);
    return listener(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function rawAnswer(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(request);
  return await text(socket);
}

/** An address where nobody listens. */
async function deadUrl(): Promise<string> {
  const node = await openNode(() => undefined);
  await node[Symbol.asyncDispose]();
  return node.url;
}

test('with no node at all a call is a fast 503', async () => {
  await using front = await openProxyFront([await deadUrl()]);
  const answer = await front.call('GET', '/api/v1/open');
  expect([answer.status, problemOf(answer).code]).toEqual([503, 'UPSTREAM_UNAVAILABLE']);
  expect(answer.headers.get('retry-after')).toBe('1');
});

test('after five failures a node is left alone', async () => {
  await using node = await openNode((request) => request.socket.destroy());
  await using front = await openProxyFront([node.url]);
  for (let call = 0; call < 12; call++)
    expect((await front.call('POST', '/api/v1/hook', { body: 'x' })).status).toBe(503);
  expect(node.seen).toHaveLength(5);
});

test('a call that may have been acted on is not tried again', async () => {
  await using breaking = await openNode((request) => request.socket.destroy());
  await using other = await openNode((request) => request.socket.destroy());
  await using front = await openProxyFront([breaking.url, other.url]);
  const answer = await front.call('POST', '/api/v1/hook', { body: 'pay once' });
  expect(answer.status).toBe(503);
  expect([...breaking.seen, ...other.seen]).toEqual(['POST /api/v1/hook']);
});

test('the front refuses what it can before a node is asked', async () => {
  await using node = await openNode((_, response) => response.end('{}'));
  await using front = await openProxyFront([node.url]);
  expect((await front.call('GET', '/api/v1/things')).status).toBe(401);
  expect((await front.call('GET', '/api/v1/secret', { token })).status).toBe(403);
  expect((await front.call('PATCH', '/api/v1/things', { token })).status).toBe(405);
  expect((await front.call('GET', '/api/v1/nothing', { token })).status).toBe(404);
  expect(node.seen).toEqual([]);
});

test('an answer that breaks off is seen to be broken', async () => {
  await using node = await openNode((request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half');
    setImmediate(() => request.socket.destroy());
  });
  await using front = await openProxyFront([node.url]);
  await expect(front.call('GET', '/api/v1/open')).rejects.toThrow();
});

test('a call that changes nothing goes to a second node when the first breaks', async () => {
  await using breaking = await openNode((request) => request.socket.destroy());
  await using services = await openFront({ routes, pages: ready });
  await using front = await openProxyFront([breaking.url, services.url]);
  for (let call = 0; call < 4; call++) expect((await front.call('GET', '/api/v1/open')).status).toBe(200);
});

test('a call of any kind goes to a second node when the first takes no connection', async () => {
  await using services = await openFront({ routes, pages: ready });
  await using front = await openProxyFront([await deadUrl(), services.url]);
  for (let call = 0; call < 4; call++) {
    const answer = await front.call('POST', '/api/v1/hook', { body: 'x'.repeat(50_000) });
    expect([answer.status, (answer.body as { hex: string }).hex.length]).toEqual([200, 100_000]);
  }
});

test('calls go round the nodes that say they are ready', async () => {
  const answerOk: RequestListener = (_, response) => response.end('{}');
  await using one = await openNode(answerOk);
  await using other = await openNode(answerOk);
  await using front = await openProxyFront([one.url, other.url]);
  for (let call = 0; call < 10; call++) await front.call('GET', '/api/v1/open');
  expect([one.seen.length, other.seen.length]).toEqual([5, 5]);
});

test('a node that says it is not ready gets no calls while another is, and serves when none is', async () => {
  let state = { ready: false, checks: {} };
  await using unready = await openFront({ routes, pages: healthPages(async () => state) });
  await using front = await openProxyFront([unready.url]);
  await expect.poll(() => front.pool.ready).toBe(false);
  expect((await front.call('GET', '/api/v1/open')).status).toBe(200);
  state = { ready: true, checks: {} };
  await expect.poll(() => front.pool.ready, { timeout: 10_000 }).toBe(true);
});

test('what was asked and answered passes as it is, refusals included', async () => {
  await using services = await openFront({ routes, pages: ready });
  await using front = await openProxyFront([services.url]);
  const made = await front.call('POST', '/api/v1/things', {
    token,
    body: { name: 'ก' },
    headers: { 'idempotency-key': 'k' },
  });
  expect(made).toMatchObject({ status: 201, body: { key: 'k' } });
  expect(made.headers.get('location')).toBe('/things/1');
  const refused = await front.call('POST', '/api/v1/things', {
    token,
    body: { wrong: 1 },
    headers: { 'idempotency-key': 'k' },
  });
  expect(problemOf(refused)).toMatchObject({
    code: 'VALIDATION_ERROR',
    request_id: refused.headers.get('x-request-id'),
  });
  const listed = await front.call('GET', '/api/v1/things?limit=3', { token });
  expect(listed.body).toEqual({ things: [], limit: 3 });
  expect((await front.call('DELETE', `/api/v1/things/${SOME_ID}`, { token, body: {} })).status).toBe(204);
  expect((await front.call('HEAD', '/api/v1/open')).status).toBe(200);
});

test('a body of unknown length passes for every method', async () => {
  await using services = await openFront({ routes, pages: ready });
  await using front = await openProxyFront([services.url]);
  const streaming: RequestInit & { duplex: 'half' } = {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: new Blob(['{"force":true}']).stream(),
    duplex: 'half',
  };
  expect((await fetch(`${front.url}/api/v1/things/${SOME_ID}`, streaming)).status).toBe(400);
});

test('the next hop hears from us who called, and believes nobody else', async () => {
  await using services = await openFront({ routes, pages: ready, trustedProxies: ['127.0.0.1'] });
  await using front = await openProxyFront([services.url]);
  const claims = { 'x-forwarded-for': '203.0.113.9', 'x-user-id': SOME_ID, 'x-request-id': 'trace-12345678' };
  const answer = await front.call('GET', '/api/v1/open', { headers: claims });
  expect(answer.body).toMatchObject({ ip: '127.0.0.1', request_id: 'trace-12345678' });
  expect(answer.headers.get('x-request-id')).toBe('trace-12345678');
});

test('headers of one connection stay on it', async () => {
  let passed: NodeJS.Dict<string | string[]> = {};
  await using node = await openNode((request, response) => {
    passed = request.headers;
    response.writeHead(200, { connection: 'x-private', 'x-private': '1', 'x-public': '2', server: 'node' });
    response.end('{}');
  });
  await using front = await openProxyFront([node.url]);
  const answer = await front.call('GET', '/api/v1/open', { headers: { te: 'trailers', 'x-kept': 'yes' } });
  expect(passed).toMatchObject({ 'x-kept': 'yes' });
  expect(passed).not.toHaveProperty('te');
  expect(answer.headers.get('x-private')).toBeNull();
  expect(answer.headers.get('x-public')).toBe('2');
});

test('a request that names another host goes to our node all the same', async () => {
  await using node = await openNode((_, response) => response.end('{}'));
  await using elsewhere = await openNode((_, response) => response.end('{}'));
  await using front = await openProxyFront([node.url]);
  const answers = await Promise.all(
    [`GET ${elsewhere.url}/api/v1/open?x=1`, `GET //${elsewhere.url.slice(7)}/api/v1/open`].map((line) =>
      rawAnswer(front.port, `${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    ),
  );
  expect(answers.map((answer) => answer.split(' ')[1])).toEqual(['200', '404']);
  expect([node.seen, elsewhere.seen]).toEqual([['GET /api/v1/open?x=1'], []]);
});

test('a client that leaves takes its request with it', async () => {
  const arrived = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  await using node = await openNode((request) => {
    arrived.resolve();
    request.once('close', () => left.resolve());
  });
  await using front = await openProxyFront([node.url]);
  const leaving = new AbortController();
  const answer = fetch(`${front.url}/api/v1/open`, { signal: leaving.signal }).catch(() => 'left');
  await arrived.promise;
  leaving.abort();
  await left.promise;
  expect(await answer).toBe('left');
});
