import { expect, test } from 'vitest';
import { AppError } from './errors.ts';
import { makeGather } from './gather.ts';

const limits = { waitingMax: 100, batchMax: 10 };

/** Settles when everything that is ready in this turn of the event loop has run. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('what arrives while a batch is under way goes together with the next, each with its own outcome', async () => {
  const batches: (readonly number[])[] = [];
  const { promise: first, resolve: commit } = Promise.withResolvers<void>();
  const post = makeGather<number, string>({
    ...limits,
    run: async (batch) => {
      batches.push(batch);
      if (batches.length === 1) await first;
      return batch.map((item) => `done ${item}`);
    },
  });
  const early = [post(1), post(2)];
  await turn();
  const late = [post(3), post(4), post(5)];
  await turn();
  expect(batches).toEqual([[1, 2]]);
  commit();
  expect(await Promise.all([...early, ...late])).toEqual(['done 1', 'done 2', 'done 3', 'done 4', 'done 5']);
  expect(batches).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
});

test('no batch is larger than it may be, and all leave in the order in which they came', async () => {
  const batches: (readonly number[])[] = [];
  const post = makeGather<number, number>({
    ...limits,
    run: (batch) => {
      batches.push(batch);
      return Promise.resolve(batch);
    },
  });
  await Promise.all(Array.from({ length: 25 }, (_, item) => post(item)));
  expect(batches.map(({ length }) => length)).toEqual([10, 10, 5]);
  expect(batches.flat()).toEqual(Array.from({ length: 25 }, (_, item) => item));
});

test('one that is at fault fails alone, and the others are done', async () => {
  const fault = new Error('planted');
  const run = (batch: readonly number[]) => (batch.includes(3) ? Promise.reject(fault) : Promise.resolve(batch));
  const post = makeGather<number, number>({ ...limits, run });
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(post));
  expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason))).toEqual([
    1,
    2,
    fault,
    4,
  ]);
});

test('while the database is away all of a batch fail at once, and nothing is tried one by one', async () => {
  let runs = 0;
  const post = makeGather<number, number>({
    ...limits,
    run: () => {
      runs += 1;
      return Promise.reject(new AppError('UPSTREAM_UNAVAILABLE'));
    },
  });
  const outcomes = await Promise.allSettled([1, 2, 3].map(post));
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'UPSTREAM_UNAVAILABLE' } });
  }
  expect(runs).toBe(1);
});

test('beyond what may wait one is told to come back, and those who wait are served', async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const post = makeGather<number, number>({
    waitingMax: 2,
    batchMax: 10,
    run: async (batch) => {
      await held;
      return batch;
    },
  });
  const served = [post(1), post(2)];
  await expect(post(3)).rejects.toMatchObject({ code: 'RETRY_LATER' });
  release();
  expect(await Promise.all(served)).toEqual([1, 2]);
});

test('a batch that is answered short fails rather than answer the wrong one', async () => {
  const post = makeGather<number, number>({ ...limits, run: (batch) => Promise.resolve(batch.slice(1)) });
  const outcomes = await Promise.allSettled([1, 2].map(post));
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
});
