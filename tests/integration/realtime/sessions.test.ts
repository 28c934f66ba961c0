import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCESS_TOKEN_LIFE_MS } from '#services/auth/rules.ts';
import type { MessageChange } from '#shared/contracts/messaging/message.ts';
import { SECOND } from '#shared/time.ts';
import { asked, connected, next, openCluster, socketOf, type TestCluster, text } from './open-cluster.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await openCluster({ RATE_LIMITS: 'relaxed' });
});
afterAll(() => cluster[Symbol.asyncDispose]());

test('logging out cuts the sockets of that session on both nodes, and no others', async () => {
  const [leaver, stayer] = await cluster.people(2);
  const dialog = await cluster.dialogOf(leaver!, stayer!);
  const sockets = [await connected(cluster.nodes[0]!, leaver!), await connected(cluster.nodes[1]!, leaver!)];
  const other = await connected(cluster.nodes[0]!, stayer!);
  const told = sockets.map((socket) => next<{ reason: string }>(socket, 'session:revoked'));
  const cut = sockets.map((socket) => next(socket, 'disconnect'));
  await cluster.logOut(leaver!);
  for (const { reason } of await Promise.all(told)) expect(reason).toBeTypeOf('string');
  expect(await Promise.all(cut)).toEqual(['io server disconnect', 'io server disconnect']);
  expect(await asked(other, 'message:send', text(dialog))).toMatchObject({ seq: 1 });
});

test('a socket is cut when its token ends, in a way that makes clients come back with a new one', async () => {
  const [person] = await cluster.people(1);
  const caller = await cluster.identity.authenticate(person!.access_token);
  const issuedAt = new Date(Date.now() - ACCESS_TOKEN_LIFE_MS + 2 * SECOND);
  const token = await cluster.identity.tokens.signAccess({ ...caller, tokenId: 'short', issuedAt });
  const socket = socketOf(cluster.nodes[0]!, token, { reconnection: true, reconnectionDelay: 10 });
  await next(socket, 'connect');
  socket.auth = { token: person!.access_token };
  expect(await next(socket, 'disconnect')).toBe('transport close');
  await new Promise((resolve) => socket.once('connect', () => resolve(undefined)));
});

test('a client that does not read is cut, and its neighbours hear everything', async () => {
  const [reader, sleeper] = await cluster.people(2);
  const dialog = await cluster.dialogOf(reader!, sleeper!);
  const socket = await connected(cluster.nodes[0]!, reader!);
  const heardByReader: number[] = [];
  socket.on('message:new', ({ version }: MessageChange) => heardByReader.push(version));

  const url = `${cluster.nodes[0]!.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const { hostname, port } = new URL(cluster.nodes[0]!.url);
  const { connect } = await import('node:net');
  const stuck = connect(Number(port), hostname);
  await once(stuck, 'connect');
  stuck.write(
    `GET ${new URL(url).pathname}${new URL(url).search} HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\n` +
      'Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  await once(stuck, 'data');
  stuck.write(masked(`40${JSON.stringify({ token: sleeper!.access_token })}`));
  await new Promise<void>((resolve) => {
    stuck.on('data', (bytes: Buffer) => {
      if (bytes.toString('latin1').includes('40{"sid"')) resolve();
    });
  });
  stuck.pause();
  const gone = once(stuck, 'close');

  const long = 'x'.repeat(4000);
  let sent = 0;
  const metric = async (): Promise<string> => await (await fetch(`${cluster.nodes[0]!.url}/metrics`)).text();
  while (!(await metric()).includes('realtime_sockets_ended_total{reason="slow"} 1')) {
    await Promise.all(Array.from({ length: 50 }, () => asked(socket, 'message:send', text(dialog, long))));
    sent += 50;
    if (sent > 20_000) throw new Error('the client that does not read was never cut');
  }
  stuck.resume();
  await gone;
  await expect.poll(() => heardByReader.length).toBe(sent);
});

/** A text frame as a client must send it: with a mask, here of zeros. */
function masked(content: string): Buffer {
  const body = Buffer.from(content);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  return Buffer.concat([Buffer.from([0x81, 0x80 | 126]), length, Buffer.alloc(4), body]);
}
