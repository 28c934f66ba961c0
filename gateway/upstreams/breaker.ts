import { SECOND } from '#shared/time.ts';

/** Failures in a row that open the breaker. */
const FAILURES_MAX = 5;
const OPEN_FIRST_MS = SECOND;
const OPEN_MAX_MS = 30 * SECOND;

export type BreakerState = 'closed' | 'open' | 'half-open';

/**
 * Keeps calls away from an upstream that fails.
 *
 * - closed: calls go through; five failures in a row open it.
 * - open: no calls, for a second at first and twice as long each time, at most 30 s.
 * - half-open: after that, one call is let through. Its success closes the breaker, its failure opens it again.
 */
export class Breaker {
  readonly #now: () => number;
  /** In a row; 0 after any success. */
  #failures = 0;
  /** Times opened since it was last closed. */
  #openings = 0;
  /** Until when it is open; meaningless while `#openings` is 0. */
  #openUntil = 0;
  /** The one call of a half-open breaker is under way. */
  #probing = false;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get state(): BreakerState {
    if (this.#openings === 0) return 'closed';
    return this.#now() < this.#openUntil ? 'open' : 'half-open';
  }

  /** Whether a call may go through now; whoever got a yes reports how it went. */
  admits(): boolean {
    const { state } = this;
    if (state === 'closed') return true;
    if (state === 'open' || this.#probing) return false;
    this.#probing = true;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openings = 0;
    this.#probing = false;
  }

  failed(): void {
    this.#failures += 1;
    const reopens = this.state === 'half-open';
    this.#probing = false;
    if (!reopens && (this.#failures < FAILURES_MAX || this.state === 'open')) return;
    const openMs = Math.min(OPEN_FIRST_MS * 2 ** this.#openings, OPEN_MAX_MS);
    // Half of it is jitter, so that several gateways do not probe a struggling upstream as one.
    this.#openUntil = this.#now() + openMs / 2 + Math.random() * (openMs / 2);
    this.#openings += 1;
  }

  /** The call that was admitted ended without telling anything of the upstream, such as by its client leaving. */
  abandoned(): void {
    this.#probing = false;
  }
}
