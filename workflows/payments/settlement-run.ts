import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type { PaymentActivities } from '#activities/payments/activities.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import type { SettlementRunInput, SettlementRunOutcome } from '#shared/workflows/settlement-run.ts';

/** Steps of one run: three events each, so a history stays far below the 4,000 events after which it must begin anew. */
const STEPS_PER_RUN = 500;

const { runSettlements } = proxyActivities<PaymentActivities>({
  startToCloseTimeout: 2 * MINUTE,
  retry: { initialInterval: SECOND, backoffCoefficient: 2, maximumInterval: 5 * MINUTE },
});

/**
 * Pays merchants what is due, step by step, until nothing is left. Each order is paid once, whatever step is repeated; a
 * worker that dies loses none, and while the database is away the run waits.
 */
export async function settlementRun({ after, paid = 0 }: SettlementRunInput): Promise<SettlementRunOutcome> {
  let total = paid;
  let at = after;
  for (let step = 0; step < STEPS_PER_RUN; step++) {
    const done = await runSettlements(at === undefined ? {} : { after: at });
    total += done.paid;
    if (done.next === undefined) return { paid: total };
    at = done.next;
  }
  return await continueAsNew<typeof settlementRun>({ ...(at === undefined ? {} : { after: at }), paid: total });
}
