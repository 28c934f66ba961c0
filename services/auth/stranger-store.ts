import type { SessionId, UserId } from '#shared/ids.ts';
import { firstRow, statement, type Tx } from '#shared/sql.ts';
import { STRAIGHT_FAILURES_MAX } from './otp-guards.ts';
import { PIN_LOCK_MS, PIN_TRIES_MAX } from './rules.ts';

// The PIN's row is locked before the session's, as setting one does it.
const HOLD = statement(
  'auth.hold-pin-for-stranger',
  `SELECT pins.hash, pins.straight_failures >= $2 OR pins.stranger_failures >= $2 AS has_ended,
     ceil(extract(epoch FROM pins.locked_until - clock_timestamp()))::int AS locked_for_s,
     ceil(extract(epoch FROM pins.stranger_locked_until - clock_timestamp()))::int AS stranger_locked_for_s
   FROM auth.pins WHERE pins.account_id = $1 FOR NO KEY UPDATE`,
);
const COUNT_SESSION = statement(
  'auth.count-pin-try-of-session',
  `UPDATE auth.sessions SET pin_tries = sessions.pin_tries + 1
   WHERE sessions.id = $1 AND sessions.account_id = $2 AND sessions.revoked_at IS NULL AND sessions.expires_at > now()
     AND sessions.pin_tries < $3
   RETURNING sessions.pin_tries = $3 AS is_last`,
);
// As auth.count-pin-try; tries of sessions are only added up.
const COUNT = statement(
  'auth.count-pin-try-of-stranger',
  `UPDATE auth.pins SET
     stranger_tries = CASE
       WHEN $5 THEN pins.stranger_tries
       WHEN pins.stranger_locked_until IS NULL THEN pins.stranger_tries + 1
       ELSE 1 END,
     stranger_locked_until = CASE
       WHEN $5 THEN pins.stranger_locked_until
       WHEN pins.stranger_locked_until IS NULL AND pins.stranger_tries + 1 = $2
         THEN clock_timestamp() + $3::bigint * interval '1 millisecond' END,
     stranger_failures = pins.stranger_failures + 1
   WHERE pins.account_id = $1
   RETURNING pins.stranger_tries = $2 AS is_last, pins.stranger_failures = $4 AS is_end`,
);

type HeldRow = {
  readonly hash: string;
  readonly has_ended: boolean;
  readonly locked_for_s: number | null;
  readonly stranger_locked_for_s: number | null;
};
type CountRow = { readonly is_last: boolean; readonly is_end: boolean };

export type StrangerTry =
  | { readonly outcome: 'no pin' }
  | { readonly outcome: 'ended' }
  | { readonly outcome: 'session ended' }
  | { readonly outcome: 'locked'; readonly forS: number }
  | { readonly outcome: 'counted'; readonly hash: string; readonly isLast: boolean; readonly isEnd: boolean };

/** Counts a try before it is judged: of a session, or without one of whoever has the account's number. */
export async function countStranger(tx: Tx, userId: UserId, sessionId: SessionId | undefined): Promise<StrangerTry> {
  const held = await firstRow<HeldRow>(tx, HOLD, [userId, STRAIGHT_FAILURES_MAX]);
  if (held === undefined) return { outcome: 'no pin' };
  if (held.has_ended) return { outcome: 'ended' };
  const forS = Math.max(held.locked_for_s ?? 0, sessionId === undefined ? (held.stranger_locked_for_s ?? 0) : 0);
  if (forS > 0) return { outcome: 'locked', forS };
  const isOfSession = sessionId !== undefined;
  const ofSession = isOfSession
    ? await firstRow<CountRow>(tx, COUNT_SESSION, [sessionId, userId, PIN_TRIES_MAX])
    : undefined;
  if (isOfSession && ofSession === undefined) return { outcome: 'session ended' };
  const values = [userId, PIN_TRIES_MAX, PIN_LOCK_MS, STRAIGHT_FAILURES_MAX, isOfSession];
  const counted = (await firstRow<CountRow>(tx, COUNT, values))!;
  return { outcome: 'counted', hash: held.hash, isLast: (ofSession ?? counted).is_last, isEnd: counted.is_end };
}
