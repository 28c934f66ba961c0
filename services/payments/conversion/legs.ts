import type { Leg } from '../ledger/post.ts';
import type { QuoteRow } from './quotes-store.ts';

/** The accounts of a conversion: the user's two wallets, and the house's liquidity in both currencies and fees. */
export type Accounts = {
  readonly source: string;
  readonly target: string;
  readonly bought: string;
  readonly sold: string;
  readonly fees: string;
};

/**
 * The legs of a conversion, which sum to zero in each currency.
 *
 * @param cap the most that the target wallet may hold; undefined where no law caps it
 */
export function legsOf(
  { amount, fee, receive_amount: receive }: Pick<QuoteRow, 'amount' | 'fee' | 'receive_amount'>,
  { source, target, bought, sold, fees }: Accounts,
  cap: bigint | undefined,
): readonly Leg[] {
  return [
    { accountId: source, minor: -(amount + fee) },
    { accountId: bought, minor: amount },
    ...(fee === 0n ? [] : [{ accountId: fees, minor: fee }]),
    { accountId: sold, minor: -receive },
    { accountId: target, minor: receive, cap },
  ];
}
