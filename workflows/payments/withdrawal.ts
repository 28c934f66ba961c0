import type { PayoutInput, PayoutOutcome } from '#shared/workflows/payout.ts';
import { untilPaidOrBack } from './payout-story.ts';

/**
 * Pays one withdrawal out. Its sum and fee are held when it begins; when it ends they have left for the gateway, or are back
 * in the wallet because the gateway or the bank said no.
 */
export async function withdrawal({ transactionId }: PayoutInput): Promise<PayoutOutcome> {
  return { status: await untilPaidOrBack(transactionId) };
}
