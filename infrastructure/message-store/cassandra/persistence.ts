import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#shared/errors.ts';

/** Moves that may fail in a row, because other nodes came first or an outcome is unknown. */
const TRIES_MAX = 16;
const PAUSE_FIRST_MS = 2;
const PAUSE_MAX_MS = 100;

/**
 * Counts the moves that fail in a row, and waits before the next one: not at all after the first, then a random time
 * that doubles, so that nodes that collided part.
 */
export class Persistence {
  #failed = 0;

  succeeded(): void {
    this.#failed = 0;
  }

  /**
   * Answers whether it waited: what was known before is then likely out of date, and a move from it would fail again.
   * @throws {AppError} UPSTREAM_UNAVAILABLE after {@link TRIES_MAX} failures in a row.
   */
  async failed(): Promise<boolean> {
    this.#failed += 1;
    if (this.#failed === TRIES_MAX) throw new AppError('UPSTREAM_UNAVAILABLE');
    if (this.#failed === 1) return false;
    await sleep(Math.random() * Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** this.#failed));
    return true;
  }
}
