import { type Sql, firstRow, statement } from '#shared/sql.ts';
import type { LetterKey, LetterStatus } from './letters.ts';

/** Letters of one reading. */
const PAGE_MAX = 1_000;

const COUNT = statement(
  'events.count-letters',
  `SELECT count(*)::int AS count, clock_timestamp()::text AS until FROM events.dead_letters AS dead
   WHERE ($1::text IS NULL OR dead.consumer_group = $1) AND dead.status = ANY ($2)`,
);
const PAGE = statement(
  'events.page-letters',
  `SELECT dead.consumer_group, dead.event_id, dead.failed_at::text AS failed_at FROM events.dead_letters AS dead
   WHERE ($1::text IS NULL OR dead.consumer_group = $1) AND dead.status = ANY ($2) AND dead.failed_at <= $3::timestamptz
     AND ($4::timestamptz IS NULL OR (dead.failed_at, dead.consumer_group, dead.event_id) > ($4, $5, $6::uuid))
   ORDER BY dead.failed_at, dead.consumer_group, dead.event_id LIMIT $7`,
);
const OUTCOME = statement(
  'events.outcome-of-replays',
  `SELECT count(*) FILTER (WHERE dead.status = 'asked')::int AS asked,
     count(*) FILTER (WHERE dead.status = 'replayed')::int AS replayed,
     count(*) FILTER (WHERE dead.status = 'waiting')::int AS failed
   FROM events.dead_letters AS dead
   WHERE ($1::text IS NULL OR dead.consumer_group = $1) AND dead.asked_by = $2 AND dead.asked_at >= $3::timestamptz`,
);

/** Which letters of a database, whatever their number. */
export type Choice = { readonly group?: string | undefined; readonly statuses: readonly LetterStatus[] };

/** How many there are, and the database's moment of that: those that fail later are no part of it. */
export async function countLetters(
  sql: Sql,
  { group, statuses }: Choice,
): Promise<{ readonly count: number; readonly until: string }> {
  return (await firstRow<{ count: number; until: string }>(sql, COUNT, [group ?? null, statuses]))!;
}

/** All of a choice that had failed by a moment, a page at a time, the oldest failure first; each once, whatever becomes of it. */
export async function* letterPages(
  sql: Sql,
  { group, statuses }: Choice,
  until: string,
  pageMax = PAGE_MAX,
): AsyncGenerator<readonly LetterKey[]> {
  type Row = { consumer_group: string; event_id: string; failed_at: string };
  let last: Row | undefined;
  do {
    const after = [last?.failed_at ?? null, last?.consumer_group ?? null, last?.event_id ?? null];
    const rows = await sql.rows<Row>(PAGE, [group ?? null, statuses, until, ...after, pageMax]);
    if (rows.length > 0) yield rows.map((row) => ({ group: row.consumer_group, eventId: row.event_id }));
    last = rows.length === pageMax ? rows.at(-1) : undefined;
  } while (last !== undefined);
}

/** What has become of the replays that somebody has asked for since a moment; `failed` ones wait again. */
export async function outcomeOfReplays(
  sql: Sql,
  group: string | undefined,
  by: string,
  since: string,
): Promise<{ readonly asked: number; readonly replayed: number; readonly failed: number }> {
  return (await firstRow<{ asked: number; replayed: number; failed: number }>(sql, OUTCOME, [
    group ?? null,
    by,
    since,
  ]))!;
}
