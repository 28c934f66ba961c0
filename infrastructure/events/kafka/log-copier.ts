import { type Database, type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';
import type { Publisher } from './publisher.ts';
import type { EventRow } from './record.ts';

/** The name under which the copying has its place in the log of Postgres. */
export const LOG_COPIER = 'kafka-copier';
/** Rows read and published together. */
const BATCH_MAX = 1_000;

const REGISTER = statement(
  'kafka.register-copier',
  `INSERT INTO events.places (consumer_group, log_offset)
   SELECT $1, coalesce(min(places.log_offset), 0) FROM events.places ON CONFLICT DO NOTHING`,
);
const UNREGISTER = statement(
  'kafka.unregister-copier',
  'DELETE FROM events.places WHERE places.consumer_group = $1 RETURNING places.log_offset',
);
const PROBE = statement(
  'kafka.probe-log',
  `SELECT log.log_offset FROM events.log
   WHERE log.log_offset > (SELECT places.log_offset FROM events.places WHERE places.consumer_group = $1) LIMIT 1`,
);
const CLAIM = statement(
  'kafka.claim-copier',
  'SELECT places.log_offset FROM events.places WHERE places.consumer_group = $1 FOR UPDATE SKIP LOCKED',
);
const PLACE = statement(
  'kafka.copier-place',
  'SELECT places.log_offset FROM events.places WHERE places.consumer_group = $1',
);
const GO_ON_AFTER = statement(
  'kafka.go-on-after',
  `INSERT INTO events.places (consumer_group, log_offset) VALUES ($1, $2)
   ON CONFLICT (consumer_group) DO UPDATE
   SET log_offset = greatest(places.log_offset, excluded.log_offset), updated_at = now()`,
);
const READ = statement(
  'kafka.read-log',
  `SELECT log.log_offset, log.event_id, log.type, log.version, log.aggregate_id, log.data::text AS data, log.occurred_at
   FROM events.log WHERE log.log_offset > $1 ORDER BY log.log_offset LIMIT $2`,
);
const ADVANCE = statement(
  'kafka.advance-copier',
  'UPDATE events.places SET log_offset = $2, updated_at = now() WHERE places.consumer_group = $1',
);
/**
 * Gives the copying a place in the log, if it has none: where the group that is furthest behind stands, so that Kafka has
 * all that any group has yet to read.
 */
export async function registerCopier(database: Database): Promise<void> {
  await database.rows(REGISTER, [LOG_COPIER]);
}

/** Ends the copying: the log need not be kept for it any more. */
export async function unregisterCopier(database: Database): Promise<void> {
  await database.rows(UNREGISTER, [LOG_COPIER]);
}

/** Whether the log holds events that have not been copied. Cheap enough to ask all the time. */
export async function hasUncopied(sql: Sql): Promise<boolean> {
  return (await firstRow(sql, PROBE, [LOG_COPIER])) !== undefined;
}

/**
 * Copies the next events of the log to Kafka, and moves the place once Kafka has them.
 *
 * @returns how many, and whether there may be more; undefined when another process is at it
 */
export async function copyLog(
  tx: Tx,
  publish: Publisher['publish'],
): Promise<{ readonly copied: number; readonly hasMore: boolean } | undefined> {
  const place = await firstRow<{ log_offset: bigint }>(tx, CLAIM, [LOG_COPIER]);
  if (place === undefined) return undefined;
  const rows = await tx.rows<EventRow & { log_offset: bigint }>(READ, [place.log_offset, BATCH_MAX]);
  const last = rows.at(-1);
  if (last === undefined) return { copied: 0, hasMore: false };
  await publish(rows);
  await tx.rows(ADVANCE, [LOG_COPIER, last.log_offset]);
  return { copied: rows.length, hasMore: rows.length === BATCH_MAX };
}

/** Up to where the log has been copied to Kafka. */
export async function copiedUpTo(sql: Sql): Promise<bigint> {
  return (await firstRow<{ log_offset: bigint }>(sql, PLACE, [LOG_COPIER]))?.log_offset ?? 0n;
}

/** Has a group go on in the log after `offset`, if it is not further already. */
export async function goOnAfter(sql: Sql, group: string, offset: bigint): Promise<void> {
  await sql.rows(GO_ON_AFTER, [group, offset]);
}
