import { expect, test } from 'vitest';
import { Duration } from './wire-time.ts';

test.each(['', 'P', 'PT', '1 day', '-PT1S', 'P1Y', 'P1M', 'PT1.5H'])('%j is no duration here', (text) => {
  expect(Duration.safeParse(text).success).toBe(false);
});

test.each([
  ['PT30M', 1_800_000],
  ['P3D', 259_200_000],
  ['P1W', 604_800_000],
  ['PT0.5S', 500],
  ['P1DT2H', 93_600_000],
])('%s is %i ms', (text, ms) => {
  expect(Duration.parse(text)).toBe(ms);
});
