import type { Currency } from '#shared/money.ts';

/** What the house takes: a margin inside the rate, and a fee on top of the sum, in hundredths of a per cent. */
export type Terms = { readonly marginBps: bigint; readonly feeBps: bigint };

type TermsRule = {
  /** Both ways between these two; undefined for every pair. */
  readonly pair?: readonly [Currency, Currency];
  readonly marginBps: bigint;
  readonly feeBps: bigint;
  /** The first day that it is in force. The latest one in force applies. */
  readonly from: string;
  readonly source: string;
};

const OURS = 'ours: covers how far a rate may move while a quote stands, and what hedging the pair costs';

/** A change of terms is a new line with its date, never an edit. */
const TERMS: readonly TermsRule[] = [
  { marginBps: 60n, feeBps: 40n, from: '2026-01-01', source: OURS },
  { pair: ['SGD', 'USD'], marginBps: 35n, feeBps: 40n, from: '2026-01-01', source: OURS },
  { pair: ['THB', 'USD'], marginBps: 40n, feeBps: 40n, from: '2026-01-01', source: OURS },
  { pair: ['MYR', 'SGD'], marginBps: 45n, feeBps: 40n, from: '2026-01-01', source: OURS },
  // Both are traded on shore only, against the dollar.
  { pair: ['IDR', 'VND'], marginBps: 120n, feeBps: 40n, from: '2026-01-01', source: OURS },
];

/** The largest margin that a quote may have, whatever is added to it: one tenth. */
const MARGIN_MAX_BPS = 1_000n;

/**
 * The terms in force between two currencies on a day (`2026-11-24`). A rule for the pair goes before the one for all.
 *
 * @param extraBps added to the margin, for wild days (FX_EXTRA_MARGIN_BPS)
 */
export function termsOf(
  from: Currency,
  to: Currency,
  day: string,
  extraBps: bigint,
  rules: readonly TermsRule[] = TERMS,
): Terms {
  const [rule] = rules
    .filter((rule) => rule.from <= day)
    .filter(({ pair }) => pair === undefined || (pair.includes(from) && pair.includes(to)))
    .toSorted((a, b) => Number(b.pair !== undefined) - Number(a.pair !== undefined) || b.from.localeCompare(a.from));
  if (rule === undefined) throw new Error(`there are no terms between ${from} and ${to} on ${day}`);
  const margin = rule.marginBps + extraBps;
  return { marginBps: margin < MARGIN_MAX_BPS ? margin : MARGIN_MAX_BPS, feeBps: rule.feeBps };
}
