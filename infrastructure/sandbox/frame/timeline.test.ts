import { array, assert as holds, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { Timeline } from './timeline.ts';

test('what lies between two moments is what a plain filter finds', () => {
  const moments = array(integer({ min: 0, max: 50 }), { maxLength: 30 }).map((times) => times.sort((a, b) => a - b));
  holds(
    property(moments, integer({ min: -1, max: 51 }), integer({ min: -1, max: 51 }), (times, from, to) => {
      const timeline = new Timeline<number>(100, (time) => new Date(time));
      for (const time of times) timeline.append(time);
      const wanted = times.filter((time) => time >= from && time <= to);
      expect(timeline.between(new Date(from), new Date(to))).toEqual(wanted);
    }),
  );
});

test('the oldest are forgotten', () => {
  const timeline = new Timeline<number>(10, (time) => new Date(time));
  for (let time = 0; time < 1000; time++) timeline.append(time);
  const kept = timeline.between(new Date(0), new Date(2000));
  expect(kept.length).toBeGreaterThanOrEqual(5);
  expect(kept.length).toBeLessThanOrEqual(10);
  expect(kept.at(-1)).toBe(999);
});
