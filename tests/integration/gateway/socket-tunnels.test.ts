import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Server as SocketServer } from 'socket.io';
import { io, type Socket as ClientSocket } from 'socket.io-client';
import { afterEach, expect, test } from 'vitest';
import { makeClientAddress } from '#gateway/http/client-address.ts';
import { openServer } from '#gateway/http/server.ts';
import { makeNodePool } from '#gateway/upstreams/node-pool.ts';
import { makeSocketTunnels } from '#gateway/upstreams/socket-tunnels.ts';
import { isChatSocket } from '#gateway/upstreams/upgrade-request.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';

const clients: ClientSocket[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});

/** A chat node that tells who it is and what it was told of the caller. */
async function openRealtime(name: string, isReady = () => true) {
  const http = createServer((_request, response) => response.writeHead(isReady() ? 200 : 503).end());
  const sockets = new SocketServer(http, { transports: ['websocket'], serveClient: false });
  sockets.on('connection', (socket) => {
    const { headers } = socket.handshake;
    socket.emit('hello', { name, ip: headers['x-forwarded-for'], claimed: headers['x-user-id'] ?? null });
    socket.on('echo', (value: unknown, ack: (value: unknown) => void) => ack(value));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      await sockets.close();
    },
  };
}

async function openTunnelFront(urls: readonly string[]) {
  const pool = makeNodePool('realtime', urls, quietLog);
  const tunnels = makeSocketTunnels(pool, makeClientAddress([]), quietLog);
  const open = await openServer((_request, response) => response.end('plain'), {
    host: '127.0.0.1',
    port: 0,
    upgrades: isChatSocket,
  });
  open.server.on('upgrade', (request, client, head) => tunnels.accept(request, client as Socket, head));
  return {
    url: `http://127.0.0.1:${open.port}`,
    port: open.port,
    pool,
    tunnels,
    async [Symbol.asyncDispose]() {
      await tunnels.close();
      await open.close();
      pool.close();
    },
  };
}

function join(url: string, headers: Record<string, string> = {}): ClientSocket {
  const client = io(url, { transports: ['websocket'], forceNew: true, reconnection: false, extraHeaders: headers });
  clients.push(client);
  return client;
}

type Hello = { readonly name: string; readonly ip: string; readonly claimed: string | null };

async function greeted(client: ClientSocket): Promise<Hello> {
  const { promise, resolve, reject } = Promise.withResolvers<Hello>();
  client.once('hello', resolve);
  client.once('connect_error', reject);
  return await promise;
}

async function raw(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(request);
  return await text(socket);
}

const upgrade = (path: string, extra = '') =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n${extra}\r\n`;

test('with no node a socket is refused with 503 and when to come back', async () => {
  await using dead = await openRealtime('dead');
  await dead[Symbol.asyncDispose]();
  await using front = await openTunnelFront([dead.url]);
  const answer = await raw(front.port, upgrade('/socket.io/?EIO=4&transport=websocket'));
  expect(answer).toMatch(/^HTTP\/1\.1 503 /);
  expect(answer).toContain('Retry-After: 1');
});

test('other wishes to upgrade are ignored and served as plain HTTP', async () => {
  await using front = await openTunnelFront(['http://127.0.0.1:1']);
  expect(await raw(front.port, upgrade('/api/v1/open'))).toMatch(/^HTTP\/1\.1 200 /);
  const h2c = 'GET /socket.io/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n';
  expect(await raw(front.port, h2c)).toMatch(/^HTTP\/1\.1 200 /);
});

test('sockets go round the nodes, and each node hears the true address and no claims', async () => {
  await using one = await openRealtime('one');
  await using other = await openRealtime('other');
  await using front = await openTunnelFront([one.url, other.url]);
  const claims = { 'x-forwarded-for': '203.0.113.9', 'x-user-id': 'admin' };
  const hellos = [];
  for (let socket = 0; socket < 4; socket++) hellos.push(await greeted(join(front.url, claims)));
  expect(hellos.map(({ name }) => name).toSorted()).toEqual(['one', 'one', 'other', 'other']);
  for (const hello of hellos) expect(hello).toMatchObject({ ip: '127.0.0.1', claimed: null });
});

test('a node that takes no connection is passed over', async () => {
  await using gone = await openRealtime('gone');
  await gone[Symbol.asyncDispose]();
  await using here = await openRealtime('here');
  await using front = await openTunnelFront([gone.url, here.url]);
  for (let socket = 0; socket < 4; socket++) expect((await greeted(join(front.url))).name).toBe('here');
});

test('a node that drains gets no new sockets', async () => {
  let ready = true;
  await using draining = await openRealtime('draining', () => ready);
  await using fresh = await openRealtime('fresh');
  await using front = await openTunnelFront([draining.url, fresh.url]);
  ready = false;
  await expect
    .poll(
      async () => (await Promise.all([greeted(join(front.url)), greeted(join(front.url))])).map(({ name }) => name),
      {
        timeout: 10_000,
      },
    )
    .toEqual(['fresh', 'fresh']);
});

test('large messages pass whole, both ways', async () => {
  await using node = await openRealtime('node');
  await using front = await openTunnelFront([node.url]);
  const client = join(front.url);
  await greeted(client);
  const large = 'ก'.repeat(20_000);
  const echoes = await Promise.all(Array.from({ length: 20 }, (_, turn) => client.emitWithAck('echo', large + turn)));
  expect(echoes).toEqual(Array.from({ length: 20 }, (_, turn) => large + turn));
});

test('when either end goes, so does the other', async () => {
  await using front = await (async () => {
    await using node = await openRealtime('node');
    const front = await openTunnelFront([node.url]);
    const client = join(front.url);
    await greeted(client);
    expect(front.tunnels.open).toBe(1);
    const cut = once(client as unknown as NodeJS.EventEmitter, 'disconnect');
    await node[Symbol.asyncDispose]();
    await cut;
    return front;
  })();
  await expect.poll(() => front.tunnels.open).toBe(0);
});

test('a front that closes cuts its sockets and takes no more', async () => {
  await using node = await openRealtime('node');
  await using front = await openTunnelFront([node.url]);
  const client = join(front.url);
  await greeted(client);
  const cut = once(client as unknown as NodeJS.EventEmitter, 'disconnect');
  const closed = front.tunnels.close();
  await cut;
  expect(await raw(front.port, upgrade('/socket.io/?EIO=4&transport=websocket'))).toMatch(/^HTTP\/1\.1 503 /);
  await closed;
});
