import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { CommerceActivities } from '#activities/commerce/activities.ts';
import type { PaymentActivities } from '#activities/payments/activities.ts';
import { TASK_QUEUES } from '#shared/workflows/command.ts';

/** The payments' side of an order, served on the payments' own queue. Each call is idempotent on the order. */
export type OrderPayments = Pick<
  PaymentActivities,
  'holdForOrder' | 'captureOrder' | 'releaseOrder' | 'refundOrder' | 'settleOrder'
>;

/** A step writes a few rows; what takes longer than the database's own limit on a statement has failed. */
const WRITE_TIMEOUT = '12 seconds';

/**
 * What is written into the order. The database is beside the workflow's worker, so these are local activities: they
 * cost no round trip to Temporal. They are retried until they succeed; only a refusal is final.
 */
export const write = proxyLocalActivities<CommerceActivities>({
  startToCloseTimeout: WRITE_TIMEOUT,
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '10 seconds' },
});

/** A payment step moves money inside our ledger; a lost answer is asked for again after this. */
const PAYMENT_TIMEOUT = '10 seconds';
/** Failed attempts that the story tells of; after them Temporal keeps trying, and the history stops growing. */
const TOLD_ATTEMPTS_MAX = 4;
const FIRST_PAUSE_MS = 1_000;

/**
 * Makes a payment call until it answers, and tells the order's story of each attempt that failed.
 *
 * @param step what the story calls it
 * @returns the answer, and which attempt gave it
 * @throws {ActivityFailure} when the payments refuse for good, which the story tells as well
 */
export async function pay<T>(
  orderId: string,
  step: string,
  call: (payments: OrderPayments) => Promise<T>,
): Promise<{ readonly answer: T; readonly attempt: number }> {
  const once = payments({ maximumAttempts: 1 });
  for (let attempt = 1; attempt <= TOLD_ATTEMPTS_MAX; attempt++) {
    try {
      return { answer: await call(once), attempt };
    } catch (error) {
      if (isCancellation(error)) throw error;
      await write.noteFailure({ orderId, of: step, attempt, reason: reasonOf(error) });
      if (isFinal(error)) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
  const patient = payments({ initialInterval: '15 seconds', backoffCoefficient: 2, maximumInterval: '5 minutes' });
  return { answer: await call(patient), attempt: TOLD_ATTEMPTS_MAX + 1 };
}

type Retry = NonNullable<Parameters<typeof proxyActivities>[0]['retry']>;

function payments(retry: Retry): OrderPayments {
  return proxyActivities<OrderPayments>({
    taskQueue: paymentsQueue(),
    startToCloseTimeout: PAYMENT_TIMEOUT,
    retry,
  });
}

/** The payments' queue of the same cluster: clusters that share a server differ in the prefix of all their queues. */
function paymentsQueue(): string {
  const { taskQueue } = workflowInfo();
  const prefix = taskQueue.slice(0, taskQueue.length - TASK_QUEUES.commerce.length);
  return prefix + TASK_QUEUES.payments;
}

function isFinal(error: unknown): boolean {
  return (
    error instanceof ActivityFailure && error.cause instanceof ApplicationFailure && error.cause.nonRetryable === true
  );
}

/** Why a call failed: the code of our error table where there is one, else what kind of failure Temporal saw. */
function reasonOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return cause.type ?? 'ERROR';
  return cause instanceof Error ? cause.name : 'ERROR';
}
