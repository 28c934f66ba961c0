import {
  ActivityFailure,
  condition,
  defineSignal,
  isCancellation,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { PaymentActivities } from '#activities/payments/activities.ts';
import type { TransactionStatus } from '#shared/contracts/payments/transaction.ts';
import { HOUR, MINUTE, SECOND } from '#shared/time.ts';
import { PAYOUT_REPORTED, type PayoutReportedSignal } from '#shared/workflows/payout.ts';

const payoutReported = defineSignal<[PayoutReportedSignal]>(PAYOUT_REPORTED);

/** A gateway call ends within 10 s, and a step makes two of them at most, after the destination was opened. */
const STEP_TIMEOUT_MS = 40 * SECOND;
/** A step that fails is no matter: the next look follows. */
const RETRY = { initialInterval: 1 * SECOND, backoffCoefficient: 2, maximumInterval: 1 * MINUTE, maximumAttempts: 3 };
/** Webhooks tell within seconds; asking is for those that never come. A bank may take days to say no. */
const ASK_FIRST_MS = 15 * SECOND;
const ASK_MAX_MS = 1 * HOUR;

const { sendPayout, checkPayout } = proxyActivities<PaymentActivities>({
  startToCloseTimeout: STEP_TIMEOUT_MS,
  retry: RETRY,
});

/**
 * Sends money that is held out through its gateway, and waits until the gateway says that it was paid or that it was not,
 * by its report or when it is asked. There is no deadline: money that may have left is never given up on and never sent
 * twice, so as long as nobody knows, the hold stays and the question is asked again.
 */
export async function untilPaidOrBack(transactionId: string): Promise<TransactionStatus> {
  let reports = 0;
  let heard = 0;
  setHandler(payoutReported, () => void (reports += 1));

  let status = await sendPayout({ transactionId }).catch(stillUnknown);
  for (let askMs = ASK_FIRST_MS; isOpen(status); askMs = Math.min(2 * askMs, ASK_MAX_MS)) {
    await condition(() => reports > heard, askMs);
    heard = reports;
    status = await checkPayout({ transactionId }).catch(stillUnknown);
  }
  return status;
}

function isOpen(status: TransactionStatus): boolean {
  return status === 'pending' || status === 'processing';
}

/** A step that failed tells nothing of the payout: it may have been made, and may have been paid. */
function stillUnknown(error: unknown): TransactionStatus {
  if (error instanceof ActivityFailure && !isCancellation(error)) return 'processing';
  throw error;
}
