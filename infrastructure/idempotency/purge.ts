import { type Sql, statement } from '#shared/sql.ts';
import { DAY } from '#shared/time.ts';

/** The contract keeps keys for 24 hours at least; a day more covers a client that was away for a day. */
const KEPT_MS = 2 * DAY;
/** Rows of one statement, so that it stays far from the statement timeout. */
const BATCH_MAX = 5_000;

const PURGE = statement(
  'http.purge-keys',
  `WITH old AS (
     SELECT stored.ctid FROM http.idempotency_keys AS stored
     WHERE stored.created_at < now() - make_interval(secs => $1 / 1000.0)
     ORDER BY stored.created_at LIMIT $2
   )
   DELETE FROM http.idempotency_keys AS stored USING old WHERE stored.ctid = old.ctid
   RETURNING 1 AS gone`,
);

/** Forgets keys older than two days, a batch at a time. Returns how many went; fewer than `batchMax` means all of them. */
export async function purgeIdempotencyKeys(sql: Sql, keptMs = KEPT_MS, batchMax = BATCH_MAX): Promise<number> {
  return (await sql.rows(PURGE, [keptMs, batchMax])).length;
}
