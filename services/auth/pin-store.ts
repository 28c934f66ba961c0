import type { UserId } from '#shared/ids.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';
import { STRAIGHT_FAILURES_MAX } from './otp-guards.ts';
import { PIN_LOCK_MS, PIN_TRIES_MAX } from './rules.ts';

const INSERT = statement(
  'auth.insert-pin',
  `INSERT INTO auth.pins (account_id, hash) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING pins.account_id`,
);
const REPLACE = statement(
  'auth.replace-pin',
  `UPDATE auth.pins SET hash = $2, wrong_tries = 0, locked_until = NULL, straight_failures = 0, stranger_tries = 0,
     stranger_locked_until = NULL, stranger_failures = 0, set_at = now()
   WHERE pins.account_id = $1 AND pins.hash = coalesce($3, pins.hash) RETURNING pins.account_id`,
);
// A lock that has run out leaves a clean count. The last try locks before it is judged, so that what comes at the same
// time finds the PIN locked; a right one unlocks it again.
const COUNT_TRY = statement(
  'auth.count-pin-try',
  `UPDATE auth.pins SET
     wrong_tries = CASE WHEN pins.locked_until IS NULL THEN pins.wrong_tries + 1 ELSE 1 END,
     locked_until = CASE WHEN pins.locked_until IS NULL AND pins.wrong_tries + 1 = $2
       THEN clock_timestamp() + $3::bigint * interval '1 millisecond' END,
     straight_failures = pins.straight_failures + 1
   WHERE pins.account_id = $1 AND (pins.locked_until IS NULL OR pins.locked_until <= clock_timestamp())
     AND pins.straight_failures < $4
   RETURNING pins.hash, pins.wrong_tries = $2 AS is_last, pins.straight_failures = $4 AS is_end`,
);
const CLEAR_TRIES = statement(
  'auth.clear-pin-tries',
  `UPDATE auth.pins SET wrong_tries = 0, locked_until = NULL, straight_failures = 0, stranger_tries = 0,
     stranger_locked_until = NULL, stranger_failures = 0
   WHERE pins.account_id = $1 AND pins.hash = $2`,
);
const READ = statement(
  'auth.read-pin',
  `SELECT pins.hash, pins.straight_failures >= $2 AS has_ended,
     ceil(extract(epoch FROM pins.locked_until - clock_timestamp()))::int AS locked_for_s
   FROM auth.pins WHERE pins.account_id = $1`,
);

/** The first PIN of an account; false when it has one. */
export async function insertPin(tx: Tx, userId: UserId, hash: string): Promise<boolean> {
  return (await firstRow(tx, INSERT, [userId, hash])) !== undefined;
}

/** False when the account has no PIN, or by now another than `proven`, the hash of the one that may be replaced. */
export async function replacePin(tx: Tx, userId: UserId, hash: string, proven?: string): Promise<boolean> {
  return (await firstRow(tx, REPLACE, [userId, hash, proven ?? null])) !== undefined;
}

export type CountedTry = {
  readonly hash: string;
  /** A wrong one locks the PIN for an hour. */
  readonly isLast: boolean;
  /** A wrong one locks the PIN until another is set. */
  readonly isEnd: boolean;
};

type TryRow = { readonly hash: string; readonly is_last: boolean; readonly is_end: boolean };

/** Counts a try before it is judged; undefined when the PIN is locked or there is none. */
export async function countTry(sql: Sql, userId: UserId): Promise<CountedTry | undefined> {
  const row = await firstRow<TryRow>(sql, COUNT_TRY, [userId, PIN_TRIES_MAX, PIN_LOCK_MS, STRAIGHT_FAILURES_MAX]);
  return row === undefined ? undefined : { hash: row.hash, isLast: row.is_last, isEnd: row.is_end };
}

/** After a right try. Nothing happens when the PIN was changed in between. */
export async function clearTries(sql: Sql, userId: UserId, hash: string): Promise<void> {
  await sql.rows(CLEAR_TRIES, [userId, hash]);
}

export type PinState = {
  readonly hash: string;
  /** Zero when it is not locked. */
  readonly lockedForS: number;
  /** It was wrong too often: only another PIN ends that. */
  readonly hasEnded: boolean;
};

type PinRow = { readonly hash: string; readonly has_ended: boolean; readonly locked_for_s: number | null };

/** Undefined when there is no PIN. */
export async function readPin(sql: Sql, userId: UserId): Promise<PinState | undefined> {
  const row = await firstRow<PinRow>(sql, READ, [userId, STRAIGHT_FAILURES_MAX]);
  if (row === undefined) return undefined;
  return { hash: row.hash, lockedForS: Math.max(0, row.locked_for_s ?? 0), hasEnded: row.has_ended };
}
