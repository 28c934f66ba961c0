import type { Consumer } from '#shared/events/bus.ts';
import type { StoredEvent } from '#shared/events/event.ts';
import { type Database, type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';
import { lockGroup } from '../group-lock.ts';
import type { EventRecord } from './record.ts';
import { domainOf } from './topics.ts';

const UNHANDLED = statement('kafka.unhandled-events', 'SELECT events.unhandled($1, $2, $3) AS ids');
const MARK = statement(
  'kafka.mark-handled',
  `INSERT INTO events.handled (consumer_group, event_id) SELECT $1, came.id FROM unnest($2::uuid[]) AS came (id)
   ON CONFLICT DO NOTHING`,
);
const SEEN = statement(
  'kafka.seen-events',
  'SELECT handled.event_id FROM events.handled WHERE handled.consumer_group = $1 AND handled.event_id = ANY ($2::uuid[])',
);
const ANY = statement(
  'kafka.any-handled',
  'SELECT 1 AS found FROM events.handled WHERE handled.consumer_group = $1 LIMIT 1',
);
const FOLLOW = statement(
  'kafka.follow-log',
  `WITH ahead AS (
     SELECT log.log_offset, log.event_id, log.type FROM events.log
     WHERE log.log_offset > (SELECT places.log_offset FROM events.places WHERE places.consumer_group = $1)
     ORDER BY log.log_offset LIMIT $3
   )
   UPDATE events.places SET updated_at = now(), log_offset = greatest(places.log_offset, coalesce(
     (SELECT min(ahead.log_offset) - 1 FROM ahead
      WHERE (ahead.type = ANY ($2::text[])
          OR (split_part(ahead.type, '.', 1) = ANY ($4::text[]) AND ahead.type <> ALL ($5::text[])))
        AND NOT EXISTS (
        SELECT FROM events.handled WHERE handled.consumer_group = $1 AND handled.event_id = ahead.event_id)),
     (SELECT max(ahead.log_offset) FROM ahead)))
   WHERE places.consumer_group = $1 AND EXISTS (SELECT FROM ahead)
   RETURNING (SELECT count(*) FROM ahead)::int AS looked_at`,
);

/**
 * Makes this transaction the one that hands events to a group, and finds those of some records that the group has yet to
 * handle, each once.
 *
 * @returns undefined while another transaction hands events to the group
 */
export async function unhandled(
  tx: Tx,
  group: string,
  records: readonly EventRecord[],
): Promise<EventRecord[] | undefined> {
  const ids = records.map(({ event }) => event.id);
  const offsets = records.map(({ logOffset }) => logOffset ?? null);
  const row = await firstRow<{ ids: readonly string[] | null }>(tx, UNHANDLED, [group, ids, offsets]);
  if (row === undefined || row.ids === null) return undefined;
  const fresh = new Set(row.ids);
  return records.filter(({ event }) => fresh.delete(event.id));
}

/** Marks events as handled by a group, in the transaction of their effects. */
export async function markHandled(tx: Tx, group: string, records: readonly EventRecord[]): Promise<void> {
  await tx.rows(MARK, [group, records.map(({ event }) => event.id)]);
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

/** Events that one step looks at. */
const STEP_ROWS_MAX = 10_000;

/**
 * Moves the place of a group in the log of Postgres to before the first event that it wants and has not handled from Kafka:
 * so the log need not be kept for it, and when it reads there again, it goes on from where it is. It takes its turn with
 * those who hand the group events, one of which may read the log: a place never goes back.
 *
 * @returns whether there may be more to pass over
 */
export async function followLog(database: Database, { group, types, knows }: Consumer): Promise<boolean> {
  // Of a group that names what its build knows, what is unknown may be for it.
  const domains = knows === undefined ? [] : [...new Set(types.map(domainOf))];
  const [row] = await database.transaction(async (tx) => {
    await lockGroup(tx, group);
    return await tx.rows<{ looked_at: number }>(FOLLOW, [group, types, STEP_ROWS_MAX, domains, knows ?? []]);
  });
  return row?.looked_at === STEP_ROWS_MAX;
}
