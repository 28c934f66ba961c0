import { expect, test } from 'vitest';
import { retryAfterS } from './retry-after.ts';

const clock = () => new Date('2026-01-02T03:04:05.000Z');

test.each([null, undefined, '', 'soon', '-'])('%s says nothing', (header) => {
  expect(retryAfterS(header, clock)).toBeUndefined();
});

test.each([
  ['7', 7],
  ['0', 1],
  ['86400', 900],
  ['Fri, 02 Jan 2026 03:05:05 GMT', 60],
  ['Fri, 02 Jan 2026 03:00:00 GMT', 1],
])('%s is %i seconds, a quarter hour at most', (header, seconds) => {
  expect(retryAfterS(header, clock)).toBe(seconds);
});
