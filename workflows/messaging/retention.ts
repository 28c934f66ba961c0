import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type { MessagingActivities } from '#activities/messaging/activities.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import type { MessageRetentionInput, MessageRetentionOutcome } from '#shared/workflows/messaging.ts';

/** Steps of one run: three events each, so a history stays far below the 4,000 events after which it must begin anew. */
const STEPS_PER_RUN = 500;

const { purgeMessages } = proxyActivities<MessagingActivities>({
  startToCloseTimeout: 2 * MINUTE,
  retry: { initialInterval: SECOND, backoffCoefficient: 2, maximumInterval: 5 * MINUTE },
});

/**
 * Purges messages whose time is over, step by step, until none is left. Each step knows where the last one stopped, so a
 * worker that dies loses one step at most, which is repeated; while the database is away it waits.
 */
export async function messageRetention({ place, purged = 0 }: MessageRetentionInput): Promise<MessageRetentionOutcome> {
  let total = purged;
  let at = place;
  for (let step = 0; step < STEPS_PER_RUN; step++) {
    const done = await purgeMessages(at);
    total += done.purged;
    if (done.next === undefined) return { purged: total };
    at = done.next;
  }
  return await continueAsNew<typeof messageRetention>({ ...(at === undefined ? {} : { place: at }), purged: total });
}
