import type { Consumer } from '#shared/events/bus.ts';
import type { StoredEvent } from '#shared/events/event.ts';
import { type Database, type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';
import type { Log } from '#shared/log.ts';
import { HOUR, MINUTE } from '#shared/time.ts';
import { type Loop, startLoop } from '../loop.ts';
import type { EventRecord } from './record.ts';

const CLAIM = statement(
  'kafka.claim-events',
  `INSERT INTO events.handled (consumer_group, event_id)
   SELECT $1, came.event_id FROM unnest($2::uuid[], $3::bigint[]) AS came (event_id, log_offset)
   WHERE came.log_offset IS NULL OR came.log_offset > coalesce(
     (SELECT places.log_offset FROM events.places WHERE places.consumer_group = $1), 0)
   ON CONFLICT DO NOTHING
   RETURNING handled.event_id`,
);
const SEEN = statement(
  'kafka.seen-events',
  'SELECT handled.event_id FROM events.handled WHERE handled.consumer_group = $1 AND handled.event_id = ANY ($2::uuid[])',
);
const ANY = statement(
  'kafka.any-handled',
  'SELECT 1 AS found FROM events.handled WHERE handled.consumer_group = $1 LIMIT 1',
);
const FORGET = statement(
  'kafka.forget-handled',
  `DELETE FROM events.handled WHERE (handled.consumer_group, handled.event_id) IN (
     SELECT old.consumer_group, old.event_id FROM events.handled AS old
     WHERE old.consumer_group = $1 AND old.event_id < $2::uuid ORDER BY old.event_id LIMIT $3
   ) RETURNING 1`,
);
const FOLLOW = statement(
  'kafka.follow-log',
  `WITH ahead AS (
     SELECT log.log_offset, log.event_id, log.type FROM events.log
     WHERE log.log_offset > (SELECT places.log_offset FROM events.places WHERE places.consumer_group = $1)
     ORDER BY log.log_offset LIMIT $3
   )
   UPDATE events.places SET updated_at = now(), log_offset = coalesce(
     (SELECT min(ahead.log_offset) - 1 FROM ahead
      WHERE ahead.type = ANY ($2::text[]) AND NOT EXISTS (
        SELECT FROM events.handled WHERE handled.consumer_group = $1 AND handled.event_id = ahead.event_id)),
     (SELECT max(ahead.log_offset) FROM ahead))
   WHERE places.consumer_group = $1 AND EXISTS (SELECT FROM ahead)
   RETURNING (SELECT count(*) FROM ahead)::int AS looked_at`,
);

/**
 * Marks events as handled by a group, in the transaction of their effects, and returns those that were not: neither marked
 * before, nor before the place that the group had come to in the log of Postgres. The group must be locked.
 */
export async function claimEvents(tx: Tx, group: string, records: readonly EventRecord[]): Promise<EventRecord[]> {
  const ids = records.map(({ event }) => event.id);
  const rows = await tx.rows<{ event_id: string }>(CLAIM, [
    group,
    ids,
    records.map(({ logOffset }) => logOffset ?? null),
  ]);
  if (rows.length === records.length) return [...records];
  // An event may have come twice in one batch: the first is it.
  const fresh = new Set(rows.map((row) => row.event_id));
  return records.filter(({ event }) => fresh.delete(event.id));
}

/** Whether a group has read anything from Kafka, as far back as that is known. */
export async function hasHandled(sql: Sql, group: string): Promise<boolean> {
  return (await firstRow(sql, ANY, [group])) !== undefined;
}

/**
 * A consumer on the log of Postgres that passes over what its group has handled from Kafka.
 *
 * @param options.mayCome whether some process may yet begin to hand it events from Kafka; otherwise a group that never read
 *   there is asked about once
 */
export function withoutHandled(consumer: Consumer, { mayCome }: { readonly mayCome: boolean }): Consumer {
  let isNeeded: boolean | undefined = mayCome ? true : undefined;
  return {
    ...consumer,
    handle: async (events, tx) => {
      isNeeded ??= await hasHandled(tx, consumer.group);
      const fresh = isNeeded ? await unseen(tx, consumer.group, events) : events;
      if (fresh.length > 0) await consumer.handle(fresh, tx);
    },
  };
}

async function unseen(tx: Tx, group: string, events: readonly StoredEvent[]): Promise<readonly StoredEvent[]> {
  const rows = await tx.rows<{ event_id: string }>(SEEN, [group, events.map(({ id }) => id)]);
  const seen = new Set(rows.map((row) => row.event_id));
  return events.filter(({ id }) => !seen.has(id));
}

const FORGET_EVERY_MS = 10 * MINUTE;
/** Kafka forgets whole segments, and clocks differ: what was handled is known for this much longer than Kafka may bring it. */
const MARGIN_MS = 72 * HOUR;
/** Rows that one step of upkeep touches at most. */
const STEP_ROWS_MAX = 10_000;

/**
 * Forgets that a group has handled what is older than `before`.
 *
 * @returns whether there is more to forget
 */
async function forgetHandled(sql: Sql, group: string, before: Date): Promise<boolean> {
  const rows = await sql.rows(FORGET, [group, firstIdOf(before), STEP_ROWS_MAX]);
  return rows.length === STEP_ROWS_MAX;
}

/**
 * Moves the place of a group in the log of Postgres to before the first event that it wants and has not handled from Kafka:
 * so the log need not be kept for it, and when it reads there again, it goes on from where it is.
 *
 * @returns whether there may be more to pass over
 */
export async function followLog(database: Database, { group, types }: Consumer): Promise<boolean> {
  const [row] = await database.rows<{ looked_at: number }>(FOLLOW, [group, types, STEP_ROWS_MAX]);
  return row?.looked_at === STEP_ROWS_MAX;
}

type ForgettingOptions = {
  readonly database: Database;
  readonly consumers: readonly Pick<Consumer, 'group'>[];
  /** How long topics keep events, in milliseconds. */
  readonly retentionMs: number;
  readonly log: Log;
};

/** Forgets what was handled once Kafka can bring it no more, whichever bus carries events by now. */
export function startForgetting({ database, consumers, retentionMs, log }: ForgettingOptions): Loop {
  return startLoop({
    name: 'forget-handled',
    restMs: FORGET_EVERY_MS,
    log,
    turn: async () => {
      const before = new Date(Date.now() - retentionMs - MARGIN_MS);
      let hasMore = false;
      for (const { group } of consumers) hasMore = (await forgetHandled(database, group, before)) || hasMore;
      return hasMore ? 'busy' : 'idle';
    },
  });
}

/** The least UUIDv7 of a moment. */
export function firstIdOf(at: Date): string {
  const hex = at.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
