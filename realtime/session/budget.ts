import { MINUTE } from '#shared/time.ts';

/** How often a session may do something: `burst` at once, then `perMinute` sustained. */
export type Rate = { readonly burst: number; readonly perMinute: number };

/**
 * A budget of one session (the contract's "20 events at once and 100 a minute sustained").
 *
 * The generic cell rate algorithm: one number instead of a token count, and no fractions that add up to a refusal after
 * the very wait that was asked for. Time comes in as milliseconds of one monotonic clock.
 */
export class Budget {
  readonly #intervalMs: number;
  /** How far ahead of now the budget may be spent. */
  readonly #aheadMaxMs: number;
  /** When everything spent so far will have been earned at the sustained rate. */
  #earnedAtMs = Number.NEGATIVE_INFINITY;

  constructor({ burst, perMinute }: Rate) {
    this.#intervalMs = MINUTE / perMinute;
    this.#aheadMaxMs = (burst - 1) * this.#intervalMs;
  }

  /** Spends one and returns 0, or spends nothing and returns the milliseconds until there is one to spend. */
  take(nowMs: number): number {
    const earnedAtMs = Math.max(this.#earnedAtMs, nowMs);
    const waitMs = earnedAtMs - this.#aheadMaxMs - nowMs;
    if (waitMs > 0) return Math.ceil(waitMs);
    this.#earnedAtMs = earnedAtMs + this.#intervalMs;
    return 0;
  }
}
