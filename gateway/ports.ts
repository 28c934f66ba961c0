import type { Caller } from '#shared/caller.ts';

/**
 * Who holds this access token.
 *
 * @throws {AppError} UNAUTHORIZED, TOKEN_EXPIRED or SESSION_REVOKED, which HTTP answers alike, so that a thief learns
 *   nothing; anything else is a fault of ours.
 */
export type Authenticate = (accessToken: string) => Promise<Caller>;

/** One budget that a call draws on: at most `limit` in any `windowMs`. */
export type Spend = {
  /** What is counted, such as `http.money`. */
  readonly bucket: string;
  /** Whose it is. Never stored as it is, so it may be an address. */
  readonly key: string;
  readonly limit: number;
  readonly windowMs: number;
  /** How much is drawn; one when not said. */
  readonly count?: number;
};

/** How a budget stands: what is left of it, and when the oldest of what was spent comes back. */
export type Standing = { readonly remaining: number; readonly resetMs: number };

type Spent =
  | { readonly allowed: true; readonly standings: readonly Standing[] }
  | {
      readonly allowed: false;
      readonly retryAfterS: number;
      /** What was left of each before it; none was drawn on. */
      readonly standings: readonly Standing[];
    };

/** Budgets shared by all processes. */
export interface Budgets {
  /**
   * Draws one from each budget, or nothing at all when one of them is used up.
   *
   * @throws {AppError} UPSTREAM_UNAVAILABLE when the counters do not answer within 250 ms; the caller decides what then.
   */
  spend(spends: readonly Spend[]): Promise<Spent>;
  /**
   * Counts what was already let through, however much that is, and tells how each budget stands now.
   *
   * @throws {AppError} UPSTREAM_UNAVAILABLE as above; nothing may then be assumed counted.
   */
  report(drawn: readonly (Spend & { readonly count: number })[]): Promise<readonly Standing[]>;
}

/** What the front tells of each request. `call` is the contract's name, so its values are few. */
export interface HttpMetrics {
  began(): void;
  ended(call: string, status: number, seconds: number): void;
}
