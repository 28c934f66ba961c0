import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeIdempotency } from '#infrastructure/idempotency/idempotency.ts';
import { AppError } from '#shared/errors.ts';
import type { KeyScope } from '#shared/http/idempotency.ts';
import { statement } from '#shared/sql.ts';
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
const COUNT = statement('test.count-keys', 'SELECT count(*) AS count FROM http.idempotency_keys WHERE user_id = $1');

type Answer = { readonly status: number; readonly body: unknown } | AppError;

/** Answers each call with its place and how often anything was done, unless told to refuse it. */
async function runAll(scopes: readonly KeyScope[], refused: readonly number[] = []) {
  let done: readonly number[] = [];
  const answers = await fresh.database.transaction((tx) =>
    idempotency.runMany<{ status: number; body: unknown }>(tx, scopes, async (places) => {
      done = places;
      return places.map((place) =>
        refused.includes(place) ? new AppError('INSUFFICIENT_FUNDS') : { status: 201, body: { place } },
      );
    }),
  );
  return { answers: answers.map(shown), done };
}

function shown(answer: Answer): unknown {
  return answer instanceof AppError ? answer.code : answer.body;
}

test('each call of a batch is answered on its own: a refused one burns no key, and the others keep theirs', async () => {
  const userId = someUser();
  const scope = (key: string, digest = 'd'): KeyScope => ({ userId, call: 'createThing', key: { key, digest } });
  const first = await runAll([scope('a'), scope('b'), scope('c')], [1]);
  expect(first).toEqual({ answers: [{ place: 0 }, 'INSUFFICIENT_FUNDS', { place: 2 }], done: [0, 1, 2] });
  expect(await fresh.database.rows(COUNT, [userId])).toEqual([{ count: 2n }]);
  const second = await runAll([scope('c', 'other'), scope('a'), scope('b', 'changed')]);
  expect(second).toEqual({ answers: ['IDEMPOTENCY_KEY_REUSED', { place: 0 }, { place: 2 }], done: [2] });
});

test('calls with one key in one batch are done once, and get the answer of the first, be it a refusal', async () => {
  const userId = someUser();
  const scope = (key: string, digest = 'd'): KeyScope => ({ userId, call: 'createThing', key: { key, digest } });
  const { answers, done } = await runAll(
    [scope('a'), scope('a'), scope('a', 'other'), scope('b'), scope('b'), scope('b', 'other')],
    [3],
  );
  expect(done).toEqual([0, 3]);
  expect(answers).toEqual([
    { place: 0 },
    { place: 0 },
    'IDEMPOTENCY_KEY_REUSED',
    'INSUFFICIENT_FUNDS',
    'INSUFFICIENT_FUNDS',
    'IDEMPOTENCY_KEY_IN_FLIGHT',
  ]);
});

test('a call whose twin is under way elsewhere is refused, and its neighbours are done', async () => {
  const userId = someUser();
  const scope = (key: string): KeyScope => ({ userId, call: 'createThing', key: { key, digest: 'd' } });
  const entered = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const elsewhere = fresh.database.transaction((tx) =>
    idempotency.run(tx, scope('a'), async () => {
      entered.resolve();
      await release.promise;
      return { status: 201, body: 'elsewhere' };
    }),
  );
  await entered.promise;
  const { answers } = await runAll([scope('a'), scope('b')]);
  expect(answers).toEqual(['IDEMPOTENCY_KEY_IN_FLIGHT', { place: 1 }]);
  release.resolve();
  await elsewhere;
  expect((await runAll([scope('a'), scope('b')])).answers).toEqual(['elsewhere', { place: 1 }]);
});

test('calls without a key are all done, and nothing is kept of them', async () => {
  const userId = someUser();
  const bare: KeyScope = { userId, call: 'createThing', key: undefined };
  expect(await runAll([bare, bare])).toEqual({ answers: [{ place: 0 }, { place: 1 }], done: [0, 1] });
  expect(await fresh.database.rows(COUNT, [userId])).toEqual([{ count: 0n }]);
});
