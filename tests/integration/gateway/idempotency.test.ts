import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeIdempotency } from '#infrastructure/idempotency/idempotency.ts';
import { purgeIdempotencyKeys } from '#infrastructure/idempotency/purge.ts';
import { AppError } from '#shared/errors.ts';
import type { KeyScope } from '#shared/http/idempotency.ts';
import { type Tx, statement } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { someUser } from './test-front.ts';

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(async () => {
  await fresh[Symbol.asyncDispose]();
});

const idempotency = makeIdempotency();
const COUNT = statement('test.count', 'SELECT count(*) AS count FROM http.idempotency_keys WHERE user_id = $1');

function scopeOf(changes: Partial<KeyScope> & { digest?: string } = {}): KeyScope {
  const { digest = 'd', ...rest } = changes;
  return { userId: someUser(), call: 'createThing', key: { key: 'k', digest }, ...rest };
}

function run<Body>(scope: KeyScope, work: (tx: Tx) => Promise<{ status: number; body: Body }>) {
  return fresh.database.transaction((tx) => idempotency.run(tx, scope, () => work(tx)));
}

test('the same key with another body is refused, and nothing is done', async () => {
  const scope = scopeOf();
  let done = 0;
  await run(scope, async () => ({ status: 201, body: { n: ++done } }));
  const other = { ...scope, key: { key: 'k', digest: 'other' } };
  await expect(run(other, async () => ({ status: 201, body: { n: ++done } }))).rejects.toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  });
  expect(done).toBe(1);
});

test('a twin is refused at once while the first is under way, and replays it afterwards', async () => {
  const scope = scopeOf();
  const entered = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const first = run(scope, async () => {
    entered.resolve();
    await release.promise;
    return { status: 201, body: { n: 1 } };
  });
  await entered.promise;
  await expect(run(scope, async () => ({ status: 201, body: { n: 2 } }))).rejects.toMatchObject({
    code: 'IDEMPOTENCY_KEY_IN_FLIGHT',
  });
  release.resolve();
  expect(await first).toEqual({ status: 201, body: { n: 1 } });
  expect(await run(scope, async () => ({ status: 201, body: { n: 2 } }))).toEqual({ status: 201, body: { n: 1 } });
});

test('of fifty calls at once with one key, one is done and none is answered differently', async () => {
  const scope = scopeOf();
  let done = 0;
  const calls = await Promise.allSettled(
    Array.from({ length: 50 }, () => run(scope, async () => ({ status: 201, body: { n: ++done } }))),
  );
  expect(done).toBe(1);
  for (const call of calls) {
    if (call.status === 'fulfilled') expect(call.value).toEqual({ status: 201, body: { n: 1 } });
    else expect((call.reason as AppError).code).toBe('IDEMPOTENCY_KEY_IN_FLIGHT');
  }
});

test('a call that was refused burns no key', async () => {
  const scope = scopeOf();
  await expect(run(scope, () => Promise.reject(new AppError('INSUFFICIENT_FUNDS')))).rejects.toMatchObject({
    code: 'INSUFFICIENT_FUNDS',
  });
  const other = { ...scope, key: { key: 'k', digest: 'changed' } };
  expect(await run(other, async () => ({ status: 201, body: 'done' }))).toEqual({ status: 201, body: 'done' });
});

test('a connection that dies in the middle leaves neither key nor lock', async () => {
  const scope = scopeOf();
  const killed = run(scope, async (tx) => {
    await tx.rows(statement('test.die', 'SELECT pg_terminate_backend(pg_backend_pid())'));
    return { status: 201, body: {} };
  });
  await expect(killed).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  // The server lets go of the lock when it has ended, which may be a moment after we hear of it.
  const again = async () => await run(scope, async () => ({ status: 201, body: 'again' }));
  expect(await vi.waitFor(again, { timeout: 5 * SECOND })).toEqual({ status: 201, body: 'again' });
});

test('keys are per user and per call', async () => {
  const scope = scopeOf();
  const answers = await Promise.all([
    run(scope, async () => ({ status: 201, body: 1 })),
    run({ ...scope, userId: someUser() }, async () => ({ status: 201, body: 2 })),
    run({ ...scope, call: 'otherCall' }, async () => ({ status: 201, body: 3 })),
  ]);
  expect(answers.map(({ body }) => body)).toEqual([1, 2, 3]);
});

test('a replay is the same to the byte', async () => {
  const scope = scopeOf();
  const body = { z: 1, a: { y: [1.5, 'ก', null], b: '100.00' }, '10': 'x', text: 'a  b' };
  const first = await run(scope, async () => ({ status: 200, body }));
  const replay = await run(scope, () => Promise.reject(new Error('must not run')));
  expect(JSON.stringify(replay)).toBe(JSON.stringify(first));
});

test('an answer without a body is replayed without one', async () => {
  const scope = scopeOf();
  await run(scope, async () => ({ status: 204, body: undefined }));
  expect(await run(scope, () => Promise.reject(new Error('must not run')))).toEqual({ status: 204, body: undefined });
});

test('without a key the work is just done', async () => {
  const scope = scopeOf({ key: undefined });
  expect(await run(scope, async () => ({ status: 201, body: 1 }))).toEqual({ status: 201, body: 1 });
  expect(await run(scope, async () => ({ status: 201, body: 2 }))).toEqual({ status: 201, body: 2 });
  expect(await fresh.database.rows(COUNT, [scope.userId])).toEqual([{ count: 0n }]);
});

test('the purge forgets old keys, a batch at a time, and keeps the young', async () => {
  const scope = scopeOf();
  for (const key of ['a', 'b', 'c'])
    await run({ ...scope, key: { key, digest: 'd' } }, async () => ({ status: 201, body: {} }));
  expect(await purgeIdempotencyKeys(fresh.database)).toBe(0);
  expect(await purgeIdempotencyKeys(fresh.database, 0, 2)).toBe(2);
  await purgeIdempotencyKeys(fresh.database, 0);
  expect(await fresh.database.rows(COUNT, [scope.userId])).toEqual([{ count: 0n }]);
});
