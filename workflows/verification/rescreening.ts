import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type { VerificationActivities } from '#activities/verification/activities.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import type { RescreeningInput, RescreeningOutcome } from '#shared/workflows/rescreening.ts';

/** Steps of one run: three events each, so a history stays far below the 4,000 events after which it must begin anew. */
const STEPS_PER_RUN = 500;

/** Ten names, each of which a provider may take ten seconds for. Lists that cannot be searched are asked for again. */
const { rescreenBatch } = proxyActivities<VerificationActivities>({
  startToCloseTimeout: 2 * MINUTE,
  retry: { initialInterval: SECOND, backoffCoefficient: 2, maximumInterval: 5 * MINUTE },
});

/**
 * Looks for everyone who is verified on the lists again, step by step. A worker that dies loses one step at most, and a
 * step that is repeated goes on with the names that were not looked for yet.
 */
export async function rescreening({ place, screened = 0, hits = 0 }: RescreeningInput): Promise<RescreeningOutcome> {
  let at = place;
  let total = { screened, hits };
  for (let step = 0; step < STEPS_PER_RUN; step++) {
    const done = await rescreenBatch(at);
    total = { screened: total.screened + done.screened, hits: total.hits + done.hits };
    if (done.next === undefined) return total;
    at = done.next;
  }
  return await continueAsNew<typeof rescreening>({ ...(at === undefined ? {} : { place: at }), ...total });
}
