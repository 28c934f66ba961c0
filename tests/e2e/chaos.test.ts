import { expect, test } from 'vitest';
import { MINUTE } from '#shared/time.ts';
import { openArena } from '#tests/chaos/faults/arena.ts';
import { makeSchedule } from '#tests/chaos/faults/schedule.ts';
import { runMessages } from '#tests/chaos/messages/run.ts';
import { isFlawless } from '#tests/chaos/verdict.ts';

const SEED = 4;
const MESSAGES = 2_000;

test('people who talk while nodes and engines are taken away lose, double and miss nothing', async () => {
  await using arena = await openArena();
  const verdict = await runMessages(arena, {
    goal: MESSAGES,
    schedule: makeSchedule(SEED, 3, ['node killed', 'Redis flushed', 'Postgres killed']),
    withinMs: MINUTE,
    pauseMs: 100,
    progress: () => {},
  });
  expect(verdict.details).toEqual([]);
  expect(isFlawless(verdict), JSON.stringify(verdict)).toBe(true);
  expect(verdict.faults).toHaveLength(3);
  expect(verdict.counted['acknowledged']).toBeGreaterThanOrEqual(MESSAGES);
  expect(verdict.counted['told to devices']).toBeGreaterThan(MESSAGES);
});
