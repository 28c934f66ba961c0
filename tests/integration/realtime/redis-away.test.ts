import { afterEach, beforeEach, expect, test } from 'vitest';
import { ShardedChannels } from '#infrastructure/realtime-announcer/sharded-channels.ts';
import { openRedis } from '#infrastructure/redis/connect.ts';
import { keepSubscribed } from '#infrastructure/redis/keep-subscribed.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { openOwnRedis, type OwnRedis } from './own-redis.ts';

const PATIENCE = { timeout: 20_000 };

let redis: OwnRedis;
beforeEach(async () => {
  redis = await openOwnRedis();
});
afterEach(() => redis[Symbol.asyncDispose]());

const open = (name: string, more: object = {}) => openRedis({ url: redis.url, name, log: quietLog, ...more });

async function openChannels(): Promise<ShardedChannels> {
  const publisher = await open('publish', { commandTimeoutMs: 'none' });
  return new ShardedChannels({ publisher, subscriber: await open('subscribe'), log: quietLog });
}

test('a command fails at once while Redis is away, and works again when it is back', async () => {
  await using connection = await open('test');
  await connection.set('key', 'value');
  await redis.stop();
  await expect.poll(() => connection.status).not.toBe('ready');
  await expect(connection.get('key')).rejects.toThrow();
  await redis.start();
  await expect.poll(() => connection.get('key').catch(() => 'away'), PATIENCE).toBeNull();
});

test('a command whose answer was lost fails and is not sent again', async () => {
  await using connection = await open('test', { commandTimeoutMs: 'none' });
  redis.freeze();
  const outcome = connection.incr('counter').then(
    () => 'answered',
    () => 'failed',
  );
  await redis.kill();
  expect(await outcome).toBe('failed');
  await redis.start();
  await expect.poll(() => connection.get('counter').catch(() => 'away'), PATIENCE).toBeNull();
});

test('a process starts without Redis, and finds it later', async () => {
  await redis.stop();
  await using connection = await open('test');
  await expect(connection.ping()).rejects.toThrow();
  await redis.start();
  await expect.poll(() => connection.ping().catch(() => 'away'), PATIENCE).toBe('PONG');
});

test('a subscription stands again after a restart, and says so each time', async () => {
  await using subscriber = await open('subscriber');
  await using publisher = await open('publisher');
  const heard: string[] = [];
  let standing = 0;
  const end = keepSubscribed(subscriber, {
    channel: 'news',
    onMessage: (message) => heard.push(message),
    onStanding: () => (standing += 1),
    log: quietLog,
  });
  await expect.poll(() => standing).toBe(1);
  await redis.stop();
  await redis.start();
  await expect.poll(() => standing, PATIENCE).toBe(2);
  await expect.poll(() => publisher.publish('news', 'back').catch(() => 0), PATIENCE).toBe(1);
  await expect.poll(() => heard).toEqual(['back']);
  end();
  await expect.poll(() => publisher.publish('news', 'unheard')).toBe(0);
});

test('a channel that is wanted while Redis is away is heard when it is back', async () => {
  await using here = await openChannels();
  await using there = await openChannels();
  const heard: string[] = [];
  await redis.stop();
  await expect.poll(() => here.state).toMatchObject({ subscribed: false, publishing: false });
  here.sSubscribe('room', (message) => heard.push(message.toString()));
  await here.settled();
  await there.sPublish('room', 'lost');
  expect(there.state.lost).toBe(1);
  let restored = 0;
  here.onRestored(() => (restored += 1));
  await redis.start();
  await expect.poll(() => [restored, there.state.publishing], PATIENCE).toEqual([1, true]);
  await there.sPublish('room', 'heard');
  await expect.poll(() => heard).toEqual(['heard']);
});

test('a channel that is no longer wanted is heard no more', async () => {
  await using here = await openChannels();
  await using there = await openChannels();
  const heard: string[] = [];
  for (const room of ['one', 'two']) here.sSubscribe(room, (message) => heard.push(message.toString()));
  await here.settled();
  here.sUnsubscribe('one');
  await here.settled();
  await there.sPublish('one', 'to one');
  await there.sPublish('two', 'to two');
  await expect.poll(() => heard).toEqual(['to two']);
});
