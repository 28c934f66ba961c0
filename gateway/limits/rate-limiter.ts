import { AppError } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import { networkOf } from '#shared/network-of.ts';
import type { Country } from '#shared/regions.ts';
import { SECOND } from '#shared/time.ts';
import type { Budgets, Spend, Standing } from '../ports.ts';
import { makeEstimatedBudgets } from './estimated-budgets.ts';
import {
  countryLimit,
  type CountryLimits,
  RATE_RULES,
  type RateClass,
  type RateRule,
  RELAXED_FACTOR,
} from './rate-classes.ts';

type Verdict =
  | { readonly allowed: true; readonly headers: RateHeaders }
  | { readonly allowed: false; readonly headers: RateHeaders; readonly retryAfterS: number };

/** draft-ietf-httpapi-ratelimit-headers-10: the quota and its window, then what is left of it. */
type RateHeaders = { readonly 'RateLimit-Policy': string; readonly RateLimit: string };

/** Who calls: a user of a country, or for public calls an address. */
export type Subject =
  | { readonly userId: string; readonly country: Country; readonly ip: string }
  | { readonly userId: undefined; readonly ip: string };

export type RateLimiter = {
  /**
   * Draws one call from the budget of its class, of the caller and of the caller's country.
   *
   * @throws {AppError} UPSTREAM_UNAVAILABLE for `otp` and `money` while the counters are away
   */
  admit(rateClass: RateClass, subject: Subject): Verdict | Promise<Verdict>;
  close(): void;
};

type LimiterOptions = {
  readonly budgets: Budgets;
  readonly relaxed: boolean;
  /** The setting RATE_LIMITS_BY_COUNTRY. */
  readonly byCountry?: CountryLimits;
  readonly log: Log;
};

/** A budget, and what it is called in the headers. */
type Policy = Spend & { readonly name: string };

/**
 * Holds each user, or each address for public calls, to the budget of the call's class, and everyone of a country to
 * that of the country. The headers show the caller's own budget, and the country's only when that is what refuses.
 */
export function makeRateLimiter({ budgets, relaxed, byCountry = {}, log }: LimiterOptions): RateLimiter {
  const estimated = makeEstimatedBudgets(budgets, log);
  const factor = relaxed ? RELAXED_FACTOR : 1;

  /** The caller's own first. */
  function policiesOf(rateClass: RateClass, subject: Subject): readonly [Policy, ...Policy[]] {
    const { perUser, perAddress, windowMs } = RATE_RULES[rateClass];
    const bucket = `http.${rateClass}`;
    if (subject.userId === undefined) {
      const key = networkOf(subject.ip);
      return [{ name: rateClass, bucket, key, limit: perAddress * factor, windowMs }];
    }
    const { userId, country } = subject;
    const limit = countryLimit(rateClass, country, byCountry) * factor;
    return [
      { name: rateClass, bucket, key: userId, limit: perUser * factor, windowMs },
      { name: `${rateClass}-country`, bucket: `${bucket}.country`, key: country, limit, windowMs },
    ];
  }

  async function admitExactly(rule: RateRule, policies: readonly [Policy, ...Policy[]]): Promise<Verdict> {
    const [own] = policies;
    const spent = await budgets.spend(policies).catch((error: unknown) => {
      if (rule.whenAway === 'refuse') throw error;
      const standings = policies.map(({ limit, windowMs }) => ({ remaining: limit, resetMs: windowMs }));
      return { allowed: true, standings } as const;
    });
    if (spent.allowed) return { allowed: true, headers: headersOf(own, spent.standings[0]!) };
    const place = spent.standings.findIndex(({ remaining }) => remaining === 0);
    return refusal(policies[place] ?? own, { remaining: 0, resetMs: spent.retryAfterS * SECOND });
  }

  function admitByEstimate([own, ...others]: readonly [Policy, ...Policy[]]): Verdict {
    const { allowed, ...standing } = estimated.draw(own);
    if (!allowed) return refusal(own, standing);
    for (const other of others) {
      const drawn = estimated.draw(other);
      if (!drawn.allowed) return refusal(other, drawn);
    }
    return { allowed, headers: headersOf(own, standing) };
  }

  return {
    admit(rateClass, subject) {
      const rule = RATE_RULES[rateClass];
      const policies = policiesOf(rateClass, subject);
      return rule.counting === 'exact' ? admitExactly(rule, policies) : admitByEstimate(policies);
    },
    close: () => estimated.close(),
  };
}

/** The refusal that a verdict asks for. */
export function tooManyCalls(retryAfterS: number): AppError {
  return new AppError('RATE_LIMIT_EXCEEDED', { retryAfterS });
}

function refusal(policy: Policy, standing: Standing): Verdict {
  return { allowed: false, headers: headersOf(policy, standing), retryAfterS: secondsOf(standing.resetMs) };
}

function headersOf({ name, limit, windowMs }: Policy, { remaining, resetMs }: Standing): RateHeaders {
  return {
    'RateLimit-Policy': `"${name}";q=${limit};w=${windowMs / SECOND}`,
    RateLimit: `"${name}";r=${remaining};t=${secondsOf(resetMs)}`,
  };
}

function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / SECOND));
}
