import {
  ActivityFailure,
  condition,
  defineSignal,
  isCancellation,
  patched,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { PaymentActivities } from '#activities/payments/activities.ts';
import type { TransactionStatus } from '#shared/contracts/payments/transaction.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import {
  CHARGE_REPORTED,
  type ChargeReportedSignal,
  type DepositInput,
  type DepositOutcome,
} from '#shared/workflows/deposit.ts';

const chargeReported = defineSignal<[ChargeReportedSignal]>(CHARGE_REPORTED);

/** A gateway call ends within 10 s, and a step makes two of them at most. */
const STEP_TIMEOUT_MS = 30 * SECOND;
/** A gateway that is away is asked again at growing intervals, for as long as it takes. */
const RETRY = { initialInterval: 1 * SECOND, backoffCoefficient: 2, maximumInterval: 1 * MINUTE };
/** Webhooks tell within seconds; polling is for those that never come. */
const POLL_FIRST_MS = 15 * SECOND;
const POLL_MAX_MS = 5 * MINUTE;
/** A poll that fails is no matter: the next one follows. */
const POLL_TRIES_MAX = 2;

const { checkCharge } = proxyActivities<PaymentActivities>({
  startToCloseTimeout: STEP_TIMEOUT_MS,
  retry: { ...RETRY, maximumAttempts: POLL_TRIES_MAX },
});
/** The last step ends the deposit, so it is never given up. */
const { expireCharge } = proxyActivities<PaymentActivities>({ startToCloseTimeout: STEP_TIMEOUT_MS, retry: RETRY });

/**
 * Collects one deposit: makes the charge, waits for the gateway's report or asks when none comes, and when the payer's
 * time is over asks a last time and lets the charge expire. It ends when the deposit has ended, whoever ended it.
 */
export async function deposit({ transactionId, expiresAfterMs }: DepositInput): Promise<DepositOutcome> {
  const deadline = Date.now() + expiresAfterMs;
  let reports = 0;
  let heard = 0;
  let ended: TransactionStatus | undefined;
  setHandler(chargeReported, ({ status }) => {
    reports += 1;
    if (status !== undefined && !isOpen(status)) ended = status;
  });

  const { createCharge } = proxyActivities<PaymentActivities>({
    startToCloseTimeout: STEP_TIMEOUT_MS,
    scheduleToCloseTimeout: Math.max(expiresAfterMs, STEP_TIMEOUT_MS),
    retry: RETRY,
  });

  let status = await createCharge({ transactionId }).catch(stillUnknown);
  for (let pollMs = POLL_FIRST_MS; isOpen(status); pollMs = Math.min(2 * pollMs, POLL_MAX_MS)) {
    const leftMs = deadline - Date.now();
    if (leftMs <= 0) return { status: await expireCharge({ transactionId }) };
    await condition(() => reports > heard, Math.min(pollMs, leftMs));
    heard = reports;
    // The report says how the deposit ended, in the transaction that ended it: there is nothing left to ask.
    if (ended !== undefined && patched('ended-by-report')) return { status: ended };
    status = await checkCharge({ transactionId }).catch(stillUnknown);
  }
  return { status };
}

function isOpen(status: TransactionStatus): boolean {
  return status === 'pending' || status === 'processing';
}

/** A step that failed tells nothing of the charge: it may have been made, and may have been paid. */
function stillUnknown(error: unknown): TransactionStatus {
  if (error instanceof ActivityFailure && !isCancellation(error)) return 'pending';
  throw error;
}
