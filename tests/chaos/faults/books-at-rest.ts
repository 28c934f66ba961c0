import { MINUTE } from '#shared/time.ts';
import { backlog, bookFaults } from '#tests/chaos/books.ts';
import { until } from '#tests/chaos/patience.ts';
import type { Arena } from './arena.ts';

const HANDLED_WITHIN_MS = 10 * MINUTE;

/** What is wrong with the audit chain, the ledger and the events, once every event was handled. */
export async function booksAtRest({ database }: Arena): Promise<string[]> {
  const isHandled = async () => (await backlog(database)) === 0;
  const faults: string[] = [];
  await until('every event is handled', isHandled, HANDLED_WITHIN_MS).catch((error: Error) => {
    faults.push(error.message);
  });
  return [...faults, ...(await bookFaults(database))];
}
