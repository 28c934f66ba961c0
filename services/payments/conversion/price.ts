import type { Currency, Money } from '#shared/money.ts';
import { bought, customerRate, feeOn, type PairRates } from './rate.ts';
import type { Terms } from './terms.ts';

export type Price = {
  /** In 10^-12 units of the one for a unit of the other. */
  readonly rate: bigint;
  /** On top of the sum, in its currency. */
  readonly fee: bigint;
  readonly receive: Money;
};

/** As much as one transaction may carry: see shared/money.ts. */
const MINOR_MAX = 1_000_000_000_000_000n;

/** What converting a sum costs and gives; in words why it cannot be, where it cannot. */
export function priceOf(money: Money, to: Currency, rates: PairRates, terms: Terms): Price | string {
  const rate = customerRate(rates, terms.marginBps);
  const fee = feeOn(money, terms.feeBps);
  const receive = bought(money, rate, to);
  if (receive.minor <= 0n) return `is too small to buy any ${to}`;
  if (receive.minor > MINOR_MAX || money.minor + fee > MINOR_MAX) return 'is too large';
  return { rate, fee, receive };
}
