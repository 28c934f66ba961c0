import { AppError } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import { networkOf } from '#shared/network-of.ts';
import { SECOND } from '#shared/time.ts';
import type { Budgets, Spend, Standing } from '../ports.ts';
import { makeEstimatedBudgets } from './estimated-budgets.ts';
import { RATE_RULES, type RateClass, type RateRule, RELAXED_FACTOR } from './rate-classes.ts';

type Verdict =
  | { readonly allowed: true; readonly headers: RateHeaders }
  | { readonly allowed: false; readonly headers: RateHeaders; readonly retryAfterS: number };

/** draft-ietf-httpapi-ratelimit-headers-10: the quota and its window, then what is left of it. */
type RateHeaders = { readonly 'RateLimit-Policy': string; readonly RateLimit: string };

type Subject = { readonly userId: string | undefined; readonly ip: string };

export type RateLimiter = {
  /**
   * Draws one call from the budget of its class.
   *
   * @throws {AppError} UPSTREAM_UNAVAILABLE for `otp` and `money` while the counters are away
   */
  admit(rateClass: RateClass, subject: Subject): Verdict | Promise<Verdict>;
  close(): void;
};

type LimiterOptions = { readonly budgets: Budgets; readonly relaxed: boolean; readonly log: Log };

/** Holds each user, or each address for public calls, to the budget of the call's class. */
export function makeRateLimiter({ budgets, relaxed, log }: LimiterOptions): RateLimiter {
  const estimated = makeEstimatedBudgets(budgets, log);
  const factor = relaxed ? RELAXED_FACTOR : 1;

  async function admitExactly(rule: RateRule, rateClass: RateClass, spend: Spend): Promise<Verdict> {
    const spent = await budgets.spend([spend]).catch((error: unknown) => {
      if (rule.whenAway === 'refuse') throw error;
      return { allowed: true, standings: [{ remaining: spend.limit, resetMs: spend.windowMs }] } as const;
    });
    const full = { remaining: 0, resetMs: spend.windowMs };
    if (spent.allowed) return { allowed: true, headers: headersOf(rateClass, spend, spent.standings[0] ?? full) };
    const headers = headersOf(rateClass, spend, { remaining: 0, resetMs: spent.retryAfterS * SECOND });
    return { allowed: false, headers, retryAfterS: spent.retryAfterS };
  }

  return {
    admit(rateClass, { userId, ip }) {
      const rule = RATE_RULES[rateClass];
      const limit = (userId === undefined ? rule.perAddress : rule.perUser) * factor;
      const key = userId ?? networkOf(ip);
      const spend = { bucket: `http.${rateClass}`, key, limit, windowMs: rule.windowMs };
      if (rule.counting === 'exact') return admitExactly(rule, rateClass, spend);
      const { allowed, ...standing } = estimated.draw(spend);
      const headers = headersOf(rateClass, spend, standing);
      return allowed ? { allowed, headers } : { allowed, headers, retryAfterS: secondsOf(standing.resetMs) };
    },
    close: () => estimated.close(),
  };
}

/** The refusal that a verdict asks for. */
export function tooManyCalls(retryAfterS: number): AppError {
  return new AppError('RATE_LIMIT_EXCEEDED', { retryAfterS });
}

function headersOf(rateClass: RateClass, { limit, windowMs }: Spend, { remaining, resetMs }: Standing): RateHeaders {
  return {
    'RateLimit-Policy': `"${rateClass}";q=${limit};w=${windowMs / SECOND}`,
    RateLimit: `"${rateClass}";r=${remaining};t=${secondsOf(resetMs)}`,
  };
}

function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / SECOND));
}
