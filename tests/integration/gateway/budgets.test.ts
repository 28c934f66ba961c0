import { setTimeout as sleep } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Spend } from '#gateway/ports.ts';
import { engines } from '#tests/harness/engines.ts';
import { openProxy } from './freezing-proxy.ts';
import { openBudgets, type TestBudgets } from './test-front.ts';

let budgets: TestBudgets;
beforeAll(async () => {
  budgets = await openBudgets();
});
afterAll(async () => {
  await budgets[Symbol.asyncDispose]();
});

function budget(limit: number, windowMs: number): Spend {
  return { bucket: 'test', key: randomBytes(8).toString('hex'), limit, windowMs };
}

test('a spend beyond the limit is refused and says when there is room', async () => {
  const phone = budget(3, 600_000);
  for (let draw = 0; draw < 3; draw++) expect(await budgets.spend([phone])).toMatchObject({ allowed: true });
  const refused = await budgets.spend([phone]);
  expect(refused).toMatchObject({ allowed: false });
  expect((refused as { retryAfterS: number }).retryAfterS).toBeGreaterThan(590);
  expect((refused as { retryAfterS: number }).retryAfterS).toBeLessThanOrEqual(600);
});

test('one spent budget leaves the others untouched', async () => {
  const [spent, fresh] = [budget(1, 60_000), budget(5, 60_000)];
  await budgets.spend([spent]);
  for (let draw = 0; draw < 10; draw++) expect(await budgets.spend([fresh, spent])).toMatchObject({ allowed: false });
  expect(await budgets.spend([fresh])).toMatchObject({ allowed: true, standings: [{ remaining: 4 }] });
});

test('of a hundred parallel spends exactly the limit gets through', async () => {
  const shared = budget(17, 60_000);
  const spent = await Promise.all(Array.from({ length: 100 }, () => budgets.spend([shared])));
  expect(spent.filter(({ allowed }) => allowed)).toHaveLength(17);
});

test('a refused spend draws nothing: the window does not move', async () => {
  const short = budget(1, 300);
  await budgets.spend([short]);
  const startedAt = performance.now();
  while (!(await budgets.spend([short])).allowed) {
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await sleep(20);
  }
  expect((await budgets.spend([short])).allowed).toBe(false);
});

test('a large budget holds in every window, wherever it begins', async () => {
  const wide = budget(100, 400);
  const admitted: number[] = [];
  const startedAt = performance.now();
  while (performance.now() - startedAt < 1_500) {
    const before = performance.now();
    if ((await budgets.spend([wide])).allowed) admitted.push(before);
    else await sleep(5);
  }
  expect(admitted.length).toBeGreaterThan(200);
  // The moment is taken before the call, so each window is looked at a little narrower than it was.
  for (const [place, at] of admitted.entries()) {
    const within = admitted.slice(place).filter((other) => other - at < 390);
    expect(within.length).toBeLessThanOrEqual(100);
  }
});

test('what was let through is counted even beyond the limit', async () => {
  const read = budget(10, 60_000);
  const [standing] = await budgets.report([{ ...read, count: 25 }]);
  expect(standing).toMatchObject({ remaining: 0 });
  expect(await budgets.spend([read])).toMatchObject({ allowed: false });
});

test('many budgets are reported at once, each with its own standing', async () => {
  const many = Array.from({ length: 120 }, (_, place) => ({ ...budget(1_000, 60_000), count: place }));
  const standings = await budgets.report(many);
  expect(standings.map(({ remaining }) => remaining)).toEqual(many.map(({ count }) => 1_000 - count));
});

test('neither phone numbers nor addresses are in Redis, and what is there goes by itself', async () => {
  const phone = { ...budget(3, 60_000), key: '+66812345678' };
  await budgets.spend([phone]);
  const keys = await budgets.redis.keys('*');
  expect(keys.join('\n')).not.toContain('66812345678');
  const own = keys.filter((key) => key.includes('{budget}:test:'));
  expect(own.length).toBeGreaterThan(0);
  for (const key of own) expect(await budgets.redis.pttl(key)).toBeGreaterThan(0);
});

test('counters that do not answer are away after 250 ms', async () => {
  await using proxy = await openProxy(engines.redis);
  await using far = await openBudgets(proxy.url);
  expect((await far.spend([budget(1, 1_000)])).allowed).toBe(true);
  proxy.freeze();
  await expect(far.spend([budget(1, 1_000)])).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
});

test('counters that are not connected are away at once', async () => {
  const gone = await openBudgets();
  await gone[Symbol.asyncDispose]();
  await expect(gone.spend([budget(1, 1_000)])).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
});
