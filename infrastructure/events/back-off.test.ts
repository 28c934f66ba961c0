import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pauseAfter } from './back-off.ts';

const BACK_OFF = { firstMs: 100, mostMs: 5_000 };

test('each pause may be twice as long as the one before, up to the most', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7, 8].map((failures) => pauseAfter(failures, BACK_OFF, () => 1));
  expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
});

test('a pause is never shorter than half of what it may be, and never longer than the most', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (failures, chance) => {
        const pause = pauseAfter(failures, BACK_OFF, () => chance);
        const whole = pauseAfter(failures, BACK_OFF, () => 1);
        return pause >= whole / 2 && pause <= whole && whole <= BACK_OFF.mostMs;
      },
    ),
  );
});
