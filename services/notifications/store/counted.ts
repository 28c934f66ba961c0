import type { UserId } from '#shared/ids.ts';
import { type Sql, statement, type Tx } from '#shared/sql.ts';

/** So many more in one window. */
export type Count = {
  readonly recipientId: UserId;
  readonly bucket: string;
  readonly windowStart: Date;
  readonly more: number;
};

const COUNT = statement(
  'notifications.count',
  `INSERT INTO notifications.counted AS known (recipient_id, channel, window_start, used)
   SELECT more.recipient_id, more.channel, more.window_start, more.used
   FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::integer[])
     AS more (recipient_id, channel, window_start, used)
   ORDER BY more.recipient_id, more.channel, more.window_start
   ON CONFLICT (recipient_id, channel, window_start) DO UPDATE SET used = known.used + excluded.used
   RETURNING known.recipient_id, known.channel, known.used`,
);
const PURGE = statement(
  'notifications.purge-counted',
  `DELETE FROM notifications.counted WHERE counted.ctid = ANY (ARRAY(
     SELECT old.ctid FROM notifications.counted AS old WHERE old.window_start < $1 LIMIT $2
   )) AND counted.window_start < $1 RETURNING 1`,
);

/** Counts, and answers what each bucket of each person has come to. The rows are held until the transaction ends. */
export async function count(tx: Tx, counts: readonly Count[]): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.rows<{ recipient_id: UserId; channel: string; used: number }>(COUNT, [
    counts.map((one) => one.recipientId),
    counts.map((one) => one.bucket),
    counts.map((one) => one.windowStart),
    counts.map((one) => one.more),
  ]);
  return new Map(rows.map((row) => [`${row.recipient_id} ${row.channel}`, row.used]));
}

/** @returns how many rows went */
export async function purgeCounted(sql: Sql, before: Date, limit: number): Promise<number> {
  return (await sql.rows(PURGE, [before, limit])).length;
}
