import type { Log } from '#shared/log.ts';
import { type Database, firstRow, statement } from '#shared/sql.ts';
import { MINUTE } from '#shared/time.ts';
import { type Loop, type Turn, startLoop } from './loop.ts';

/** Rows moved in one transaction: enough to make its fixed cost vanish, few enough to stay within milliseconds. */
const BATCH_MAX = 1_000;
/**
 * An event waits this long for its relay at most when nothing else is moved. Writers send no notice: `NOTIFY` makes every
 * commit of the database wait for one lock.
 */
const REST_MS = 15;
const CARE_EVERY_MS = 10 * MINUTE;
/** How long the log is kept, so that a new consumer, or one that lost its place, can read back. */
const LOG_KEPT_FOR = '7 days';
/** A group that is behind keeps the log so long, and no longer: one that is gone for good must not fill the disk. */
const LOG_KEPT_AT_MOST = '30 days';

const MOVE = statement('events.move', 'SELECT batch.* FROM events.move_outbox($1, $2, $3, $4) AS batch');
const CARE = statement('events.care-for-log', 'SELECT events.care_for_log($1::interval, $2::interval) AS dropped');

/** Where in the outbox there is nothing left to find: what the last batch said, for the next. */
type Floor = { readonly floor: bigint; readonly mark: bigint; readonly mark_id: string | null };
type Batch = Floor & { readonly moved: number; readonly lag_ms: number };

export type Relay = { stop(): Promise<void> };

type RelayOptions = {
  readonly database: Database;
  readonly log: Log;
  /** Told once each batch has been committed, with the age of its oldest event in milliseconds, by the database's clock. */
  readonly onMoved: (count: number, lagMs: number) => void;
};

/**
 * Moves committed events from the outbox to the log; see `events.move_outbox`, which does all of it in one call.
 *
 * Offsets are given out by one transaction at a time (an advisory lock held until commit), so a reader that asks for
 * what is beyond its last offset misses nothing, however the writers' transactions interleaved. Events of one aggregate
 * keep their order: its row lock made the second writer wait until the first had committed, and a batch is ordered by
 * the outbox position. A relay that dies leaves the rows where they were, or has moved them: nothing in between. Several may
 * run; whoever finds another one moving looks again a moment later.
 */
export function startRelay({ database, log, onMoved }: RelayOptions): Relay {
  let last: Floor = { floor: 0n, mark: 0n, mark_id: null };

  async function move(): Promise<Turn> {
    const batch = await firstRow<Batch>(database, MOVE, [BATCH_MAX, last.floor, last.mark, last.mark_id]);
    if (batch === undefined) return 'idle';
    last = batch;
    onMoved(batch.moved, batch.lag_ms);
    return batch.moved === BATCH_MAX ? 'busy' : 'idle';
  }

  const loops = [startLoop({ name: 'relay', turn: move, restMs: REST_MS, log }), startLogCare({ database, log })];
  return { stop: async () => void (await Promise.all(loops.map((loop) => loop.stop()))) };
}

/** Makes the parts of the log for the days to come, and forgets those that nobody needs. */
export function startLogCare({ database, log }: Pick<RelayOptions, 'database' | 'log'>): Loop {
  const turn = async (): Promise<Turn> => {
    const row = await firstRow<{ dropped: number }>(database, CARE, [LOG_KEPT_FOR, LOG_KEPT_AT_MOST]);
    if ((row?.dropped ?? 0) > 0) log.info({ days: row?.dropped }, 'the event log has forgotten old days');
    return 'idle';
  };
  return startLoop({ name: 'event-log-care', turn, restMs: CARE_EVERY_MS, log });
}
