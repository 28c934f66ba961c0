import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type { MessagingActivities } from '#activities/messaging/activities.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import type { KeyCareInput, KeyCareOutcome, KeyWalk } from '#shared/workflows/messaging.ts';

/** Steps of one run: three events each, so a history stays far below the 4,000 events after which it must begin anew. */
const STEPS_PER_RUN = 500;

const { rotateWornKeys, rewrapKeys } = proxyActivities<MessagingActivities>({
  startToCloseTimeout: 2 * MINUTE,
  retry: { initialInterval: SECOND, backoffCoefficient: 2, maximumInterval: 5 * MINUTE },
});

/**
 * Rewraps first: after a change of the wrapping key the older one is wanted until nothing is left that it has wrapped.
 * Then walks over all dialogs for keys that have sealed their share.
 */
export async function keyCare({ walk, rotated = 0, rewrapped = 0 }: KeyCareInput): Promise<KeyCareOutcome> {
  const total = { rotated, rewrapped };
  let steps = 0;
  // A walk that is under way was begun when nothing was left to rewrap.
  while (walk === undefined && steps++ < STEPS_PER_RUN) {
    const count = await rewrapKeys();
    total.rewrapped += count;
    if (count === 0) break;
  }
  let at: KeyWalk | undefined = walk;
  while (steps++ < STEPS_PER_RUN) {
    const done = await rotateWornKeys(at);
    total.rotated += done.rotated;
    if (done.next === undefined) return total;
    at = done.next;
  }
  return await continueAsNew<typeof keyCare>({ ...(at === undefined ? {} : { walk: at }), ...total });
}
