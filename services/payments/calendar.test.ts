import { expect, test } from 'vitest';
import { periodsAt } from './calendar.ts';

test('the day turns at midnight of the home country, not of the server', () => {
  expect(periodsAt(new Date('2026-11-30T16:59:59.999Z'), 'TH')).toEqual({ day: '2026-11-30', month: '2026-11-01' });
  expect(periodsAt(new Date('2026-11-30T17:00:00.000Z'), 'TH')).toEqual({ day: '2026-12-01', month: '2026-12-01' });
  expect(periodsAt(new Date('2026-11-30T16:00:00.000Z'), 'SG')).toEqual({ day: '2026-12-01', month: '2026-12-01' });
});

test('years are Gregorian in Thailand too', () => {
  expect(periodsAt(new Date('2026-01-01T00:00:00Z'), 'TH').day).toBe('2026-01-01');
});
