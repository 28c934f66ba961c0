import type { Caller } from '#shared/caller.ts';
import type { SessionId, UserId } from '#shared/ids.ts';
import { firstRow, type Sql, statement } from '#shared/sql.ts';
import { DAY } from '#shared/time.ts';

/**
 * Known for this long, a device stands in for the proof that it never gave: long enough for an owner who has lost their
 * number to hear of it, and to have the sessions of the thief ended.
 */
const UNPROVEN_WAIT_MS = 7 * DAY;

const READ_TRUST = statement(
  'auth.read-pin-trust',
  `SELECT sessions.proven_at IS NOT NULL AND coalesce(sessions.limited_until <= now(), true) AS is_trusted,
     accounts.created_at > now() - interval '1 day' AS in_first_day,
     CASE WHEN sessions.proven_at IS NULL THEN coalesce(device.first_seen_at, sessions.created_at)
       + $3::bigint * interval '1 millisecond' END AS waits_until, sessions.limited_until
   FROM auth.sessions JOIN auth.accounts ON accounts.id = sessions.account_id
   LEFT JOIN auth.devices AS device
     ON device.account_id = sessions.account_id AND device.device_key = 'id:' || sessions.device_id
   WHERE sessions.id = $1 AND sessions.account_id = $2 AND sessions.revoked_at IS NULL AND sessions.expires_at > now()`,
);
const PROVE = statement(
  'auth.prove-device',
  `WITH proven AS (
     UPDATE auth.sessions SET proven_at = coalesce(sessions.proven_at, now()), pin_tries = 0
     WHERE sessions.id = $1 AND sessions.account_id = $2
     RETURNING sessions.account_id, sessions.device_id
   )
   UPDATE auth.devices SET proven_at = now() FROM proven
   WHERE devices.account_id = proven.account_id AND devices.device_key = 'id:' || proven.device_id
     AND devices.proven_at IS NULL`,
);

export type PinTrust = {
  /** What is tried from here is the owner's: it has been proven, and limits are not low. */
  readonly isTrusted: boolean;
  /** The account knows none of its devices yet. */
  readonly inFirstDay: boolean;
  readonly limitedUntil: Date | undefined;
  /** From when on a PIN may be set from here; undefined when it may be now. */
  readonly waitsUntil: Date | undefined;
};

type Row = {
  readonly is_trusted: boolean;
  readonly in_first_day: boolean;
  readonly limited_until: Date | null;
  readonly waits_until: Date | null;
};

/** How far a session is trusted with the PIN of its account; undefined when it has ended. */
export async function pinTrust(
  sql: Sql,
  { sessionId, userId }: Pick<Caller, 'sessionId' | 'userId'>,
  now: Date,
): Promise<PinTrust | undefined> {
  const row = await firstRow<Row>(sql, READ_TRUST, [sessionId, userId, UNPROVEN_WAIT_MS]);
  if (row === undefined) return undefined;
  const waits = row.in_first_day ? null : row.waits_until;
  const later = (until: Date | null) => (until !== null && until > now ? until : undefined);
  return {
    isTrusted: row.is_trusted,
    inFirstDay: row.in_first_day,
    limitedUntil: later(row.limited_until),
    waitsUntil: later(waits),
  };
}

/** After the right PIN: the session is proven, its device with it, and its wrong tries are forgiven. */
export async function proveDevice(sql: Sql, sessionId: SessionId, userId: UserId): Promise<void> {
  await sql.rows(PROVE, [sessionId, userId]);
}
