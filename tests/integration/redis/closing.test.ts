import { once } from 'node:events';
import { expect, test } from 'vitest';
import { openRedis } from '#infrastructure/redis/connect.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { openOwnRedis } from '../realtime/own-redis.ts';

test('a connection is closed at once while Redis is away, whether it is being tried or waits for its next try', async () => {
  await using redis = await openOwnRedis();
  const open = () => openRedis({ url: redis.url, name: 'test', log: quietLog });
  const [waiting, trying] = [await open(), await open()];
  await redis.stop();
  await expect.poll(() => waiting.status).toBe('reconnecting');
  await waiting[Symbol.asyncDispose]();
  await once(trying, 'connecting');
  await trying[Symbol.asyncDispose]();
});
