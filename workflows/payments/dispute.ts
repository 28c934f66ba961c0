import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { PaymentActivities } from '#activities/payments/activities.ts';
import type { DisputeStatus } from '#shared/contracts/payments/disputes.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import {
  DISPUTE_CHANGED,
  type DisputeChangedSignal,
  type DisputeEnd,
  type DisputeInput,
} from '#shared/workflows/dispute.ts';

const disputeChanged = defineSignal<[DisputeChangedSignal]>(DISPUTE_CHANGED);

const { missDisputeAnswer, escalateDispute } = proxyActivities<PaymentActivities>({
  startToCloseTimeout: 15 * SECOND,
  retry: { initialInterval: SECOND, backoffCoefficient: 2, maximumInterval: 5 * MINUTE },
});

/**
 * Keeps the deadlines of one dispute: a merchant who does not answer in time loses it, and one that ops do not decide in
 * time is escalated, again and again. People's steps are taken by the service, which tells of them here.
 */
export async function dispute({ disputeId, answerWithinMs, reviewWithinMs }: DisputeInput): Promise<DisputeEnd> {
  let status: DisputeStatus = 'awaiting_merchant';
  setHandler(disputeChanged, (changed) => void (status = changed.status));
  const now = (): DisputeStatus => status;

  await condition(() => status !== 'awaiting_merchant', answerWithinMs);
  if (now() === 'awaiting_merchant') {
    const seen = await missDisputeAnswer({ disputeId });
    // What was told meanwhile is newer than what the step saw.
    if (now() === 'awaiting_merchant') status = seen;
  }
  while (now() === 'in_review') {
    const left = await condition(() => status !== 'in_review', reviewWithinMs);
    if (left) continue;
    const seen = await escalateDispute({ disputeId });
    if (now() === 'in_review') status = seen;
  }
  return { status };
}
