import { type ActivityOptions, proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { TierActivities } from '#activities/auth/tier-activities.ts';
import type { CommerceActivities } from '#activities/commerce/activities.ts';
import type { VerificationActivities } from '#activities/verification/activities.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import type { Standing } from '#shared/workflows/case.ts';
import { TASK_QUEUES, type TaskQueue } from '#shared/workflows/command.ts';

/** A step writes a few rows; what takes longer than the database's own limit on a statement has failed. */
const WRITE_TIMEOUT_MS = 12 * SECOND;

/** What is written into the case. Local activities, as the database is beside the worker; retried until they succeed. */
export const write = proxyLocalActivities<VerificationActivities>({
  startToCloseTimeout: WRITE_TIMEOUT_MS,
  retry: { initialInterval: 200, backoffCoefficient: 2, maximumInterval: 10 * SECOND },
});

/** Each number of a submission is a call of ten seconds at most. */
const ASK_TIMEOUT_MS = 2 * MINUTE;

/**
 * What asks sources outside. One that does not answer is asked again at growing intervals for as long as it takes: a case
 * is never decided for want of an answer, and waiting costs no history.
 */
export const ask = proxyActivities<VerificationActivities>({
  startToCloseTimeout: ASK_TIMEOUT_MS,
  retry: { initialInterval: 1 * SECOND, backoffCoefficient: 2, maximumInterval: 1 * MINUTE },
});

const APPLY_TIMEOUT_MS = 10 * SECOND;

/** Has what is in force copied to where it counts: a tier to the account, a shop's status to the shop. */
export async function apply(standing: Standing): Promise<void> {
  if (standing.kind === 'kyc') {
    const { setKycTier } = proxyActivities<TierActivities>(on(TASK_QUEUES.auth));
    await setKycTier(standing);
  } else {
    const { setShopVerification } = proxyActivities<CommerceActivities>(on(TASK_QUEUES.commerce));
    await setShopVerification(standing);
  }
}

/**
 * Steps on another domain's queue, tried until they succeed. Of the same cluster: clusters that share a server differ in
 * the prefix of all their queues.
 */
function on(queue: TaskQueue): ActivityOptions {
  const { taskQueue } = workflowInfo();
  return {
    taskQueue: taskQueue.slice(0, taskQueue.length - TASK_QUEUES.verification.length) + queue,
    startToCloseTimeout: APPLY_TIMEOUT_MS,
    retry: { initialInterval: 1 * SECOND, backoffCoefficient: 2, maximumInterval: 1 * MINUTE },
  };
}
