import type { SessionId, UserId } from '#shared/ids.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';
import { MINUTE } from '#shared/time.ts';
import { STRAIGHT_FAILURES_MAX } from '../otp-guards.ts';
import { PENDING_FOR_MS } from './totp.ts';

const TRIES_MAX = 5;
/** Counted over all locks, like those of a PIN. */
const FAILURES_MAX = STRAIGHT_FAILURES_MAX;
export const SECOND_FACTOR_LOCK_MS = 15 * MINUTE;

const READ = statement(
  'auth.read-second-factor',
  `SELECT factor.sealed_secret IS NOT NULL AS is_enrolled, factor.enrolment_hash,
     factor.enrolment_until > clock_timestamp() AS enrolment_is_open,
     ceil(extract(epoch FROM factor.locked_until - clock_timestamp()))::int AS locked_for_s,
     factor.straight_failures >= $2 AS has_ended,
     (SELECT count(*)::int FROM auth.recovery_codes AS code
      WHERE code.account_id = factor.account_id AND code.used_at IS NULL) AS recovery_codes_left
   FROM auth.second_factors AS factor WHERE factor.account_id = $1`,
);
const IS_SHOWN = statement(
  'auth.is-second-factor-shown',
  'SELECT sessions.second_factor_at IS NOT NULL AS is_shown FROM auth.sessions WHERE sessions.id = $1',
);
const BEGIN = statement(
  'auth.begin-second-factor',
  `INSERT INTO auth.second_factors AS factor (account_id, sealed_pending, pending_until)
   VALUES ($1, $2, clock_timestamp() + $3::bigint * interval '1 millisecond')
   ON CONFLICT (account_id) DO UPDATE SET
     sealed_pending = excluded.sealed_pending, pending_until = excluded.pending_until`,
);
// Counted before it is judged, like a PIN: what comes at the same time gets no more than five tries.
const COUNT_TRY = statement(
  'auth.count-second-factor-try',
  `UPDATE auth.second_factors AS factor SET
     wrong_tries = CASE WHEN factor.locked_until IS NULL THEN factor.wrong_tries + 1 ELSE 1 END,
     locked_until = CASE WHEN factor.locked_until IS NULL AND factor.wrong_tries + 1 = $2
       THEN clock_timestamp() + $3::bigint * interval '1 millisecond' END,
     straight_failures = factor.straight_failures + 1
   WHERE factor.account_id = $1 AND (factor.locked_until IS NULL OR factor.locked_until <= clock_timestamp())
     AND factor.straight_failures < $4
   RETURNING factor.wrong_tries, factor.straight_failures = $4 AS is_end, factor.sealed_secret, factor.last_step,
     CASE WHEN factor.pending_until > clock_timestamp() THEN factor.sealed_pending END AS sealed_pending`,
);
// Of two that bring one code at once, the second finds the step taken.
const TAKE_STEP = statement(
  'auth.take-second-factor-step',
  `UPDATE auth.second_factors AS factor SET last_step = $2, wrong_tries = 0, locked_until = NULL,
     straight_failures = 0
   WHERE factor.account_id = $1 AND factor.last_step < $2 RETURNING factor.account_id`,
);
const CONFIRM = statement(
  'auth.confirm-second-factor',
  `UPDATE auth.second_factors AS factor SET
     sealed_secret = factor.sealed_pending, sealed_pending = NULL, pending_until = NULL, enrolment_hash = NULL,
     enrolment_until = NULL, last_step = $3, wrong_tries = 0, locked_until = NULL, straight_failures = 0
   WHERE factor.account_id = $1 AND factor.sealed_pending = $2 RETURNING factor.account_id`,
);
const REPLACE_RECOVERY = statement(
  'auth.replace-recovery-codes',
  `WITH old AS (
     DELETE FROM auth.recovery_codes AS code WHERE code.account_id = $1
   )
   INSERT INTO auth.recovery_codes (account_id, hash) SELECT $1, fresh.hash FROM unnest($2::bytea[]) AS fresh (hash)`,
);
const USE_RECOVERY = statement(
  'auth.use-recovery-code',
  `WITH used AS (
     UPDATE auth.recovery_codes AS code SET used_at = clock_timestamp()
     WHERE code.account_id = $1 AND code.hash = $2 AND code.used_at IS NULL RETURNING 1
   )
   UPDATE auth.second_factors AS factor SET wrong_tries = 0, locked_until = NULL, straight_failures = 0
   WHERE factor.account_id = $1 AND EXISTS (SELECT FROM used) RETURNING factor.account_id`,
);
const MARK_SHOWN = statement(
  'auth.mark-second-factor-shown',
  `UPDATE auth.sessions SET second_factor_at = clock_timestamp()
   WHERE sessions.id = $1 AND sessions.account_id = $2 AND sessions.revoked_at IS NULL AND sessions.expires_at > now()
   RETURNING sessions.limited_until, sessions.expires_at`,
);

export type SecondFactorRow = {
  readonly is_enrolled: boolean;
  readonly enrolment_hash: Uint8Array | null;
  readonly enrolment_is_open: boolean | null;
  readonly locked_for_s: number | null;
  /** It was wrong too often: only the role given anew ends that. */
  readonly has_ended: boolean;
  readonly recovery_codes_left: number;
};

export async function readSecondFactor(sql: Sql, userId: UserId): Promise<SecondFactorRow | undefined> {
  return await firstRow<SecondFactorRow>(sql, READ, [userId, FAILURES_MAX]);
}

export async function isShown(sql: Sql, sessionId: SessionId): Promise<boolean> {
  return (await firstRow<{ is_shown: boolean }>(sql, IS_SHOWN, [sessionId]))?.is_shown ?? false;
}

/** A secret that waits for its first code; the one before it waits no longer. */
export async function beginSecondFactor(sql: Sql, userId: UserId, sealed: Uint8Array): Promise<void> {
  await sql.rows(BEGIN, [userId, sealed, PENDING_FOR_MS]);
}

export type CountedTry = {
  readonly isLast: boolean;
  /** A wrong one locks it for good. */
  readonly isEnd: boolean;
  readonly secret: Uint8Array | undefined;
  readonly pending: Uint8Array | undefined;
};

type TryRow = {
  readonly wrong_tries: number;
  readonly is_end: boolean;
  readonly sealed_secret: Uint8Array | null;
  readonly sealed_pending: Uint8Array | null;
};

/** Undefined when it is locked, or there is none. */
export async function countTry(sql: Sql, userId: UserId): Promise<CountedTry | undefined> {
  const row = await firstRow<TryRow>(sql, COUNT_TRY, [userId, TRIES_MAX, SECOND_FACTOR_LOCK_MS, FAILURES_MAX]);
  if (row === undefined) return undefined;
  const { wrong_tries, is_end, sealed_secret, sealed_pending } = row;
  return {
    isLast: wrong_tries === TRIES_MAX,
    isEnd: is_end,
    secret: sealed_secret ?? undefined,
    pending: sealed_pending ?? undefined,
  };
}

/** False when a code of this step or a later one was taken before. */
export async function takeStep(tx: Tx, userId: UserId, step: number): Promise<boolean> {
  return (await firstRow(tx, TAKE_STEP, [userId, step])) !== undefined;
}

/** The pending secret becomes the secret; false when another one waits by now. */
export async function confirmSecret(tx: Tx, userId: UserId, pending: Uint8Array, step: number): Promise<boolean> {
  return (await firstRow(tx, CONFIRM, [userId, pending, step])) !== undefined;
}

export async function replaceRecoveryCodes(tx: Tx, userId: UserId, hashes: readonly Uint8Array[]): Promise<void> {
  await tx.rows(REPLACE_RECOVERY, [userId, hashes]);
}

/** False when there is no such code, or it was used. */
export async function useRecoveryCode(tx: Tx, userId: UserId, hash: Uint8Array): Promise<boolean> {
  return (await firstRow(tx, USE_RECOVERY, [userId, hash])) !== undefined;
}

/** Undefined when the session has ended meanwhile. */
export async function markShown(
  tx: Tx,
  sessionId: SessionId,
  userId: UserId,
): Promise<{ readonly limitedUntil: Date | undefined; readonly endsAt: Date } | undefined> {
  const row = await firstRow<{ limited_until: Date | null; expires_at: Date }>(tx, MARK_SHOWN, [sessionId, userId]);
  return row === undefined ? undefined : { limitedUntil: row.limited_until ?? undefined, endsAt: row.expires_at };
}
