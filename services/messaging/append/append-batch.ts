import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#shared/errors.ts';
import type { Database } from '#shared/sql.ts';
import type { Appended, NewMessage } from '../store/append.ts';
import type { MessageStore } from '../store/message-store.ts';

/**
 * Pauses before the second and third try. A lost connection leaves the outcome unknown, and asking again is safe: what
 * the first try stored is recognised by its client key and id.
 */
const RETRY_PAUSES_MS = [50, 250] as const;

/**
 * Appends a batch, which writes one event per dialog in the same transaction.
 *
 * When the data of one message is at fault, which its schema should have kept out, the batch is tried one by one, so
 * that only that message fails.
 * @throws {AppError} UPSTREAM_UNAVAILABLE when the store could not be reached in three tries; the messages may be stored
 *   or not, and a repeat with the same client_id tells.
 */
export async function appendBatch(
  store: MessageStore,
  database: Database,
  batch: readonly NewMessage[],
): Promise<readonly (Appended | AppError)[]> {
  try {
    return await persistently(() => store.append(database, batch));
  } catch (error) {
    if (!isFaultOfData(error)) throw error;
    if (batch.length === 1) return [new AppError('INTERNAL', { cause: error })];
    const alone: (Appended | AppError)[] = [];
    for (const message of batch) alone.push(...(await appendBatch(store, database, [message])));
    return alone;
  }
}

async function persistently<T>(attempt: () => Promise<T>): Promise<T> {
  for (const pauseMs of RETRY_PAUSES_MS) {
    try {
      return await attempt();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await sleep(pauseMs);
    }
  }
  return await attempt();
}

/** The store could not be reached, or this batch was the victim of a deadlock (SQLSTATE 40P01) and stored nothing. */
function isPassing(error: unknown): boolean {
  if (error instanceof AppError) return error.code === 'UPSTREAM_UNAVAILABLE';
  return error instanceof Error && 'code' in error && error.code === '40P01';
}

/** SQLSTATE classes 22 (data exception) and 23 (integrity constraint). */
function isFaultOfData(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^2[23]/.test(error.code);
}
