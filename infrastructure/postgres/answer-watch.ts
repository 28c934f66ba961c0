import { AppError } from '#shared/errors.ts';
import { SECOND } from '#shared/time.ts';

/** So long nothing at all has come from a server that is asked something, before it is asked whether it is there. */
const SUSPECT_AFTER_MS = 1.5 * SECOND;
/** A server that is there answers a new connection within this, however much it has to do. */
const ANSWER_WITHIN_MS = 1.5 * SECOND;
const LOOK_EVERY_MS = SECOND / 4;

/** A question that waits for its answer. */
type Waiting = { readonly since: number; giveUp: (reason: AppError) => void };

/**
 * Notices that a server has fallen silent: frozen, or cut off without a word, as a machine that hangs. Its connections
 * stand, so that nothing but the time tells it from a server that works on something long.
 *
 * - **Hearing**: questions are asked and answered. When one has waited for 1.5 seconds, and nothing was answered
 *   meanwhile, the server is **probed** on a connection of its own; an answer to that or to anything else within as long
 *   again means that it is only busy.
 * - **Silent**: all that waits is given up, and what comes is refused at once, until a probe is answered. What was given up
 *   may still be done when the server wakes, so its outcome is unknown to whoever asked.
 *
 * Owns no connections: what happens to that of a question which was given up is the caller's to decide.
 */
export class AnswerWatch {
  readonly #probe: () => Promise<boolean>;
  /** In the order in which they were asked. */
  readonly #waiting = new Set<Waiting>();
  readonly #timer: ReturnType<typeof setInterval>;
  #heardAt = performance.now();
  #isSilent = false;
  #isProbing = false;

  /** @param probe asks on a connection of its own whether the server is there; it takes a few seconds at most */
  constructor(probe: () => Promise<boolean>) {
    this.#probe = probe;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /**
   * Asks, and waits for the answer as long as the server is there.
   *
   * @param hasAnswered whether a failure is an answer of the server
   * @throws {AppError} UPSTREAM_UNAVAILABLE when it is silent, and whatever `question` throws
   */
  async ask<T>(question: () => Promise<T>, hasAnswered: (failure: unknown) => boolean): Promise<T> {
    this.refuseWhileSilent();
    const waiting: Waiting = { since: performance.now(), giveUp: () => undefined };
    const givenUp = new Promise<never>((_, reject) => (waiting.giveUp = reject));
    this.#waiting.add(waiting);
    try {
      const answer = await Promise.race([question(), givenUp]);
      this.#heardAt = performance.now();
      return answer;
    } catch (failure) {
      if (hasAnswered(failure)) this.#heardAt = performance.now();
      throw failure;
    } finally {
      this.#waiting.delete(waiting);
    }
  }

  /** @throws {AppError} UPSTREAM_UNAVAILABLE while the server is silent, for what needs a connection before it can ask */
  refuseWhileSilent(): void {
    if (this.#isSilent) throw silence();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    if (this.#isProbing) return;
    const [oldest] = this.#waiting;
    const quietSince = Math.max(this.#heardAt, oldest?.since ?? Infinity);
    if (!this.#isSilent && performance.now() - quietSince < SUSPECT_AFTER_MS) return;
    if (!this.#isSilent && oldest === undefined) return;
    this.#isProbing = true;
    void this.#ask().finally(() => (this.#isProbing = false));
  }

  async #ask(): Promise<void> {
    const askedAt = performance.now();
    const late = setTimeout(() => this.#fallSilentUnlessHeard(askedAt), ANSWER_WITHIN_MS);
    try {
      const isThere = await this.#probe().catch(() => false);
      if (!isThere) return this.#fallSilentUnlessHeard(askedAt);
      this.#isSilent = false;
      this.#heardAt = performance.now();
    } finally {
      clearTimeout(late);
    }
  }

  #fallSilentUnlessHeard(sinceMs: number): void {
    if (this.#heardAt > sinceMs) return;
    this.#isSilent = true;
    for (const { giveUp } of this.#waiting) giveUp(silence());
  }
}

function silence(): AppError {
  return new AppError('UPSTREAM_UNAVAILABLE', { message: 'The database does not answer', retryAfterS: 1 });
}
