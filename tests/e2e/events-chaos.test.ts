import { expect, test } from 'vitest';
import { MINUTE } from '#shared/time.ts';
import { makeEventSchedule } from '#tests/chaos/events/faults.ts';
import { runEvents } from '#tests/chaos/events/run.ts';
import { isFlawless } from '#tests/chaos/verdict.ts';

const SEED = 6;
const EVENTS = 1_500;

test('events whose writers, relays, consumers and database are killed have one effect each, in the order of their aggregate', async () => {
  const verdict = await runEvents({
    goal: EVENTS,
    schedule: makeEventSchedule(SEED, 5, [
      'writer killed',
      'relay killed',
      'consumer killed',
      'everybody killed',
      'Postgres killed',
    ]),
    withinMs: MINUTE,
    pauseMs: 5,
    progress: () => {},
  });
  expect(isFlawless(verdict), JSON.stringify(verdict)).toBe(true);
  expect(verdict.faults).toHaveLength(5);
  expect(verdict.counted['acknowledged']).toBeGreaterThanOrEqual(EVENTS);
  expect(verdict.counted['effects of group inside']).toBe(verdict.counted['committed, as events']);
});
