import type { PayoutInput, PayoutOutcome } from '#shared/workflows/payout.ts';
import { untilPaidOrBack } from './payout-story.ts';

/**
 * Gives one deposit, or a part of it, back to whom it came from. The sum is held when it begins; when it ends the gateway
 * has returned it, or it is back in the wallet because the gateway could not.
 */
export async function refund({ transactionId }: PayoutInput): Promise<PayoutOutcome> {
  return { status: await untilPaidOrBack(transactionId) };
}
