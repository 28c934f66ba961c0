import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#shared/errors.ts';
import { type NewEvent, type Outbox, happened } from '#shared/events/event.ts';
import { MessagesAppended } from '#shared/events/messaging.ts';
import type { DialogId } from '#shared/ids.ts';
import type { Database } from '#shared/sql.ts';
import { type Appended, type NewMessage, appendMessages } from '../store/append.ts';

/**
 * Pauses before the second and third try. A lost connection leaves the outcome unknown, and asking again is safe: what
 * the first try stored is recognised by its client key and id.
 */
const RETRY_PAUSES_MS = [50, 250] as const;

/**
 * Appends a batch and writes one event per dialog, in one transaction.
 *
 * When the data of one message is at fault, which its schema should have kept out, the batch is tried one by one, so
 * that only that message fails.
 * @throws {AppError} UPSTREAM_UNAVAILABLE when the store could not be reached in three tries; the messages may be stored
 *   or not, and a repeat with the same client_id tells.
 */
export async function appendBatch(
  database: Database,
  outbox: Outbox,
  batch: readonly NewMessage[],
): Promise<readonly (Appended | AppError)[]> {
  try {
    return await persistently(() => commit(database, outbox, batch));
  } catch (error) {
    if (!isFaultOfData(error)) throw error;
    if (batch.length === 1) return [new AppError('INTERNAL', { cause: error })];
    const alone: (Appended | AppError)[] = [];
    for (const message of batch) alone.push(...(await appendBatch(database, outbox, [message])));
    return alone;
  }
}

function commit(database: Database, outbox: Outbox, batch: readonly NewMessage[]): Promise<Appended[]> {
  return database.transaction(async (tx) => {
    const outcomes = await appendMessages(tx, batch);
    await outbox.append(tx, { events: eventsOf(batch, outcomes) });
    return outcomes;
  });
}

/** The seqs that a commit gives out in one dialog have no gap, because it holds the dialog's row. */
function eventsOf(batch: readonly NewMessage[], outcomes: readonly Appended[]): NewEvent[] {
  const ranges = new Map<DialogId, { from: number; to: number }>();
  for (const [at, { outcome, seq }] of outcomes.entries()) {
    if (outcome !== 'appended') continue;
    const { dialogId } = batch[at]!;
    const range = ranges.get(dialogId);
    if (range === undefined) ranges.set(dialogId, { from: Number(seq), to: Number(seq) });
    else range.to = Number(seq);
  }
  return Array.from(ranges, ([dialogId, { from, to }]) =>
    happened(MessagesAppended, dialogId, { dialog_id: dialogId, from_seq: from, to_seq: to }),
  );
}

async function persistently<T>(attempt: () => Promise<T>): Promise<T> {
  for (const pauseMs of RETRY_PAUSES_MS) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'UPSTREAM_UNAVAILABLE')) throw error;
      await sleep(pauseMs);
    }
  }
  return await attempt();
}

/** SQLSTATE classes 22 (data exception) and 23 (integrity constraint). */
function isFaultOfData(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^2[23]/.test(error.code);
}
