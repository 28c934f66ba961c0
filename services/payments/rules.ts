import { type Currency, type Money, parseMoney } from '#shared/money.ts';
import type { Country } from '#shared/regions.ts';
import { isAboveStepUpSum, STEP_UP_ABOVE, stepUpSum } from '#shared/step-up-sums.ts';

/** How much may leave a wallet in a day and in a calendar month of its owner, in minor units. */
export type WalletLimits = { readonly dayMax: bigint; readonly monthMax: bigint };

type LimitRule = {
  /** The home country that it is for; undefined for people at home elsewhere. */
  readonly country?: Country;
  readonly currency: Currency;
  /** The rule of the highest tier that someone has reached applies. */
  readonly tier: number;
  readonly daily: string;
  readonly monthly: string;
  /** The first day that it is in force. The latest one in force applies. */
  readonly from: string;
  readonly source: string;
};

const OURS = 'ours: no published figure for this tier; below what the banks of the country step up at';

/**
 * Limits by currency, home country and KYC tier. Law first; where we know no figure a cautious one of our own stands,
 * and says so. A change of law is a new line with its date, never an edit.
 */
const LIMITS: readonly LimitRule[] = [
  {
    currency: 'THB',
    tier: 0,
    daily: '50000',
    monthly: '200000',
    from: '2025-08-01',
    source: 'BOT 2025-08: lowest daily tier of mobile banking; month ours',
  },
  {
    currency: 'THB',
    tier: 1,
    daily: '200000',
    monthly: '1000000',
    from: '2025-08-01',
    source: 'BOT 2025-08: second daily tier; month ours',
  },
  { currency: 'THB', tier: 2, daily: '1000000', monthly: '5000000', from: '2025-08-01', source: OURS },
  { currency: 'SGD', tier: 0, daily: '1000', monthly: '5000', from: '2023-12-15', source: OURS },
  { currency: 'SGD', tier: 1, daily: '5000', monthly: '20000', from: '2023-12-15', source: OURS },
  {
    currency: 'SGD',
    tier: 2,
    daily: '20000',
    monthly: '100000',
    from: '2023-12-15',
    source: 'MAS 2023-12-15: at most S$100,000 out in 12 months, S$20,000 held; used as month and day',
  },
  {
    currency: 'IDR',
    tier: 0,
    daily: '2000000',
    monthly: '20000000',
    from: '2022-07-01',
    source: 'PBI 20/6/2018: an unregistered wallet holds at most Rp2m; month ours',
  },
  {
    currency: 'IDR',
    tier: 1,
    daily: '20000000',
    monthly: '40000000',
    from: '2022-07-01',
    source: 'PBI 20/6/2018: registered, Rp20m held, Rp40m a month',
  },
  { currency: 'MYR', tier: 0, daily: '1500', monthly: '5000', from: '2025-01-01', source: OURS },
  { currency: 'MYR', tier: 1, daily: '5000', monthly: '20000', from: '2025-01-01', source: OURS },
  { currency: 'MYR', tier: 2, daily: '20000', monthly: '100000', from: '2025-01-01', source: OURS },
  {
    currency: 'PHP',
    tier: 0,
    daily: '50000',
    monthly: '100000',
    from: '2023-03-02',
    source: 'BSP Circ. 649/2009: PHP 100,000 a month; day ours',
  },
  { currency: 'PHP', tier: 1, daily: '100000', monthly: '500000', from: '2023-03-02', source: OURS },
  {
    currency: 'VND',
    tier: 0,
    daily: '10000000',
    monthly: '50000000',
    from: '2024-07-01',
    source: 'Decision 2345: biometrics above VND 10m; month ours',
  },
  {
    currency: 'VND',
    tier: 1,
    daily: '20000000',
    monthly: '100000000',
    from: '2024-07-01',
    source: 'Decision 2345: VND 20m a day; Circ. 40/2024: VND 100m a month',
  },
  {
    currency: 'VND',
    tier: 2,
    daily: '100000000',
    monthly: '100000000',
    from: '2024-07-01',
    source: 'Circ. 40/2024: VND 100m a month',
  },
  { currency: 'USD', tier: 0, daily: '1500', monthly: '6000', from: '2025-01-01', source: OURS },
  { currency: 'USD', tier: 1, daily: '6000', monthly: '30000', from: '2025-01-01', source: OURS },
  { currency: 'USD', tier: 2, daily: '30000', monthly: '150000', from: '2025-01-01', source: OURS },
];

/** Whose wallet it is, as far as limits go. */
export type LimitFacts = { readonly country: Country; readonly kycTier: number; readonly currency: Currency };

/**
 * The limits in force for a wallet on a day (`2026-11-24`). A rule for the owner's home country goes before one for
 * everybody, a higher tier before a lower one, a later date before an earlier one.
 */
export function limitsOf(
  { country, kycTier, currency }: LimitFacts,
  day: string,
  rules: readonly LimitRule[] = LIMITS,
): WalletLimits {
  const [rule] = rules
    .filter((rule) => rule.currency === currency && rule.tier <= kycTier && rule.from <= day)
    .filter((rule) => rule.country === undefined || rule.country === country)
    .toSorted(
      (a, b) =>
        Number(b.country !== undefined) - Number(a.country !== undefined) ||
        b.tier - a.tier ||
        b.from.localeCompare(a.from),
    );
  // A wallet that no rule allows anything may receive, and nothing leaves it.
  if (rule === undefined) return { dayMax: 0n, monthMax: 0n };
  return { dayMax: minorOf(rule.daily, currency), monthMax: minorOf(rule.monthly, currency) };
}

/** An SMS code alone never moves money: the PIN is wanted for a large sum, and for someone never paid before. */
export function needsStepUp(money: Money, paidBefore: boolean): boolean {
  return !paidBefore || isAboveStepUpSum(money);
}

/**
 * The limits of someone on a new device, or with a new number: what may leave in a day without the PIN is all that may
 * leave, since PIN and phone may have been stolen together (BSP Circular 1213, NIST 800-63B).
 */
export function lowered({ dayMax, monthMax }: WalletLimits, currency: Currency): WalletLimits {
  const max = stepUpSum(currency);
  return { dayMax: dayMax < max ? dayMax : max, monthMax };
}

/** How much that is, for people to read. */
export function newDeviceMax(currency: Currency): string {
  return STEP_UP_ABOVE[currency];
}

function minorOf(amount: string, currency: Currency): bigint {
  const money = parseMoney(amount, currency);
  if (typeof money === 'string') throw new TypeError(`${amount} ${currency} ${money}`);
  return money.minor;
}
