import type { Log } from '#shared/log.ts';
import type { Moved } from './postgres-bus.ts';
import { type Database, type Tx, firstRow, statement } from '#shared/sql.ts';
import { HOUR, MINUTE } from '#shared/time.ts';
import { type Loop, type Turn, startLoop } from './loop.ts';

/** Rows moved in one transaction: enough to make its fixed cost vanish, few enough to stay within milliseconds. */
const BATCH_MAX = 1_000;
/** A message to another workflow or screen may wait this long for its relay when nothing wakes it. */
const REST_MS = 15;
const TRIM_EVERY_MS = 10 * MINUTE;
const TRIM_BATCH_MAX = 10_000;
/** How long the log is kept, so that a new consumer, or one that lost its place, can read back. */
const RETENTION_MS = 7 * 24 * HOUR;
/** Any fixed number: one relay moves at a time per database, the others stand by. */
const RELAY_LOCK = 7_241_002;

const PROBE = statement('events.probe-outbox', 'SELECT 1 AS found FROM events.outbox LIMIT 1');
const LOCK = statement('events.lock-relay', `SELECT pg_try_advisory_xact_lock(${RELAY_LOCK}) AS locked`);
const MOVE = statement(
  'events.move',
  `WITH claimed AS (
     DELETE FROM events.outbox
     WHERE outbox.position IN (SELECT next.position FROM events.outbox AS next ORDER BY next.position LIMIT $1)
     RETURNING outbox.*
   ), moved AS (
     INSERT INTO events.log (event_id, type, version, aggregate_id, data, occurred_at)
     SELECT claimed.event_id, claimed.type, claimed.version, claimed.aggregate_id, claimed.data, claimed.occurred_at
     FROM claimed ORDER BY claimed.position
     RETURNING log.log_offset, log.type
   )
   SELECT count(*)::int AS moved, (SELECT min(claimed.occurred_at) FROM claimed) AS oldest,
     max(moved.log_offset) AS newest, array_agg(DISTINCT moved.type) AS types
   FROM moved`,
);
const TRIM = statement(
  'events.trim-log',
  `DELETE FROM events.log WHERE log.log_offset IN (
     SELECT old.log_offset FROM events.log AS old
     WHERE old.log_offset <= (SELECT min(places.log_offset) FROM events.places)
     ORDER BY old.log_offset LIMIT $2
   ) AND log.occurred_at < $1`,
);

/** Without an oldest there was nothing to move. */
type Batch = Moved & { readonly moved: number; readonly oldest: Date | null };

export type Relay = { stop(): Promise<void> };

type RelayOptions = {
  readonly database: Database;
  readonly log: Log;
  /** Told once each batch has been committed, with the age of its oldest event in milliseconds. */
  readonly onMoved: (count: number, lagMs: number, moved: Moved) => void;
};

/**
 * Moves committed events from the outbox to the log.
 *
 * Offsets are given out by one transaction at a time (an advisory lock held until commit), so a reader that asks for
 * what is beyond its last offset misses nothing, however the writers' transactions interleaved. Events of one aggregate
 * keep their order: its row lock made the second writer wait until the first had committed, and a batch is ordered by
 * the outbox position. A crash before commit leaves the rows where they were.
 */
export function startRelay({ database, log, onMoved }: RelayOptions): Relay {
  async function move(tx: Tx): Promise<Batch | undefined> {
    const lock = await firstRow<{ locked: boolean }>(tx, LOCK);
    return lock?.locked === true ? await firstRow<Batch>(tx, MOVE, [BATCH_MAX]) : undefined;
  }

  async function turn(): Promise<Turn> {
    if ((await firstRow(database, PROBE)) === undefined) return 'idle';
    const batch = await database.transaction(move);
    if (batch === undefined || batch.oldest === null) return 'idle';
    const { moved, oldest, types, newest } = batch;
    onMoved(moved, Date.now() - oldest.getTime(), { types, newest });
    return moved === BATCH_MAX ? 'busy' : 'idle';
  }

  async function trim(): Promise<Turn> {
    await database.rows(TRIM, [new Date(Date.now() - RETENTION_MS), TRIM_BATCH_MAX]);
    return 'idle';
  }

  const loops: Loop[] = [
    startLoop({ name: 'relay', turn, restMs: REST_MS, log }),
    startLoop({ name: 'relay-trim', turn: trim, restMs: TRIM_EVERY_MS, log }),
  ];
  return { stop: async () => void (await Promise.all(loops.map((loop) => loop.stop()))) };
}
