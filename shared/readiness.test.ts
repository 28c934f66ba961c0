import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readiness } from './readiness.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const ok = () => Promise.resolve();

test('what fails, throws or does not answer within two seconds makes a process unready, and is named', async () => {
  const asked = readiness({
    postgres: ok,
    redis: () => Promise.reject(new Error('away')),
    temporal: () => {
      throw new Error('not even asked');
    },
    silent: () => new Promise<never>(() => undefined),
  });
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await asked).toEqual({
    ready: false,
    checks: { postgres: 'ok', redis: 'failed', temporal: 'failed', silent: 'failed' },
  });
});

test('a process is ready when all that it needs answers, and when it needs nothing', async () => {
  expect(await readiness({ postgres: ok })).toEqual({ ready: true, checks: { postgres: 'ok' } });
  expect(await readiness({})).toEqual({ ready: true, checks: {} });
  expect(vi.getTimerCount()).toBe(0);
});
