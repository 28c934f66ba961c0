import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import type { Begun } from '#services/auth/privacy/erase-account.ts';
import type { PrivacyWork } from '#services/auth/privacy/service.ts';
import { HOUR, MINUTE } from '#shared/time.ts';
import { makePrivacyActivities } from './privacy-activities.ts';

const request = { requestId: '01890a5d-ac96-774b-8cce-1302099a8057' };

/** The steps of identity, where an erasure begins like this. */
function stepsOf(begun: Begun) {
  const work: Pick<PrivacyWork, 'eraseAccount'> = { eraseAccount: async () => begun };
  return makePrivacyActivities(work as PrivacyWork);
}

const until = (ms: number) => ({ outcome: 'early', until: new Date(Date.now() + ms) }) as const;

describe('an erasure that began to wait before it could be held up', () => {
  test.each([
    ['its account is suspended', undefined, 6 * HOUR],
    ['it was put off for weeks', 700 * HOUR, 6 * HOUR],
    ['it was put off for a moment', MINUTE, MINUTE],
    ['the clock of the worker is behind', 20, 1_000],
  ] as const)('is tried again for as long as %s', async (_, leftMs, delayMs) => {
    const begun = leftMs === undefined ? ({ outcome: 'on_hold' } as const) : until(leftMs);
    const refused: unknown = await stepsOf(begun)
      .eraseAccount(request)
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ApplicationFailure);
    expect(refused).toMatchObject({ type: 'RETRY_LATER', nonRetryable: false, nextRetryDelay: delayMs });
  });

  test.each(['erased', 'cancelled'] as const)('is told that it is %s', async (outcome) => {
    expect(await stepsOf({ outcome }).eraseAccount(request)).toBe(outcome);
  });
});

test('an erasure is told why it cannot begin yet, and when it can where that is known', async () => {
  expect(await stepsOf({ outcome: 'on_hold' }).beginErasure(request)).toEqual({ outcome: 'on_hold' });
  const early = until(HOUR);
  const told = { outcome: 'early', until: early.until.toISOString() };
  expect(await stepsOf(early).beginErasure(request)).toEqual(told);
});
