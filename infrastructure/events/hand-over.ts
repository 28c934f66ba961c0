import { AppError } from '#shared/errors.ts';
import type { Consumer } from '#shared/events/bus.ts';
import type { StoredEvent } from '#shared/events/event.ts';
import { EventVersionUnknown } from '#shared/events/version-unknown.ts';
import type { Tx } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';

/** Tries of one event before it is set aside as poison. */
const ATTEMPTS_MAX = 5;
/** Less than what the server grants an idle transaction: what hangs fails as itself and not as a lost connection. */
const HANDLE_WITHIN_MS = 12 * SECOND;

/**
 * Hands events to a consumer within {@link HANDLE_WITHIN_MS}. One that goes on after that finds its transaction closed, which
 * may be another's by then.
 */
export async function handOver(
  handle: Consumer['handle'],
  events: readonly StoredEvent[],
  tx: Tx,
  withinMs = HANDLE_WITHIN_MS,
): Promise<void> {
  let isOver = false;
  const lent: Tx = {
    inTransaction: true,
    rows: async (query, values) => {
      if (isOver) throw new Error('The transaction in which these events were handed over has ended');
      return await tx.rows(query, values);
    },
  };
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Not handled within ${withinMs / SECOND} s`)), withinMs);
  try {
    await Promise.race([handle(events, lent), late]);
  } finally {
    clearTimeout(timer);
    isOver = true;
  }
}

/** Tries of an event that fails so: five, but for one from the future, which this build will never know. */
export function attemptsMax(failure: unknown): number {
  return failure instanceof EventVersionUnknown ? 1 : ATTEMPTS_MAX;
}

/** Whether a failure says that something cannot be reached: it is waited out, and no event is at fault. */
export function isAway(failure: unknown): boolean {
  return failure instanceof AppError && failure.retryable && failure.code !== 'INTERNAL';
}
