import type { Charge } from '../ports.ts';
import type { DepositRow } from '../store/charges.ts';

/**
 * What in a gateway's charge is not as we asked for it, if anything. Such a charge is never believed: no sum but the one
 * that was asked for reaches a wallet.
 */
export function mismatchOf(deposit: DepositRow, gateway: string, charge: Charge): string | undefined {
  if (deposit.gateway !== gateway) return 'gateway';
  if (charge.reference !== deposit.id) return 'reference';
  if (charge.money.currency !== deposit.currency) return 'currency';
  if (charge.money.minor !== deposit.amount) return 'amount';
  return undefined;
}
