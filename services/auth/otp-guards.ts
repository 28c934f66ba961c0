import type { Country } from '#shared/regions.ts';
import { DAY, HOUR, MINUTE } from '#shared/time.ts';
import { OTP_BUDGETS, OTP_LIFE_MS, OTP_RESEND_AFTER_MS } from './rules.ts';

/** Millionths of a US dollar: a text costs a few cents, and providers price it in fractions of one. */
export type MicroDollars = bigint;

/** What operators decide about sending codes. */
export type OtpPolicy = {
  /** Where codes are sent to at all. */
  readonly countries: ReadonlySet<Country>;
  /** Codes an hour, per country. */
  readonly codesPerHour: number;
  readonly textPrices: Readonly<Record<Country, MicroDollars>>;
  /** What the texts of a country may cost in any 24 hours. Then no more are sent: the breaker. */
  readonly spendPerDay: MicroDollars;
  /** Multiplies every limit: 1, or more for load tests. */
  readonly factor: number;
};

/** Why a code was not sent, as `auth.ask_for_codes` says it; `gate` is Redis, which refuses without asking Postgres. */
export type OtpRefusal = 'gate' | 'locked' | 'resend' | 'phone' | 'address' | 'prefix' | 'country' | 'spend';
export type OtpAlarm = 'prefix_slowed' | 'country_full' | 'spend_stopped';
/** `idle`: right, and more than a code is wanted; see `ACCOUNT_IDLE`. */
export type OtpJudgement = 'absent' | 'locked' | 'wrong' | 'exhausted' | 'refused' | 'idle' | 'ok';

/** What is measured of codes. Nothing here names a person. */
export interface OtpMetrics {
  sent(country: Country, cost: MicroDollars): void;
  refused(country: Country, why: OtpRefusal): void;
  judged(country: Country, outcome: OtpJudgement): void;
  /** Something that ops should look at; an event and an audit entry tell of it as well. */
  alarmed(country: Country, alarm: OtpAlarm): void;
}

/** A prefix is slowed when of so many codes, counted over some hours, fewer than this share came back. */
const ASKED_MIN = 15;
export const VERIFIED_SHARE_MIN = 0.25;
const SLOWED_FOR_MS = 6 * HOUR;
/** In a slowed prefix: from one code to the next for a number, and codes an hour. */
const SLOWED_RESEND_MS = 10 * MINUTE;
const SLOWED_PREFIX_LIMIT = 5;

/**
 * Wrong guesses in a row, over however many codes, after which a number is refused for a day, or until its owner has
 * shown another factor. NIST SP 800-63B-4 section 3.2.2 allows no more.
 */
export const STRAIGHT_FAILURES_MAX = 100;
export const STRAIGHT_FAILURES_LOCK_MS = DAY;

/** The limits as `auth.ask_for_codes` takes them. */
export function guardRules({ factor }: OtpPolicy) {
  const { phone, address, prefix } = OTP_BUDGETS;
  const isRelaxed = factor > 1;
  return {
    resend_ms: isRelaxed ? 0 : OTP_RESEND_AFTER_MS,
    slowed_resend_ms: isRelaxed ? 0 : SLOWED_RESEND_MS,
    life_ms: OTP_LIFE_MS,
    phone: [phone.limit * factor, phone.windowMs],
    address: [address.limit * factor, address.windowMs],
    prefix: [prefix.limit * factor, prefix.windowMs],
    slowed_prefix: [SLOWED_PREFIX_LIMIT * factor, prefix.windowMs],
    country_ms: HOUR,
    spend_ms: DAY,
    // Counts fade from the first code on, so the fifteenth comes to a little less.
    asked_min: (ASKED_MIN - 0.5) * factor,
    verified_share: VERIFIED_SHARE_MIN,
    slow_ms: SLOWED_FOR_MS,
  };
}
