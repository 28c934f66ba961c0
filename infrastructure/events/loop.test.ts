import { afterEach, expect, test, vi } from 'vitest';
import { MINUTE } from '#shared/time.ts';
import { type Loop, startLoop, type Turn } from './loop.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

let loop: Loop;
afterEach(() => loop.stop());

/** A loop that counts its turns. */
function counting(turn: () => Turn): { turns: number } {
  const counted = { turns: 0 };
  loop = startLoop({
    name: 'test',
    restMs: MINUTE,
    log,
    turn: async () => {
      counted.turns += 1;
      return await Promise.resolve(turn());
    },
  });
  return counted;
}

function fail(): never {
  throw new Error('planted');
}

const turnsEnd = () => new Promise((resolve) => setImmediate(resolve));

test('new work does not shorten the pause after a failure', async () => {
  let calls = 0;
  const counted = counting(() => (++calls === 1 ? fail() : 'idle'));
  await turnsEnd();
  for (let times = 0; times < 10; times += 1) loop.wake();
  await turnsEnd();
  expect(counted.turns).toBe(1);
  await vi.waitFor(() => expect(counted.turns).toBe(2));
});

test('new work ends a rest, and so does stopping', async () => {
  const counted = counting(() => 'idle');
  await turnsEnd();
  expect(counted.turns).toBe(1);
  loop.wake();
  await turnsEnd();
  expect(counted.turns).toBe(2);
  await loop.stop();
  expect(counted.turns).toBe(2);
});

test('work that comes during a turn is looked for at once', async () => {
  let calls = 0;
  const counted = counting(() => {
    calls += 1;
    if (calls === 2) loop.wake();
    return 'idle';
  });
  await turnsEnd();
  loop.wake();
  await turnsEnd();
  expect(counted.turns).toBe(3);
});
