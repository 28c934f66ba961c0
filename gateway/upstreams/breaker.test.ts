import { expect, test } from 'vitest';
import { Breaker } from './breaker.ts';

function failing(times: number, breaker: Breaker): void {
  for (let time = 0; time < times; time++) {
    breaker.admits();
    breaker.failed();
  }
}

test('five failures in a row open it, and then nothing goes through', () => {
  const breaker = new Breaker(() => 0);
  failing(4, breaker);
  expect([breaker.state, breaker.admits()]).toEqual(['closed', true]);
  breaker.failed();
  expect([breaker.state, breaker.admits()]).toEqual(['open', false]);
});

test('a success in between starts the count anew', () => {
  const breaker = new Breaker(() => 0);
  failing(4, breaker);
  breaker.succeeded();
  failing(4, breaker);
  expect(breaker.state).toBe('closed');
});

test('after a second one call is let through; its success closes it', () => {
  let now = 0;
  const breaker = new Breaker(() => now);
  failing(5, breaker);
  now = 1_000;
  expect(breaker.state).toBe('half-open');
  expect([breaker.admits(), breaker.admits()]).toEqual([true, false]);
  breaker.succeeded();
  expect([breaker.state, breaker.admits(), breaker.admits()]).toEqual(['closed', true, true]);
});

test('the failure of that one call opens it again, for longer each time, at most 30 seconds', () => {
  let now = 0;
  const breaker = new Breaker(() => now);
  failing(5, breaker);
  const waits: number[] = [];
  for (let round = 0; round < 8; round++) {
    const openedAt = now;
    while (!breaker.admits()) now += 10;
    waits.push(now - openedAt);
    breaker.failed();
  }
  expect(waits[0]).toBeGreaterThanOrEqual(500);
  expect(waits[0]).toBeLessThanOrEqual(1_010);
  expect(waits[3]).toBeGreaterThanOrEqual(4_000);
  expect(waits.at(-1)).toBeGreaterThanOrEqual(15_000);
  expect(waits.at(-1)).toBeLessThanOrEqual(30_010);
});

test('a call that told nothing lets the next one try', () => {
  let now = 0;
  const breaker = new Breaker(() => now);
  failing(5, breaker);
  now = 1_000;
  expect(breaker.admits()).toBe(true);
  breaker.abandoned();
  expect(breaker.admits()).toBe(true);
});
