import type { Log } from '#shared/log.ts';
import { type Database, type Tx, firstRow, statement } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';
import { bury } from '../dead-letters/letters.ts';
import { groupMetrics } from '../event-metrics.ts';
import { type Loop, type Turn, startLoop } from '../loop.ts';
import { countPublished } from './kafka-metrics.ts';
import { copyLog, hasUncopied, LOG_COPIER, registerCopier } from './log-copier.ts';
import { type Publisher, RefusedEvent } from './publisher.ts';
import type { EventRow } from './record.ts';
import { RELAY } from './refused.ts';

/** Rows published together and then removed: enough to make a round trip's cost vanish, few enough to stay within milliseconds. */
const BATCH_MAX = 1_000;
/** Batches of one transaction: its fixed cost is shared, and what a crash has published again stays little. */
const BATCHES_MAX = 8;
/** A transaction begins no other batch after this. */
const TRANSACTION_MS = SECOND;
/** An event waits this long for its relay at most when nothing else is moved. */
const REST_MS = 15;
/** The same lock that `events.move_outbox` takes: of all relays on a database, to the log or to Kafka, one moves at a time. */
const RELAY_LOCK = 7_241_002;

const PROBE = statement(
  'kafka.probe-outbox',
  'SELECT 1 AS found FROM events.outbox WHERE outbox.position > $1 ORDER BY outbox.position LIMIT 1',
);
/** The position is read before the id is taken. */
const MARK = statement(
  'kafka.mark-outbox',
  `SELECT positions.last_value AS position, pg_current_xact_id()::text AS xact_id,
     coalesce(pg_snapshot_xmin(pg_current_snapshot()) >= $1::xid8, false) AS settled
   FROM events.outbox_positions AS positions`,
);
/** A batch whose removal is lost with the server is published again, and consumers know it: it need not wait for the disk. */
const LOCK = statement(
  'kafka.lock-relay',
  `SELECT pg_try_advisory_xact_lock(${RELAY_LOCK}) AS locked, set_config('synchronous_commit', 'off', true)`,
);
const TAKE = statement(
  'kafka.take-outbox',
  `WITH taken AS (
     DELETE FROM events.outbox
     WHERE outbox.ctid = ANY (ARRAY(
       SELECT next.ctid FROM events.outbox AS next WHERE next.position > $2 ORDER BY next.position LIMIT $1))
     RETURNING outbox.*
   )
   SELECT taken.position, taken.event_id, taken.type, taken.version, taken.aggregate_id, taken.data::text AS data, taken.occurred_at
   FROM taken ORDER BY taken.position`,
);
type RelayOptions = {
  readonly database: Database;
  readonly publisher: Publisher;
  readonly log: Log;
  /** Told of each batch once it has gone, with the age of its oldest event in milliseconds. */
  readonly onMoved: (count: number, lagMs: number) => void;
};

/**
 * Moves committed events from the outbox to Kafka. A row goes when all brokers that must have its event have acknowledged it:
 * the transaction that removes it commits after that, so that a crash leaves it for the next relay, and Kafka may get
 * it twice. One batch is under way at a time, over all relays of the database, and a failed one is published again before
 * any other: so what comes first in a topic is in the order of the outbox, and what comes again comes later.
 *
 * While Kafka is away rows wait, and nobody who writes hears of it. What another relay has moved to the log of Postgres, as
 * before the bus was changed, goes to Kafka first.
 */
export function startKafkaRelay({ database, publisher, log, onMoved }: RelayOptions): Loop {
  let isRegistered = false;
  /** Whether the turn before left something behind. */
  let hasMore = false;
  let floor: Floor = { position: 0n };

  async function turn(): Promise<Turn> {
    if (!isRegistered) await registerCopier(database);
    isRegistered = true;
    if (!hasMore && (await firstRow(database, PROBE, [floor.position])) === undefined && !(await hasUncopied(database)))
      return 'idle';
    hasMore = false;
    const before = Date.now();
    const moved = await database.transaction(move);
    if (moved === undefined || moved.count === 0) return 'idle';
    onMoved(moved.count, Math.max(0, Date.now() - (moved.oldest?.getTime() ?? before)));
    countPublished(moved.count);
    ({ hasMore } = moved);
    floor = moved.floor ?? floor;
    return hasMore ? 'busy' : 'idle';
  }

  async function move(tx: Tx): Promise<Moved | undefined> {
    if ((await firstRow<{ locked: boolean }>(tx, LOCK))?.locked !== true) return undefined;
    const publish = publishOrBury(tx, publisher, log);
    if (await hasUncopied(tx)) {
      const rest = await copyLog(tx, publish);
      return rest && { count: rest.copied, oldest: undefined, hasMore: true };
    }
    return await moveBatches(tx, publish, floor);
  }

  return startLoop({ name: RELAY, turn, restMs: REST_MS, log });
}

/**
 * Where no row of the outbox will come to light again, so that nobody steps over the dead ones there. How a mark becomes the
 * floor is told where `events.move_outbox` does the same.
 */
type Floor = { readonly position: bigint; readonly mark?: { readonly position: bigint; readonly xactId: string } };

/** What one transaction has moved. Its floor holds once that has committed. */
type Moved = {
  readonly count: number;
  readonly oldest: Date | undefined;
  readonly hasMore: boolean;
  readonly floor?: Floor;
};

type TakenRow = EventRow & { readonly position: bigint };

/**
 * Takes batches from the outbox and publishes them, one after the other; the next is read while one is under way. All of them
 * are removed with one commit.
 */
async function moveBatches(tx: Tx, publish: Publisher['publish'], before: Floor): Promise<Moved> {
  type Marked = { position: bigint; xact_id: string; settled: boolean };
  const now = await firstRow<Marked>(tx, MARK, [before.mark?.xactId ?? null]);
  const mark = before.mark ?? (now && { position: now.position, xactId: now.xact_id });
  const isSettled = now?.settled === true;
  const take = () => tx.rows<TakenRow>(TAKE, [BATCH_MAX, before.position]);
  const until = performance.now() + TRANSACTION_MS;
  let rows = await take();
  const oldest = rows[0]?.occurred_at;
  let count = 0;
  for (let batch = 1; ; batch++) {
    const hasMore = rows.length === BATCH_MAX;
    const isLast = !hasMore || batch === BATCHES_MAX || performance.now() > until;
    const next = isLast ? undefined : take();
    // When publishing fails, what became of the reading is of no interest: all is taken back.
    next?.catch(() => undefined);
    if (rows.length > 0) await publish(rows);
    count += rows.length;
    if (next !== undefined) {
      rows = await next;
      continue;
    }
    const isPassed = mark !== undefined && isSettled && (!hasMore || rows.at(-1)!.position >= mark.position);
    const floor = isPassed ? { position: mark.position } : { position: before.position, ...(mark && { mark }) };
    return { count, oldest, hasMore, floor };
  }
}

/**
 * Copies the log of Postgres to Kafka while both buses are in use: whoever reads Postgres does not notice when Kafka is away.
 */
export function startLogCopier({ database, publisher, log }: Omit<RelayOptions, 'onMoved'>): Loop {
  let isRegistered = false;

  async function turn(): Promise<Turn> {
    if (!isRegistered) await registerCopier(database);
    isRegistered = true;
    if (!(await hasUncopied(database))) return 'idle';
    const done = await database.transaction((tx) => copyLog(tx, publishOrBury(tx, publisher, log)));
    countPublished(done?.copied ?? 0);
    return done?.hasMore ? 'busy' : 'idle';
  }

  return startLoop({ name: LOG_COPIER, turn, restMs: REST_MS, log });
}

/** Publishes, and sets aside what Kafka will never take: one event must not stop all those behind it. */
function publishOrBury(tx: Tx, publisher: Publisher, log: Log): Publisher['publish'] {
  return async (rows) => {
    for (let left = rows; ;) {
      try {
        return await publisher.publish(left);
      } catch (failure) {
        if (!(failure instanceof RefusedEvent)) throw failure;
        const { row } = failure;
        log.error({ eventId: row.event_id, type: row.type }, 'an event is too large for Kafka and was set aside');
        groupMetrics.dead(RELAY);
        const event = {
          id: row.event_id,
          type: row.type,
          version: row.version,
          aggregateId: row.aggregate_id,
          occurredAt: row.occurred_at,
          data: JSON.parse(row.data) as Record<string, unknown>,
        };
        await bury(tx, { group: RELAY, event, failure, attempts: 1 });
        left = left.filter((other) => other !== row);
      }
    }
  };
}
