import type { PayoutRow } from '../store/payouts.ts';
import type { Payout } from './payout-gateway.ts';

/**
 * What in a gateway's payout is not as we asked for it, if anything. Such a payout is never believed: it ends nothing, and
 * people look at it.
 */
export function payoutMismatch(row: PayoutRow, gateway: string, payout: Payout): string | undefined {
  if (row.gateway !== gateway) return 'gateway';
  if (payout.reference !== row.transaction_id) return 'reference';
  if (payout.money.currency !== row.currency) return 'currency';
  if (payout.money.minor !== row.amount) return 'amount';
  if (row.gateway_payout_id !== null && row.gateway_payout_id !== payout.id) return 'second_payout';
  return undefined;
}
