import type { NotificationId } from '#shared/ids.ts';
import { firstRow, type Sql, statement } from '#shared/sql.ts';
import type { Handed } from '../ports.ts';

export type AttemptState = 'sending' | 'unknown' | 'accepted' | 'refused' | 'delivered' | 'failed';

export type AttemptKey = {
  readonly notificationId: NotificationId;
  readonly way: 'email' | 'sms' | 'push';
  /** The device of a push; empty where someone has one address. */
  readonly target: string;
  readonly provider: string;
};

export type Attempt = {
  readonly provider: string;
  readonly target: string;
  readonly state: AttemptState;
  readonly blame: 'provider' | 'message' | 'address' | null;
  readonly reason: string | null;
  readonly ref: string | null;
  readonly tries: number;
  /** Since it was last touched. */
  readonly age_ms: number;
};

/** In SQL: the attempt that the first four values name. */
const THIS = `mine.notification_id = $1 AND mine.way = $2 AND mine.target = $3 AND mine.provider = $4`;

/**
 * Takes the right to call a provider: nobody has yet, or it did not take it then, or (`$5`) the same twice is one to who
 * reads it and nobody is at it any more (`$6`). Not while another provider has it, or may be given it at this moment.
 */
const CLAIM = statement(
  'notifications.claim-attempt',
  `INSERT INTO notifications.attempts AS mine (notification_id, way, target, provider, state)
   SELECT $1, $2, $3, $4, 'sending'
   WHERE NOT EXISTS (
     SELECT FROM notifications.attempts AS other
     WHERE other.notification_id = $1 AND other.way = $2 AND other.target = $3 AND other.provider <> $4
       AND other.state IN ('sending', 'accepted', 'delivered')
   )
   ON CONFLICT (notification_id, way, provider, target) DO UPDATE
     SET state = 'sending', blame = NULL, reason = NULL, tries = mine.tries + 1, updated_at = clock_timestamp()
     WHERE (mine.state = 'refused' AND mine.blame = 'provider')
       OR ($5 AND mine.state = 'unknown')
       OR ($5 AND mine.state = 'sending' AND mine.updated_at < clock_timestamp() - $6::float8 * interval '1 millisecond')
   RETURNING 1`,
);
const OF = statement(
  'notifications.attempts-of',
  `SELECT mine.provider, mine.target, mine.state, mine.blame, mine.reason, mine.ref, mine.tries,
     (extract(epoch FROM clock_timestamp() - mine.updated_at) * 1000)::float8 AS age_ms
   FROM notifications.attempts AS mine WHERE mine.notification_id = $1 AND mine.way = $2`,
);
const SETTLE = statement(
  'notifications.settle-attempt',
  `UPDATE notifications.attempts AS mine
   SET state = $5, blame = $6, reason = $7, ref = coalesce($8, mine.ref), updated_at = clock_timestamp()
   WHERE ${THIS} AND mine.state IN ('sending', 'unknown') RETURNING 1`,
);
const REPORT = statement(
  'notifications.report-attempt',
  `UPDATE notifications.attempts AS mine
   SET state = $3, blame = NULL, ref = coalesce($4, mine.ref), updated_at = clock_timestamp()
   WHERE mine.notification_id = $1 AND mine.provider = $2 AND mine.state IN ('sending', 'unknown', 'accepted')
   RETURNING (extract(epoch FROM clock_timestamp() - mine.created_at) * 1000)::float8 AS after_ms`,
);
const REPORTED = statement(
  'notifications.reported-attempt',
  `SELECT mine.state FROM notifications.attempts AS mine
   WHERE mine.notification_id = $1 AND mine.provider = $2 AND mine.state IN ('delivered', 'failed') LIMIT 1`,
);
const BY_REF = statement(
  'notifications.attempt-by-ref',
  'SELECT mine.notification_id FROM notifications.attempts AS mine WHERE mine.ref = $1 AND mine.provider = $2 LIMIT 1',
);
const OTHERS = statement(
  'notifications.other-attempts',
  `SELECT FROM notifications.attempts AS other
   WHERE other.notification_id = $1 AND other.provider <> $2 AND other.state IN ('sending', 'unknown', 'accepted', 'delivered')
   LIMIT 1`,
);
const PURGE = statement(
  'notifications.purge-attempts',
  `DELETE FROM notifications.attempts WHERE attempts.ctid = ANY (ARRAY(
     SELECT old.ctid FROM notifications.attempts AS old WHERE old.created_at < $1 LIMIT $2
   )) AND attempts.created_at < $1 RETURNING 1`,
);

const valuesOf = ({ notificationId, way, target, provider }: AttemptKey) => [notificationId, way, target, provider];

/**
 * Not inside a transaction, which a refusal would end.
 *
 * @param isHarmless whether the same twice is one to who reads it
 * @param underWayMs how long somebody may be at it
 * @returns whether the provider is the caller's to call
 */
export async function claimAttempt(
  sql: Sql,
  key: AttemptKey,
  { isHarmless, underWayMs }: { readonly isHarmless: boolean; readonly underWayMs: number },
): Promise<boolean> {
  try {
    return (await firstRow(sql, CLAIM, [...valuesOf(key), isHarmless, underWayMs])) !== undefined;
  } catch (error) {
    // Somebody has begun with another provider at the same moment.
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

/** A `unique_violation` of Postgres. */
function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}

export function attemptsOf(
  sql: Sql,
  { notificationId, way }: Pick<AttemptKey, 'notificationId' | 'way'>,
): Promise<Attempt[]> {
  return sql.rows<Attempt>(OF, [notificationId, way]);
}

/** Writes what the provider answered; false when a report was faster, which has the last word. */
export async function settleAttempt(sql: Sql, key: AttemptKey, handed: Handed): Promise<boolean> {
  const blame = handed.outcome === 'refused' ? handed.blame : null;
  const reason = handed.outcome === 'accepted' ? null : handed.reason.slice(0, 200);
  const ref = handed.outcome === 'accepted' ? handed.ref.slice(0, 300) : null;
  return (await firstRow(sql, SETTLE, [...valuesOf(key), handed.outcome, blame, reason, ref])) !== undefined;
}

export type Reported = { readonly notificationId: NotificationId; readonly provider: string };

/** Writes what a provider reports; undefined when that is known already, or about nothing of ours. */
export async function reportAttempt(
  sql: Sql,
  { notificationId, provider }: Reported,
  status: 'delivered' | 'failed',
  ref: string | undefined,
): Promise<{ readonly afterMs: number } | undefined> {
  const row = await firstRow<{ after_ms: number }>(sql, REPORT, [notificationId, provider, status, ref ?? null]);
  return row === undefined ? undefined : { afterMs: row.after_ms };
}

/** What was reported before. */
export async function reportedState(
  sql: Sql,
  { notificationId, provider }: Reported,
): Promise<'delivered' | 'failed' | undefined> {
  return (await firstRow<{ state: 'delivered' | 'failed' }>(sql, REPORTED, [notificationId, provider]))?.state;
}

export async function attemptByRef(sql: Sql, ref: string, provider: string): Promise<NotificationId | undefined> {
  return (await firstRow<{ notification_id: NotificationId }>(sql, BY_REF, [ref, provider]))?.notification_id;
}

/** Whether another provider has it, or may. */
export async function hasOthers(sql: Sql, { notificationId, provider }: Reported): Promise<boolean> {
  return (await firstRow(sql, OTHERS, [notificationId, provider])) !== undefined;
}

/** @returns how many rows went */
export async function purgeAttempts(sql: Sql, before: Date, limit: number): Promise<number> {
  return (await sql.rows(PURGE, [before, limit])).length;
}
