import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SeededAccount } from '#services/auth/seed-accounts.ts';
import { caughtUp, clientOf, dense } from './clients.ts';
import { asked, connected, heard, openCluster, type TestCluster, text } from './open-cluster.ts';
import { openOwnRedis, type OwnRedis } from './own-redis.ts';

const PATIENCE = { timeout: 20_000 };

let redis: OwnRedis;
let cluster: TestCluster;
beforeAll(async () => {
  redis = await openOwnRedis();
  cluster = await openCluster({ RATE_LIMITS: 'relaxed', REDIS_URL: redis.url });
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

const pair = async () => (await cluster.people(2)) as [SeededAccount, SeededAccount];

test('while Redis is away chat goes on, across nodes too, and when it is back nothing is missing', async () => {
  const [alice, bob] = await pair();
  const dialog = await cluster.dialogOf(alice, bob);
  const here = clientOf(alice, [cluster.nodes[0]!.url]);
  const there = clientOf(bob, [cluster.nodes[1]!.url]);
  await Promise.all([caughtUp(here), caughtUp(there)]);
  await here.client.send(dialog.id, { message_type: 'text', content: 'before' });

  await redis.stop();
  for (let count = 0; count < 10; count += 1) {
    await here.client.send(dialog.id, { message_type: 'text', content: `while away ${count}` });
  }
  expect(here.versions(dialog.id)).toEqual(dense(11));
  await expect.poll(() => there.versions(dialog.id), PATIENCE).toEqual(dense(11));

  await redis.start();
  await here.client.send(dialog.id, { message_type: 'text', content: 'after' });
  await expect.poll(() => there.contents(dialog.id).at(-1), PATIENCE).toBe('after');
  expect(there.versions(dialog.id)).toEqual(dense(12));
});

test('after a restart of Redis messages are live again without anybody reconnecting', async () => {
  const [alice, bob] = await pair();
  const dialog = await cluster.dialogOf(alice, bob);
  const [here, there] = [await connected(cluster.nodes[0]!, alice), await connected(cluster.nodes[1]!, bob)];
  const live = heard(there, 'message:new');
  await redis.stop();
  await redis.start();
  await expect
    .poll(async () => {
      await asked(here, 'message:send', text(dialog));
      return live.length;
    }, PATIENCE)
    .toBeGreaterThan(0);
});

test('a dialog that begins while Redis is away is joined when it is back', async () => {
  const [alice, bob] = await pair();
  const here = clientOf(alice, [cluster.nodes[0]!.url]);
  const there = clientOf(bob, [cluster.nodes[1]!.url]);
  await Promise.all([caughtUp(here), caughtUp(there)]);
  await redis.stop();
  const dialog = await cluster.dialogOf(alice, bob);
  await here.client.send(dialog.id, { message_type: 'text', content: 'are you there?' });
  await redis.start();
  await expect.poll(() => there.contents(dialog.id), PATIENCE).toEqual(['are you there?']);
  expect(there.dialogs).toEqual([dialog.id]);
});

test('a client that comes while Redis is away is served', async () => {
  const [alice, bob] = await pair();
  const dialog = await cluster.dialogOf(alice, bob);
  await redis.stop();
  try {
    const [here, beside] = [await connected(cluster.nodes[0]!, alice), await connected(cluster.nodes[0]!, bob)];
    const live = heard(beside, 'message:new');
    await asked(here, 'message:send', text(dialog));
    await expect.poll(() => live.length).toBe(1);
    const ready = await fetch(`${cluster.nodes[0]!.url}/health/ready`);
    expect(ready.status).toBe(200);
  } finally {
    await redis.start();
  }
});

test('a Redis that hangs holds nobody up on the same node, and what it held back arrives', async () => {
  const [alice, bob] = await pair();
  const dialog = await cluster.dialogOf(alice, bob);
  const [here, beside] = [await connected(cluster.nodes[0]!, alice), await connected(cluster.nodes[0]!, bob)];
  const there = clientOf(bob, [cluster.nodes[1]!.url]);
  await caughtUp(there);
  const live = heard(beside, 'message:new');
  redis.freeze();
  try {
    for (let count = 1; count <= 3; count += 1) {
      await asked(here, 'message:send', text(dialog));
      await expect.poll(() => live.length).toBe(count);
    }
  } finally {
    redis.thaw();
  }
  await expect.poll(() => there.versions(dialog.id), PATIENCE).toEqual(dense(3));
});
