import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { environmentFor } from '#tests/harness/environment.ts';
import { engines } from '#tests/harness/engines.ts';
import { type Cluster, startCluster } from '#tests/harness/cluster.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { seed } from '#tests/harness/seed.ts';
import { callAt } from './call-at.ts';

let fresh: FreshDatabase;
let cluster: Cluster;
beforeAll(async () => {
  fresh = await freshDatabase();
  cluster = await startCluster(environmentFor(engines, fresh.url), ['gateway', 'realtime-1', 'realtime-2']);
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await fresh[Symbol.asyncDispose]();
});

async function join(token: string): Promise<Socket> {
  const socket = io(cluster.gatewayUrl, {
    transports: ['websocket'],
    auth: { token },
    forceNew: true,
    reconnectionDelay: 50,
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('connect', resolve);
  socket.once('connect_error', reject);
  await promise;
  return socket;
}

test('a bad token is refused by the node behind the gateway', async () => {
  await expect(join('nonsense')).rejects.toMatchObject({ data: { code: 'UNAUTHORIZED' } });
});

test('a message sent over HTTP reaches a socket of either node, and a node that is killed is left for the other', async () => {
  const users = await seed(cluster.env, { users: 2 });
  const [alice, bob] = [users[0]!, users[1]!];
  const call = callAt(cluster.gatewayUrl);
  const opened = await call('POST', '/api/v1/dialogs', {
    token: alice.access_token,
    body: { type: 'direct', participant_ids: [bob.user_id] },
  });
  expect(opened.status).toBe(201);
  const { id } = opened.body as { id: string };
  const sockets = await Promise.all([join(bob.access_token), join(bob.access_token)]);
  const heard = sockets.map(() => new Set<string>());
  for (const [place, socket] of sockets.entries()) {
    socket.on('message:new', (change: { message: { content: string } }) => heard[place]!.add(change.message.content));
  }
  const say = async (content: string) =>
    (
      await call('POST', `/api/v1/dialogs/${id}/messages`, {
        token: alice.access_token,
        body: { message_type: 'text', content },
      })
    ).status;
  expect(await say('hello')).toBe(201);
  await expect.poll(() => heard.map((words) => words.has('hello'))).toEqual([true, true]);

  await cluster.kill('realtime-1');
  // What is said while a socket is on its way to the other node is for `sync` to fetch; live delivery goes on after it.
  const bothHear = async (): Promise<boolean> => {
    expect(await say('again')).toBe(201);
    return heard.every((words) => words.has('again'));
  };
  await expect.poll(bothHear, { timeout: 20_000 }).toBe(true);
  for (const socket of sockets) socket.disconnect();
});
