import type { Call } from '#shared/http/call.ts';
import { MINUTE } from '#shared/time.ts';

export type RateClass = Call['rate'];

export type RateRule = {
  /** Calls in any window by one user, for calls that need a token. */
  readonly perUser: number;
  /** Calls in any window from one address, for public calls. Carriers put many phones behind one, so these are wider. */
  readonly perAddress: number;
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
 * How much of each kind of call one user or address may make. These stop machines, not people; use cases guard what
 * is precious more tightly themselves, such as codes per phone number.
 */
export const RATE_RULES: { readonly [Class in RateClass]: RateRule } = {
  otp: { perUser: 60, perAddress: 600, windowMs: 10 * MINUTE, counting: 'exact', whenAway: 'refuse' },
  money: { perUser: 600, perAddress: 600, windowMs: MINUTE, counting: 'exact', whenAway: 'refuse' },
  lookup: { perUser: 20, perAddress: 20, windowMs: MINUTE, counting: 'exact', whenAway: 'admit' },
  upload: { perUser: 60, perAddress: 600, windowMs: MINUTE, counting: 'exact', whenAway: 'admit' },
  write: { perUser: 1_200, perAddress: 2_400, windowMs: MINUTE, counting: 'estimated', whenAway: 'admit' },
  read: { perUser: 3_000, perAddress: 6_000, windowMs: MINUTE, counting: 'estimated', whenAway: 'admit' },
  webhook: { perUser: 6_000, perAddress: 6_000, windowMs: MINUTE, counting: 'estimated', whenAway: 'admit' },
};

/** What `RATE_LIMITS=relaxed` multiplies every budget by. */
export const RELAXED_FACTOR = 1_000;
