import { expect, test } from 'vitest';
import { GATHERING, isGathered, VELOCITY_RULES, velocityRulesOn, weightOf, widened } from './velocity-rules.ts';

test('of rules with one name the latest that has begun is in force', () => {
  const [first] = VELOCITY_RULES;
  const next = { ...first!, max: 7n, from: '2030-01-01' };
  const rules = [first!, next];
  expect(velocityRulesOn('2025-12-31', rules)).toEqual([]);
  expect(velocityRulesOn('2026-01-01', rules)).toEqual([first]);
  expect(velocityRulesOn('2030-01-01', rules)).toEqual([next]);
});

test('the sum that needs the PIN weighs the same in every currency, and a smallest unit weighs something', () => {
  expect(weightOf({ minor: 500_000n, currency: 'THB' })).toBe(1_000n);
  expect(weightOf({ minor: 3_500_000n, currency: 'VND' })).toBe(1_000n);
  expect(weightOf({ minor: 1n, currency: 'VND' })).toBe(1n);
});

test('widened rules are the same ones with larger bounds', () => {
  expect(widened(VELOCITY_RULES, 1_000n).map(({ max }) => max)).toEqual(VELOCITY_RULES.map(({ max }) => max * 1_000n));
});

test('ten small deposits that leave at once are gathered; nine, larger ones and a small withdrawal are not', () => {
  const ten = Array.from({ length: GATHERING.deposits }, () => 1_000n);
  expect(isGathered(10_000n, ten)).toBe(true);
  expect(isGathered(8_000n, ten)).toBe(true);
  expect(isGathered(7_999n, ten)).toBe(false);
  expect(isGathered(10_000n, ten.slice(1))).toBe(false);
  expect(isGathered(5_000n, ten)).toBe(false);
});
