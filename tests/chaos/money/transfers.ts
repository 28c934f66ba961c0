import { LoadLog } from '#tests/chaos/load-log.ts';
import { startTransfers, transferFaults } from '#tests/chaos/transfer-load.ts';
import type { Arena } from '../faults/arena.ts';
import { booksAtRest } from '../faults/books-at-rest.ts';
import { strike } from '../faults/strike.ts';
import { type RunOptions, suffer } from '../faults/suffer.ts';
import type { Verdict } from '../verdict.ts';

const PAYERS = 8;
const BALANCE = '100000.00';

/**
 * Lets people pay each other while things go wrong, and compares what they were told with the ledger. Their step-up
 * lasts five minutes: whatever they ask for after that is refused.
 */
export async function runTransfers(arena: Arena, options: RunOptions): Promise<Verdict> {
  const startedAt = performance.now();
  const log = new LoadLog();
  const load = await startTransfers(await arena.town.residents(PAYERS, BALANCE), log);
  const succeeded = () => log.attempts('transfer').filter(({ outcome }) => outcome === 'ok').length;
  const { faults, mustBeZero } = await suffer((fault) => strike(arena, fault), options, succeeded);
  await load.stop();
  const outcomes = [...log.outcomes('transfer').values()];
  const wrong = await transferFaults(arena.database, log);
  const books = await booksAtRest(arena);
  return {
    counted: {
      acknowledged: outcomes.filter((outcome) => outcome === 'ok').length,
      'left unknown by their payers': outcomes.filter((outcome) => outcome === 'unknown').length,
      refused: outcomes.filter((outcome) => outcome === 'failed').length,
    },
    mustBeZero: { 'lost or doubled': wrong.length, ...mustBeZero, 'faults in the books': books.length },
    details: [...wrong, ...books],
    faults,
    tookMs: performance.now() - startedAt,
  };
}
