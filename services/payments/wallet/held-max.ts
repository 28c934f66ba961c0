import { AppError } from '#shared/errors.ts';
import { regionOf, type UserId } from '#shared/ids.ts';
import { type Currency, formatMoney, type Money, parseMoney } from '#shared/money.ts';
import { Country } from '#shared/regions.ts';
import { periodsAt } from '../calendar.ts';
import type { People } from '../ports.ts';
import type { LimitFacts } from '../rules.ts';

type HeldRule = {
  readonly country: Country;
  readonly currency: Currency;
  /** The rule of the highest tier that someone has reached applies. */
  readonly tier: number;
  /** The most that their wallet may hold, held sums included. */
  readonly max: string;
  /** The first day that it is in force. The latest one in force applies. */
  readonly from: string;
  readonly source: string;
};

/** Where the law caps what a wallet may hold. A change of law is a new line with its date, never an edit. */
const HELD: readonly HeldRule[] = [
  {
    country: 'SG',
    currency: 'SGD',
    tier: 0,
    max: '20000',
    from: '2023-12-15',
    source: 'MAS 2023-12-15: a personal e-wallet holds at most S$20,000',
  },
  {
    country: 'ID',
    currency: 'IDR',
    tier: 0,
    max: '2000000',
    from: '2018-05-04',
    source: 'PBI 20/6/2018: an unregistered wallet holds at most Rp2m',
  },
  {
    country: 'ID',
    currency: 'IDR',
    tier: 1,
    max: '20000000',
    from: '2022-07-01',
    source: 'PBI 20/6/2018, raised 2022-07-01: a registered wallet holds at most Rp20m',
  },
];

/** The most that a wallet may hold on a day (`2026-11-24`), in minor units; undefined where no law caps it. */
export function heldMaxOf(
  { country, kycTier, currency }: LimitFacts,
  day: string,
  rules: readonly HeldRule[] = HELD,
): bigint | undefined {
  const [rule] = rules
    .filter((rule) => rule.country === country && rule.currency === currency)
    .filter((rule) => rule.tier <= kycTier && rule.from <= day)
    .toSorted((a, b) => b.tier - a.tier || b.from.localeCompare(a.from));
  if (rule === undefined) return undefined;
  const money = parseMoney(rule.max, currency);
  if (typeof money === 'string') throw new TypeError(`${rule.max} ${currency} ${money}`);
  return money.minor;
}

/** The same at a moment, in the calendar of the owner's country. */
export function heldMaxAt(facts: LimitFacts, at: Date): bigint | undefined {
  return heldMaxOf(facts, periodsAt(at, facts.country).day);
}

/** The same for someone of whom only the id is known; asks for their tier only where it matters. */
export async function heldMaxFor(
  people: People,
  userId: UserId,
  currency: Currency,
  at: Date,
): Promise<bigint | undefined> {
  const home = Country.safeParse(regionOf(userId));
  if (!home.success || !HELD.some((rule) => rule.country === home.data && rule.currency === currency)) return undefined;
  const [person] = await people.find([userId]);
  return person === undefined ? undefined : heldMaxAt({ ...person, currency }, at);
}

/**
 * Refuses what its owner wants to put into a wallet beyond what it may hold.
 *
 * @throws {AppError} LIMIT_EXCEEDED
 */
export function assertMayHold(
  held: { readonly available: bigint; readonly held: bigint },
  { minor, currency }: Money,
  max: bigint | undefined,
): void {
  if (max === undefined || held.available + held.held + minor <= max) return;
  throw new AppError('LIMIT_EXCEEDED', {
    details: `This wallet may hold at most ${formatMoney({ minor: max, currency })} ${currency}`,
  });
}
