import { type Currency, CURRENCIES } from '#shared/money.ts';
import { type Sql, statement } from '#shared/sql.ts';
import type { CurrencyStanding, FxRules, RateState } from './ports.ts';
import { parsePerUsd, usdMicrosOf, worthOf } from './rate.ts';
import { latestRates, type RateRow } from './rates-store.ts';

const POSITIONS = statement(
  'payments.positions',
  `SELECT account.currency, account.balance FROM payments.accounts AS account
   WHERE account.kind = 'liquidity' AND account.owner = '' AND account.currency = ANY ($1::text[])`,
);

export type Positions = ReadonlyMap<Currency, bigint>;

/** What the house is long (above zero) or short in each of these currencies, in minor units. */
export async function positionsIn(sql: Sql, currencies: readonly Currency[]): Promise<Positions> {
  const rows = await sql.rows<{ readonly currency: Currency; readonly balance: bigint }>(POSITIONS, [currencies]);
  return new Map(rows.map(({ currency, balance }) => [currency, balance]));
}

/** The two sides of a conversion, as far as the house's exposure goes. */
export type Sides = {
  readonly from: { readonly currency: Currency; readonly perUsd: bigint; readonly position: bigint };
  readonly to: { readonly currency: Currency; readonly perUsd: bigint; readonly position: bigint };
};

/**
 * Whether the house would be too long in what it takes, or too short in what it gives.
 *
 * @param sides with the positions that the conversion leaves behind
 */
export function isOverExposed({ from, to }: Sides, maxUsdMicros: bigint): boolean {
  return (
    from.position > worthOf(maxUsdMicros, from.currency, from.perUsd) ||
    -to.position > worthOf(maxUsdMicros, to.currency, to.perUsd)
  );
}

/** Whether a rate may be quoted at a moment, or why not. */
export function stateOf(rate: RateRow | undefined, now: Date, { ratesMaxAgeMs }: FxRules): RateState {
  if (rate === undefined) return 'missing';
  if (rate.held) return 'held';
  return now.getTime() - rate.rated_at.getTime() > ratesMaxAgeMs ? 'stale' : 'good';
}

/** How every currency stands: its rate, and what the house is long or short in it. */
export async function standings(sql: Sql, now: Date, rules: FxRules): Promise<CurrencyStanding[]> {
  const [rates, positions] = await Promise.all([latestRates(sql, CURRENCIES), positionsIn(sql, CURRENCIES)]);
  return CURRENCIES.map((currency) => {
    const rate = rates.find((rate) => rate.currency === currency);
    const position = positions.get(currency) ?? 0n;
    const perUsd = rate && parsePerUsd(rate.per_usd);
    return {
      currency,
      state: stateOf(rate, now, rules),
      perUsd: rate?.per_usd,
      ratedAt: rate?.rated_at,
      position,
      exposureUsdMicros: perUsd === undefined ? undefined : usdMicrosOf({ minor: position, currency }, perUsd),
    };
  });
}
