import type { Call } from '#shared/http/call.ts';
import type { Country } from '#shared/regions.ts';
import { MINUTE } from '#shared/time.ts';

export type RateClass = Call['rate'];

export type RateRule = {
  /** Calls in any window by one user, for calls that need a token. */
  readonly perUser: number;
  /** Calls in any window from one address, for public calls. Carriers put many phones behind one, so these are wider. */
  readonly perAddress: number;
  /**
   * Calls in any window by everyone of one country together, for calls that need a token: what goes wrong in one country
   * leaves the others their share. Operators set other figures by RATE_LIMITS_BY_COUNTRY.
   */
  readonly perCountry: number;
  readonly windowMs: number;
  /**
   * `exact`: every call is counted in Redis before it is let through.
   * `estimated`: the process decides from what it knows and tells Redis a moment later, so that reads wait for nobody.
   */
  readonly counting: 'exact' | 'estimated';
  /** What happens while the counters are away: money and codes are not given out uncounted. */
  readonly whenAway: 'refuse' | 'admit';
};

/**
 * How much of each kind of call one user, one address and one country may make. These stop machines, not people; use
 * cases guard what is precious more tightly themselves, such as codes per phone number. docs/for-app-developers.md shows
 * them as a table, which a test compares.
 */
export const RATE_RULES: { readonly [Class in RateClass]: RateRule } = {
  otp: {
    perUser: 60,
    perAddress: 600,
    perCountry: 60_000,
    windowMs: 10 * MINUTE,
    counting: 'exact',
    whenAway: 'refuse',
  },
  money: {
    perUser: 600,
    perAddress: 600,
    perCountry: 300_000,
    windowMs: MINUTE,
    counting: 'exact',
    whenAway: 'refuse',
  },
  lookup: { perUser: 20, perAddress: 20, perCountry: 6_000, windowMs: MINUTE, counting: 'exact', whenAway: 'admit' },
  upload: { perUser: 60, perAddress: 600, perCountry: 30_000, windowMs: MINUTE, counting: 'exact', whenAway: 'admit' },
  write: {
    perUser: 1_200,
    perAddress: 2_400,
    perCountry: 1_200_000,
    windowMs: MINUTE,
    counting: 'estimated',
    whenAway: 'admit',
  },
  read: {
    perUser: 3_000,
    perAddress: 6_000,
    perCountry: 3_000_000,
    windowMs: MINUTE,
    counting: 'estimated',
    whenAway: 'admit',
  },
  webhook: {
    perUser: 6_000,
    perAddress: 6_000,
    perCountry: 3_000_000,
    windowMs: MINUTE,
    counting: 'estimated',
    whenAway: 'admit',
  },
};

/** What `RATE_LIMITS=relaxed` multiplies every budget by. */
export const RELAXED_FACTOR = 1_000;

/** Budgets of whole countries that differ from the rules: `ID.money` to calls in its window. */
export type CountryLimits = { readonly [Which in `${Country}.${RateClass}`]?: number };

/** What everyone of a country may do together of a class, in its window. */
export function countryLimit(rateClass: RateClass, country: Country, limits: CountryLimits): number {
  return limits[`${country}.${rateClass}`] ?? RATE_RULES[rateClass].perCountry;
}
