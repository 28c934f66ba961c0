import type { Consumer, EventBus } from '#shared/events/bus.ts';
import type { StoredEvent } from '#shared/events/event.ts';
import { AppError } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import { type Database, type Tx, firstRow, statement } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';
import { type Loop, type Turn, startLoop } from './loop.ts';

/** Events read and committed together. The transaction stays open while they are handled, so it is kept short. */
const BATCH_MAX = 200;
/** How soon a process sees what another one's relay wrote. The relay of the same process wakes it at once. */
const WATCH_MS = 25;
/** How often a group that is active in another process is tried, and a sleeping one looks by itself. */
const STANDBY_MS = SECOND;
/** Tries of one event before it is set aside as poison. */
const ATTEMPTS_MAX = 5;

/** Characters of a failure that are kept with a dead letter. */
const REASON_MAX = 1_000;

type LogRow = {
  readonly log_offset: bigint;
  readonly event_id: string;
  readonly type: string;
  readonly version: number;
  readonly aggregate_id: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly occurred_at: Date;
};

const REGISTER = statement(
  'events.register-group',
  'INSERT INTO events.places (consumer_group) VALUES ($1) ON CONFLICT DO NOTHING',
);
const CLAIM = statement(
  'events.claim-group',
  'SELECT places.log_offset FROM events.places WHERE places.consumer_group = $1 FOR UPDATE SKIP LOCKED',
);
const READ = statement(
  'events.read-log',
  `SELECT log.log_offset, log.event_id, log.type, log.version, log.aggregate_id, log.data, log.occurred_at
   FROM events.log WHERE log.log_offset > $1 ORDER BY log.log_offset LIMIT $2`,
);
const ADVANCE = statement(
  'events.advance-group',
  'UPDATE events.places SET log_offset = $2, updated_at = now() WHERE places.consumer_group = $1',
);
const BURY = statement(
  'events.bury',
  `INSERT INTO events.dead_letters (consumer_group, event_id, log_offset, reason)
   VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
);
const NEWEST = statement('events.newest', 'SELECT max(log.log_offset) AS newest FROM events.log');
const TYPES_SINCE = statement(
  'events.types-since',
  `SELECT coalesce(array_agg(DISTINCT fresh.type), '{}') AS types
   FROM events.log AS fresh WHERE fresh.log_offset > $1 AND fresh.log_offset <= $2`,
);

/** What has come to the log: up to which offset, and of which types. */
export type Moved = { readonly types: readonly string[]; readonly newest: bigint };

export type PostgresBus = EventBus & {
  /**
   * Looks for new events now instead of at the next tick. A group that wants none of the types that came is let sleep: it
   * passes over them when it looks by itself.
   *
   * @param moved what came; every group looks when not said
   */
  wake(moved?: Moved): void;
};

/** The bus over `events.log`: groups with a place each, advanced in the transaction of their effects. */
export function openPostgresBus({ database, log }: { database: Database; log: Log }): PostgresBus {
  const groups: { readonly loop: Loop; readonly types: ReadonlySet<string> }[] = [];
  /** The last offset that groups were woken for. Never goes back. */
  let newest: bigint | undefined;

  const wake = (moved?: Moved) => {
    if (moved !== undefined && (newest === undefined || moved.newest > newest)) newest = moved.newest;
    for (const { loop, types } of groups) {
      if (moved === undefined || moved.types.some((type) => types.has(type))) loop.wake();
    }
  };

  /** Wakes for what another process's relay has written. */
  async function lookAtLog(): Promise<void> {
    const row = await firstRow<{ newest: bigint | null }>(database, NEWEST);
    const seen = row?.newest ?? 0n;
    if (newest === undefined) {
      newest = seen;
      wake();
    } else if (seen > newest) {
      const fresh = await firstRow<{ types: readonly string[] }>(database, TYPES_SINCE, [newest, seen]);
      wake({ types: fresh?.types ?? [], newest: seen });
    }
  }

  const watch = startLoop({
    name: 'bus-watch',
    restMs: WATCH_MS,
    log,
    turn: async () => {
      await lookAtLog();
      return 'idle';
    },
  });

  return {
    wake,
    subscribe: (consumer) => {
      const turn = makeGroup(database, consumer, log);
      const loop = startLoop({ name: consumer.group, restMs: STANDBY_MS, log, turn });
      groups.push({ loop, types: new Set(consumer.types) });
    },
    close: async () => {
      await Promise.all([watch, ...groups.map(({ loop }) => loop)].map((loop) => loop.stop()));
    },
  };
}

/**
 * One group's turn: claim its place, read on, handle, advance, all in one transaction.
 *
 * After a failure it goes on one event at a time, so that the one at fault is found; that one is buried after
 * {@link ATTEMPTS_MAX} tries, unless the failure is that something cannot be reached, which is waited out.
 */
function makeGroup(database: Database, { group, types, handle }: Consumer, log: Log): () => Promise<Turn> {
  const wanted = new Set(types);
  const trouble = { attempts: 0, eventId: '', reason: '' };
  let registered = false;

  async function step(tx: Tx, batchMax: number): Promise<Turn> {
    const place = await firstRow<{ log_offset: bigint }>(tx, CLAIM, [group]);
    if (place === undefined) return 'idle';
    const read = await tx.rows<LogRow>(READ, [place.log_offset, batchMax]);
    const last = read.at(-1);
    if (last === undefined) return 'idle';
    const events = read.filter((row) => wanted.has(row.type));
    if (events.length > 0) await handleOrBury(tx, events);
    await tx.rows(ADVANCE, [group, last.log_offset]);
    return read.length === batchMax ? 'busy' : 'idle';
  }

  async function handleOrBury(tx: Tx, rows: LogRow[]): Promise<void> {
    const [first] = rows;
    if (
      first !== undefined &&
      rows.length === 1 &&
      trouble.eventId === first.event_id &&
      trouble.attempts >= ATTEMPTS_MAX
    ) {
      log.error(
        { group, eventId: first.event_id, type: first.type },
        'an event could not be handled and was set aside',
      );
      await tx.rows(BURY, [group, first.event_id, first.log_offset, trouble.reason]);
      return;
    }
    try {
      await handle(rows.map(toEvent), tx);
    } catch (error) {
      noteFailure(error, rows);
      throw error;
    }
  }

  function noteFailure(error: unknown, rows: LogRow[]): void {
    const waitedOut = error instanceof AppError && error.retryable && error.code !== 'INTERNAL';
    const [first] = rows;
    if (waitedOut || first === undefined) return;
    const again = rows.length === 1 && trouble.eventId === first.event_id;
    trouble.attempts = again ? trouble.attempts + 1 : 1;
    trouble.eventId = first.event_id;
    trouble.reason = (error instanceof Error ? error.message : String(error)).slice(0, REASON_MAX);
  }

  return async () => {
    if (!registered) await database.rows(REGISTER, [group]);
    registered = true;
    const cautious = trouble.attempts > 0;
    const found = await database.transaction((tx) => step(tx, cautious ? 1 : BATCH_MAX));
    trouble.attempts = 0;
    return cautious ? 'busy' : found;
  };
}

function toEvent(row: LogRow): StoredEvent {
  return {
    id: row.event_id,
    type: row.type,
    version: row.version,
    aggregateId: row.aggregate_id,
    occurredAt: row.occurred_at,
    data: row.data,
  };
}
