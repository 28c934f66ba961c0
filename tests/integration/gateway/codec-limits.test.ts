import { randomBytes } from 'node:crypto';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { type CodecPorts, makeCodecEndpoint } from '#gateway/codec/codec-endpoint.ts';
import { makeHttpApp } from '#gateway/http/app.ts';
import { openServer } from '#gateway/http/server.ts';
import { makeHttpMetrics } from '#infrastructure/metrics/http-metrics.ts';
import { makeBudgets } from '#infrastructure/redis/budgets.ts';
import { openRedis } from '#infrastructure/redis/connect.ts';
import type { SessionId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { HOUR } from '#shared/time.ts';
import { testConfig } from '#tests/harness/config.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';

const UI = 'http://127.0.0.1:8233';

/** The endpoint over real counters; whoever calls is one of ops, and is asked for by a name. */
async function openCodec() {
  const resources = new AsyncDisposableStack();
  const config = testConfig('postgres://localhost/none');
  const redis = resources.use(await openRedis({ url: config.REDIS_URL, name: 'test-codec', log: quietLog }));
  const read: number[] = [];
  const callers = new Map<string, UserId>();
  const authenticate: CodecPorts['authenticate'] = async (token) => {
    const userId = callers.get(token) ?? newId<UserId>('TH');
    callers.set(token, userId);
    const expiresAt = new Date(Date.now() + HOUR);
    return { userId, sessionId: newId<SessionId>('TH'), role: 'ops', country: 'TH', expiresAt };
  };
  const codec = makeCodecEndpoint({
    authenticate,
    decode: async (payloads) => payloads,
    record: async (_, { payloads }) => void read.push(payloads),
    uiUrl: UI,
    clock: () => new Date(),
    budgets: makeBudgets({ redis, prefix: randomBytes(5).toString('hex'), digestKey: 'test' }),
    budgetFactor: 1,
  });
  let ip = '203.0.113.7';
  const app = makeHttpApp({
    routes: [],
    remotes: [],
    pages: [],
    codec,
    authenticate,
    limiter: undefined,
    log: quietLog,
    metrics: makeHttpMetrics(new Registry()),
    addressOf: () => ip,
    publicUrl: UI,
    allowedOrigins: [],
  });
  const open = await openServer(app, { host: '127.0.0.1', port: 0 });
  resources.defer(async () => {
    open.server.closeAllConnections();
    await open.close();
  });
  return {
    read,
    redis,
    comeFrom: (address: string) => void (ip = address),
    decode: async (name: string, payloads: number) => {
      const response = await fetch(`http://127.0.0.1:${open.port}/codec/decode`, {
        method: 'POST',
        headers: { authorization: `Bearer ${name}` },
        body: JSON.stringify({ payloads: Array.from({ length: payloads }, () => ({ data: 'ImEi' })) }),
      });
      await response.arrayBuffer();
      return { status: response.status, retryAfter: response.headers.get('retry-after') };
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

test('one of ops reads twenty thousand payloads an hour and no more, from wherever, and others go on', async () => {
  await using codec = await openCodec();
  for (let call = 0; call < 20; call += 1) {
    expect(await codec.decode('ann', 1_000)).toMatchObject({ status: 200 });
  }
  codec.comeFrom('198.51.100.9');
  const refused = await codec.decode('ann', 1);
  expect(refused).toEqual({ status: 429, retryAfter: expect.any(String) as string });
  expect(await codec.decode('ben', 1)).toMatchObject({ status: 200 });
  expect(codec.read).toHaveLength(21);
});

test('an address asks three hundred times a minute, whatever it brings', async () => {
  await using codec = await openCodec();
  for (let call = 0; call < 300; call += 50) {
    const calls = await Promise.all(Array.from({ length: 50 }, (_, place) => codec.decode(`${call + place}`, 0)));
    expect(calls.every(({ status }) => status === 200)).toBe(true);
  }
  expect(await codec.decode('ann', 0)).toMatchObject({ status: 429 });
  codec.comeFrom('198.51.100.9');
  expect(await codec.decode('ann', 0)).toMatchObject({ status: 200 });
});

test('while nobody can count nothing is read', async () => {
  await using codec = await openCodec();
  await codec.redis.quit();
  expect(await codec.decode('ann', 1)).toMatchObject({ status: 503 });
  expect(codec.read).toEqual([]);
});
