import type { UserId } from '#shared/ids.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';
import { PIN_LOCK_MS, PIN_TRIES_MAX } from './rules.ts';

const INSERT = statement(
  'auth.insert-pin',
  `INSERT INTO auth.pins (account_id, hash) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING pins.account_id`,
);
const REPLACE = statement(
  'auth.replace-pin',
  `UPDATE auth.pins SET hash = $2, wrong_tries = 0, locked_until = NULL, set_at = now() WHERE pins.account_id = $1`,
);
// A lock that has run out leaves a clean count. The last try locks before it is judged, so that what comes at the same
// time finds the PIN locked; a right one unlocks it again.
const COUNT_TRY = statement(
  'auth.count-pin-try',
  `UPDATE auth.pins SET
     wrong_tries = CASE WHEN pins.locked_until IS NULL THEN pins.wrong_tries + 1 ELSE 1 END,
     locked_until = CASE WHEN pins.locked_until IS NULL AND pins.wrong_tries + 1 = $2
       THEN clock_timestamp() + $3::bigint * interval '1 millisecond' END
   WHERE pins.account_id = $1 AND (pins.locked_until IS NULL OR pins.locked_until <= clock_timestamp())
   RETURNING pins.hash, pins.wrong_tries`,
);
const CLEAR_TRIES = statement(
  'auth.clear-pin-tries',
  'UPDATE auth.pins SET wrong_tries = 0, locked_until = NULL WHERE pins.account_id = $1 AND pins.hash = $2',
);
const READ_LOCK = statement(
  'auth.read-pin-lock',
  `SELECT ceil(extract(epoch FROM pins.locked_until - clock_timestamp()))::int AS locked_for_s
   FROM auth.pins WHERE pins.account_id = $1`,
);

/** The first PIN of an account; false when it has one. */
export async function insertPin(tx: Tx, userId: UserId, hash: string): Promise<boolean> {
  return (await firstRow(tx, INSERT, [userId, hash])) !== undefined;
}

export async function replacePin(tx: Tx, userId: UserId, hash: string): Promise<void> {
  await tx.rows(REPLACE, [userId, hash]);
}

export type CountedTry = { readonly hash: string; readonly isLast: boolean };

/** Counts a try before it is judged; undefined when the PIN is locked or there is none. */
export async function countTry(sql: Sql, userId: UserId): Promise<CountedTry | undefined> {
  const values = [userId, PIN_TRIES_MAX, PIN_LOCK_MS];
  const row = await firstRow<{ hash: string; wrong_tries: number }>(sql, COUNT_TRY, values);
  return row === undefined ? undefined : { hash: row.hash, isLast: row.wrong_tries === PIN_TRIES_MAX };
}

/** After a right try. Nothing happens when the PIN was changed in between. */
export async function clearTries(sql: Sql, userId: UserId, hash: string): Promise<void> {
  await sql.rows(CLEAR_TRIES, [userId, hash]);
}

/** Seconds until the PIN unlocks, zero when it is not locked; undefined when there is none. */
export async function readLock(sql: Sql, userId: UserId): Promise<number | undefined> {
  const row = await firstRow<{ locked_for_s: number | null }>(sql, READ_LOCK, [userId]);
  return row === undefined ? undefined : Math.max(0, row.locked_for_s ?? 0);
}
