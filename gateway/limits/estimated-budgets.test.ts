import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Budgets, Spend, Standing } from '../ports.ts';
import { type EstimatedBudgets, makeEstimatedBudgets } from './estimated-budgets.ts';

const spend: Spend = { bucket: 'read', key: 'someone', limit: 10, windowMs: 60_000 };
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

type Told = { readonly key: string; readonly count: number };

/** Budgets that others draw on too, and that may be away. */
class SharedBudgets implements Budgets {
  readonly told: Told[][] = [];
  others = 0;
  away = false;
  #used = 0;

  spend(): never {
    throw new Error('estimated budgets only report');
  }

  async report(drawn: Parameters<Budgets['report']>[0]): Promise<Standing[]> {
    this.told.push(drawn.map(({ key, count }) => ({ key, count })));
    if (this.away) throw new Error('away');
    return drawn.map(({ limit, count }) => {
      this.#used += count;
      return { remaining: Math.max(0, limit - this.#used - this.others), resetMs: 5_000 };
    });
  }
}

let shared: SharedBudgets;
let budgets: EstimatedBudgets;
beforeEach(() => {
  vi.useFakeTimers();
  shared = new SharedBudgets();
  budgets = makeEstimatedBudgets(shared, quiet);
});
afterEach(() => {
  budgets.close();
  vi.useRealTimers();
});

function draws(count: number, of: Spend = spend): number {
  return Array.from({ length: count }, () => budgets.draw(of)).filter(({ allowed }) => allowed).length;
}

test('a process lets no more through than the budget, told or not', async () => {
  expect(draws(12)).toBe(10);
  await vi.advanceTimersByTimeAsync(200);
  expect(draws(5)).toBe(0);
});

test('what others drew is known after the next report', async () => {
  shared.others = 9;
  expect(draws(1)).toBe(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(draws(1)).toBe(0);
  expect(budgets.draw(spend)).toMatchObject({ allowed: false, resetMs: 4_900 });
});

test('a full budget stays full until its oldest draw comes back', async () => {
  draws(10);
  await vi.advanceTimersByTimeAsync(4_900);
  expect(draws(1)).toBe(0);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(draws(3)).toBe(1);
});

test('draws are told together, once each', async () => {
  draws(3);
  draws(2, { ...spend, key: 'other' });
  await vi.advanceTimersByTimeAsync(200);
  expect(shared.told).toEqual([
    [
      { key: 'someone', count: 3 },
      { key: 'other', count: 2 },
    ],
  ]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(shared.told).toHaveLength(1);
});

test('without the shared counters a process holds the budget by itself, and it flows back', async () => {
  shared.away = true;
  expect(draws(12)).toBe(10);
  await vi.advanceTimersByTimeAsync(200);
  expect(draws(5)).toBe(0);
  await vi.advanceTimersByTimeAsync(30_000);
  const back = draws(10);
  expect(back).toBeGreaterThanOrEqual(4);
  expect(back).toBeLessThanOrEqual(5);
});

test('one budget does not draw on another', () => {
  draws(10);
  expect(draws(1, { ...spend, key: 'other' })).toBe(1);
  expect(draws(1, { ...spend, bucket: 'write' })).toBe(1);
});
