import { type Currency, type Money, parseMoney } from '#shared/money.ts';
import type { Country } from '#shared/regions.ts';

type Threshold = {
  /** The home country of the sender that it is for; undefined for all others. */
  readonly country?: Country;
  readonly currency: Currency;
  /** From this sum on. */
  readonly amount: string;
  /** The first day that it is in force; the latest one in force applies. */
  readonly from: string;
  readonly source: string;
};

const FATF = 'FATF R.16: USD/EUR 1,000; a round sum of the currency below it, ours';

/**
 * From which sum on a transfer across a border is kept with who sent it to whom. A country's own figure goes before FATF's. A
 * change of law is a new line with its date, never an edit.
 */
const THRESHOLDS: readonly Threshold[] = [
  { currency: 'THB', amount: '30000', from: '2026-01-01', source: FATF },
  { currency: 'SGD', amount: '1200', from: '2026-01-01', source: FATF },
  { currency: 'IDR', amount: '15000000', from: '2026-01-01', source: FATF },
  { currency: 'MYR', amount: '4000', from: '2026-01-01', source: FATF },
  { currency: 'PHP', amount: '55000', from: '2026-01-01', source: FATF },
  { currency: 'VND', amount: '25000000', from: '2026-01-01', source: FATF },
  { currency: 'USD', amount: '1000', from: '2026-01-01', source: FATF },
  { country: 'SG', currency: 'SGD', amount: '1500', from: '2026-01-01', source: 'MAS PSN01/PSN02: S$1,500' },
  { country: 'PH', currency: 'PHP', amount: '50000', from: '2026-01-01', source: 'BSP Circ. 1108: PHP 50,000' },
];

type Home = { readonly country: Country };

/** The source of the rule by which a transfer is kept with its parties; undefined where none asks for it. */
export function travelRule(
  sender: Home,
  recipient: Home,
  { minor, currency }: Money,
  day: string,
  rules: readonly Threshold[] = THRESHOLDS,
): string | undefined {
  if (sender.country === recipient.country) return undefined;
  const [rule] = rules
    .filter((rule) => rule.currency === currency && rule.from <= day)
    .filter(({ country }) => country === undefined || country === sender.country)
    .toSorted(
      (a, b) => Number(b.country !== undefined) - Number(a.country !== undefined) || b.from.localeCompare(a.from),
    );
  return rule !== undefined && minor >= minorOf(rule) ? rule.source : undefined;
}

function minorOf({ amount, currency }: Threshold): bigint {
  const money = parseMoney(amount, currency);
  if (typeof money === 'string') throw new TypeError(`${amount} ${currency} ${money}`);
  return money.minor;
}
