import { expect, test } from 'vitest';
import { Budget } from './budget.ts';

const CHAT = { burst: 20, perMinute: 100 };

test('the twenty-first event at once is refused with the time until the next token', () => {
  const budget = new Budget(CHAT);
  for (let event = 0; event < 20; event += 1) expect(budget.take(0)).toBe(0);
  expect(budget.take(0)).toBe(600);
});

test('waiting as long as told is enough, and a millisecond less is not', () => {
  const budget = new Budget(CHAT);
  for (let event = 0; event < 20; event += 1) budget.take(0);
  expect(budget.take(599)).toBe(1);
  expect(budget.take(600)).toBe(0);
  expect(budget.take(600)).toBe(600);
});

test('a hundred a minute are let through however evenly a client sends more', () => {
  const budget = new Budget(CHAT);
  let passed = 0;
  for (let at = 0; at < 10 * 60_000; at += 100) if (budget.take(at) === 0) passed += 1;
  expect(passed).toBeGreaterThanOrEqual(1_000 + 19);
  expect(passed).toBeLessThanOrEqual(1_000 + 21);
});

test('a quiet hour saves up no more than one burst', () => {
  const budget = new Budget(CHAT);
  for (let event = 0; event < 20; event += 1) expect(budget.take(3_600_000)).toBe(0);
  expect(budget.take(3_600_000)).toBeGreaterThan(0);
});
