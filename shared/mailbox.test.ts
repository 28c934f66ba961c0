import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { Mailbox } from './mailbox.ts';

type Item = { readonly key: string; readonly n: number };

/** A mailbox whose batches end when the test says so. */
function held({ capacity = 100, batchMax = 10, everyMs = 0 } = {}) {
  let nowMs = 0;
  const pauses: { readonly ms: number; readonly end: () => void }[] = [];
  const clock = {
    now: () => nowMs,
    sleep: (ms: number) => new Promise<void>((resolve) => pauses.push({ ms, end: resolve })),
  };
  const pass = (ms: number) => (nowMs += ms);
  const batches: {
    items: readonly Item[];
    end: (outcomes?: readonly (string | AppError)[]) => void;
    fail: (error: Error) => void;
  }[] = [];
  const mailbox = new Mailbox<Item, string>({
    capacity,
    batchMax,
    everyMs,
    clock,
    keyOf: (item) => item.key,
    run: (items) => {
      const { promise, resolve, reject } = Promise.withResolvers<readonly (string | AppError)[]>();
      batches.push({ items, end: (outcomes = items.map(({ n }) => `did ${n}`)) => resolve(outcomes), fail: reject });
      return promise;
    },
  });
  const numbers = (batch: number) => batches[batch]?.items.map(({ n }) => n);
  return { mailbox, batches, numbers, pauses, pass };
}

const item = (n: number, key = `k${n}`): Item => ({ key, n });

test('a full mailbox refuses with RETRY_LATER and keeps what it holds', async () => {
  const { mailbox, batches } = held({ capacity: 2 });
  const kept = [mailbox.post(item(1)), mailbox.post(item(2))];
  await expect(mailbox.post(item(3))).rejects.toMatchObject({ code: 'RETRY_LATER' });
  await turn();
  batches[0]?.end();
  expect(await Promise.all(kept)).toEqual(['did 1', 'did 2']);
});

test('the failure of one item is its own', async () => {
  const { mailbox, batches } = held();
  const answers = Promise.allSettled([mailbox.post(item(1)), mailbox.post(item(2)), mailbox.post(item(3))]);
  await turn();
  batches[0]?.end(['did 1', new AppError('NOT_FOUND'), 'did 3']);
  expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('a batch that fails as a whole fails its items, and the next one runs', async () => {
  const { mailbox, batches } = held();
  const first = mailbox.post(item(1));
  await turn();
  const second = mailbox.post(item(2));
  batches[0]?.fail(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  await turn();
  batches[1]?.end();
  expect(await second).toBe('did 2');
});

test('what arrives while a batch is under way goes together, in order, in batches of at most batchMax', async () => {
  const { mailbox, batches, numbers } = held({ batchMax: 3 });
  const answers = [mailbox.post(item(0))];
  await turn();
  for (let n = 1; n <= 5; n += 1) answers.push(mailbox.post(item(n)));
  expect(numbers(0)).toEqual([0]);
  expect(mailbox.depth).toBe(5);
  batches[0]?.end();
  await turn();
  expect(numbers(1)).toEqual([1, 2, 3]);
  batches[1]?.end();
  await turn();
  expect(numbers(2)).toEqual([4, 5]);
  batches[2]?.end();
  expect(await Promise.all(answers)).toEqual([0, 1, 2, 3, 4, 5].map((n) => `did ${n}`));
});

test('an item with the key of another in the batch waits for the next batch, ahead of those that came later', async () => {
  const { mailbox, batches, numbers } = held({ batchMax: 2 });
  const answers = [item(1, 'a'), item(2, 'a'), item(3, 'b'), item(4, 'c')].map((each) => mailbox.post(each));
  await turn();
  expect(numbers(0)).toEqual([1, 3]);
  batches[0]?.end();
  await turn();
  expect(numbers(1)).toEqual([2, 4]);
  batches[1]?.end();
  await Promise.all(answers);
});

test('after a batch of several the next one begins when its time has come, with all that has arrived', async () => {
  const { mailbox, batches, numbers, pauses, pass } = held({ everyMs: 8 });
  const answers = [mailbox.post(item(1)), mailbox.post(item(2))];
  await turn();
  pass(3);
  batches[0]?.end();
  await turn();
  answers.push(mailbox.post(item(3)), mailbox.post(item(4)));
  await turn();
  expect(batches).toHaveLength(1);
  expect(pauses.map(({ ms }) => ms)).toEqual([5]);
  pauses[0]?.end();
  await turn();
  expect(numbers(1)).toEqual([3, 4]);
  pass(9);
  batches[1]?.end();
  await Promise.all(answers);
  expect(pauses).toHaveLength(1);
});

test('who comes alone waits for nothing, and a full batch does not wait either', async () => {
  const { mailbox, batches, pauses } = held({ everyMs: 8, batchMax: 2 });
  for (const n of [1, 2]) {
    const answer = mailbox.post(item(n));
    await turn();
    batches.at(-1)?.end();
    await answer;
  }
  const answers = [3, 4, 5, 6].map((n) => mailbox.post(item(n)));
  await turn();
  batches.at(-1)?.end();
  await turn();
  expect(batches).toHaveLength(4);
  expect(pauses).toEqual([]);
  batches.at(-1)?.end();
  await Promise.all(answers);
});
