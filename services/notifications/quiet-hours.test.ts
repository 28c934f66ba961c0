import { expect, test } from 'vitest';
import { quietUntil } from './quiet-hours.ts';

const NIGHT = { from: '22:00', to: '07:00' };
const at = (iso: string) => new Date(iso);

test('outside of the hours nothing waits', () => {
  expect(quietUntil(at('2026-11-24T05:00:00Z'), 'Asia/Bangkok', NIGHT)).toBeUndefined();
});

test('the end belongs to the day and the beginning to the night', () => {
  expect(quietUntil(at('2026-11-24T00:00:00Z'), 'Asia/Bangkok', NIGHT)).toBeUndefined();
  expect(quietUntil(at('2026-11-24T15:00:00Z'), 'Asia/Bangkok', NIGHT)).toEqual(at('2026-11-25T00:00:00Z'));
});

test('before and after midnight the same morning ends it', () => {
  const morning = at('2026-11-25T00:00:00Z');
  expect(quietUntil(at('2026-11-24T16:59:59Z'), 'Asia/Bangkok', NIGHT)).toEqual(morning);
  expect(quietUntil(at('2026-11-24T23:59:00Z'), 'Asia/Bangkok', NIGHT)).toEqual(morning);
});

test('hours within one day end on that day', () => {
  const nap = { from: '13:00', to: '14:30' };
  expect(quietUntil(at('2026-11-24T06:15:30Z'), 'Asia/Bangkok', nap)).toEqual(at('2026-11-24T07:30:00Z'));
});

test('each zone has its own night', () => {
  const moment = at('2026-11-24T14:30:00Z');
  expect(quietUntil(moment, 'Asia/Jakarta', NIGHT)).toBeUndefined();
  expect(quietUntil(moment, 'Asia/Makassar', NIGHT)).toEqual(at('2026-11-24T23:00:00Z'));
  expect(quietUntil(moment, 'Asia/Jayapura', NIGHT)).toEqual(at('2026-11-24T22:00:00Z'));
});

test('a night in which clocks are put back is an hour longer', () => {
  // New York, 1 November 2026: 02:00 is 01:00 again.
  expect(quietUntil(at('2026-11-01T03:00:00Z'), 'America/New_York', NIGHT)).toEqual(at('2026-11-01T12:00:00Z'));
});

test('a night in which clocks are put forward is an hour shorter', () => {
  // New York, 8 March 2026: 02:00 is 03:00.
  expect(quietUntil(at('2026-03-08T04:00:00Z'), 'America/New_York', NIGHT)).toEqual(at('2026-03-08T11:00:00Z'));
});

test('an end that the clock leaves out is the first moment after it', () => {
  const short = { from: '01:00', to: '02:30' };
  expect(quietUntil(at('2026-03-08T06:30:00Z'), 'America/New_York', short)).toEqual(at('2026-03-08T07:00:00Z'));
});
