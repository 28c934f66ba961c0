import type { Role } from '#shared/caller.ts';
import type { Platform } from '#shared/contracts/auth/otp.ts';
import type { UserStatus } from '#shared/contracts/auth/user.ts';
import type { RevocationReason } from '#shared/events/auth.ts';
import type { SessionId, UserId } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';

/**
 * A transaction that ended a session may commit this much after the moment that it wrote, so each question reaches
 * back by as much. Statements are cancelled after 10 s.
 */
const COMMIT_LAG_MS = 30 * SECOND;

const LIST_LIVE = statement(
  'auth.list-live-sessions',
  `SELECT sessions.id, sessions.device_id, sessions.platform, sessions.app_version, sessions.user_agent,
     sessions.ip_address, sessions.last_activity_at, sessions.created_at, sessions.expires_at
   FROM auth.sessions
   WHERE sessions.account_id = $1 AND sessions.revoked_at IS NULL AND sessions.expires_at > now()
   ORDER BY sessions.created_at DESC, sessions.id DESC`,
);
const LOCK_FOR_REFRESH = statement(
  'auth.lock-session',
  `SELECT sessions.account_id, accounts.role, accounts.country_code, accounts.status,
     sessions.revoked_at IS NULL AND sessions.expires_at > now() AS is_live,
     encode(sessions.refresh_hash, 'hex') AS live_hash, encode(sessions.spent_hash, 'hex') AS spent_hash,
     encode(sessions.spent_by, 'hex') AS spent_by, sessions.issued_at,
     sessions.second_factor_at IS NULL AS owes_second_factor, sessions.limited_until, sessions.expires_at, sessions.device_id,
     (extract(epoch FROM clock_timestamp() - sessions.spent_at) * 1000)::float8 AS spent_ago_ms
   FROM auth.sessions JOIN auth.accounts ON accounts.id = sessions.account_id
   WHERE sessions.id = $1
   FOR NO KEY UPDATE OF sessions`,
);
const ROTATE = statement(
  'auth.rotate-session',
  `UPDATE auth.sessions SET
     spent_hash = sessions.refresh_hash, spent_at = clock_timestamp(), spent_by = $3, refresh_hash = $2, issued_at = $4,
     user_agent = $5, ip_address = $6, last_activity_at = now()
   WHERE sessions.id = $1`,
);
const REVOKE = statement(
  'auth.revoke-session',
  `UPDATE auth.sessions SET revoked_at = clock_timestamp(), revoked_reason = $3
   WHERE sessions.id = $1 AND sessions.account_id = $2 AND sessions.revoked_at IS NULL AND sessions.expires_at > now()
   RETURNING sessions.id`,
);
const IS_TRUSTED = statement(
  'auth.is-trusted-session',
  `SELECT sessions.id FROM auth.sessions
   WHERE sessions.id = $1 AND sessions.account_id = $2 AND sessions.revoked_at IS NULL AND sessions.expires_at > now()
     AND coalesce(sessions.limited_until <= now(), true)`,
);
const HOLD_LIVE = statement(
  'auth.hold-live-session',
  `SELECT sessions.id FROM auth.sessions
   WHERE sessions.id = $1 AND sessions.account_id = $2 AND sessions.revoked_at IS NULL AND sessions.expires_at > now()
   FOR SHARE`,
);
const REVOKE_OTHERS = statement(
  'auth.revoke-other-sessions',
  `UPDATE auth.sessions SET revoked_at = clock_timestamp(), revoked_reason = $3
   WHERE sessions.account_id = $1 AND sessions.id <> $2 AND sessions.revoked_at IS NULL AND sessions.expires_at > now()
   RETURNING sessions.id`,
);
const LOWER_LIMITS = statement(
  'auth.lower-limits-after-ending',
  `WITH lowered AS (
     UPDATE auth.accounts SET less_trusted_ending_at = now() WHERE accounts.id = $2
   )
   UPDATE auth.sessions SET limited_until = greatest(sessions.limited_until, now() + interval '1 day')
   WHERE sessions.id = $1 AND sessions.account_id = $2`,
);
const READ_REVOCATIONS = statement(
  'auth.read-revocations',
  `SELECT now() AS read_at, coalesce(array_agg(sessions.id::text), '{}') AS session_ids FROM auth.sessions
   WHERE sessions.revoked_at > coalesce($1::timestamptz, now()) - $2::bigint * interval '1 millisecond'`,
);

export type SessionRow = {
  readonly id: SessionId;
  readonly device_id: string | null;
  readonly platform: Platform | null;
  readonly app_version: string | null;
  readonly user_agent: string;
  readonly ip_address: string;
  readonly last_activity_at: Date;
  readonly created_at: Date;
  readonly expires_at: Date;
};

/** Neither revoked nor expired, newest first. */
export async function listLiveSessions(sql: Sql, userId: UserId): Promise<SessionRow[]> {
  return await sql.rows<SessionRow>(LIST_LIVE, [userId]);
}

export type RefreshRow = {
  readonly account_id: UserId;
  readonly role: Role;
  readonly country_code: Country;
  readonly status: UserStatus;
  readonly is_live: boolean;
  readonly live_hash: string;
  readonly spent_hash: string | null;
  readonly spent_by: string | null;
  readonly spent_ago_ms: number | null;
  readonly issued_at: Date | null;
  readonly owes_second_factor: boolean;
  readonly limited_until: Date | null;
  readonly expires_at: Date;
  readonly device_id: string | null;
};

/** Takes the session's row until the transaction ends, so that one refresh at a time is judged. */
export async function lockForRefresh(tx: Tx, id: SessionId): Promise<RefreshRow | undefined> {
  return await firstRow<RefreshRow>(tx, LOCK_FOR_REFRESH, [id]);
}

export type Rotation = {
  readonly nextHash: Uint8Array;
  readonly spentBy: Uint8Array;
  readonly issuedAt: Date;
  readonly userAgent: string;
  readonly ip: string;
};

export async function rotate(tx: Tx, id: SessionId, rotation: Rotation): Promise<void> {
  const { nextHash, spentBy, issuedAt, userAgent, ip } = rotation;
  await tx.rows(ROTATE, [id, nextHash, spentBy, issuedAt, userAgent, ip]);
}

/** Ends a live session of this user; false when there is none. */
export async function revoke(tx: Tx, id: SessionId, userId: UserId, reason: RevocationReason): Promise<boolean> {
  return (await firstRow(tx, REVOKE, [id, userId, reason])) !== undefined;
}

/** Whether a live session of this user is under no lowered limits; false when there is none. */
export async function isTrusted(sql: Sql, id: SessionId, userId: UserId): Promise<boolean> {
  return (await firstRow(sql, IS_TRUSTED, [id, userId])) !== undefined;
}

/** Keeps a live session of this user from ending before the transaction does; false when there is none. */
export async function holdLive(tx: Tx, id: SessionId, userId: UserId): Promise<boolean> {
  return (await firstRow(tx, HOLD_LIVE, [id, userId])) !== undefined;
}

/** Ends all live sessions of this user but one; returns which. */
export async function revokeOthers(
  tx: Tx,
  userId: UserId,
  kept: SessionId,
  reason: RevocationReason,
): Promise<SessionId[]> {
  return (await tx.rows<{ id: SessionId }>(REVOKE_OTHERS, [userId, kept, reason])).map(({ id }) => id);
}

/** Lowers the limits for a day, of this session and of each that is opened meanwhile, on whichever device. */
export async function lowerLimits(tx: Tx, id: SessionId, userId: UserId): Promise<void> {
  await tx.rows(LOWER_LIMITS, [id, userId]);
}

export type RevocationsRead = { readonly readAt: Date; readonly sessionIds: readonly SessionId[] };

/**
 * Sessions that ended since the last reading, some of them again. By the database's clock, so that ours may be wrong.
 *
 * @param since when the last reading was; undefined for the first, which goes back by `firstMs`
 */
export async function readRevocations(sql: Sql, since: Date | undefined, firstMs: number): Promise<RevocationsRead> {
  const backMs = since === undefined ? firstMs : COMMIT_LAG_MS;
  const rows = await sql.rows<{ read_at: Date; session_ids: SessionId[] }>(READ_REVOCATIONS, [since ?? null, backMs]);
  return { readAt: rows[0]!.read_at, sessionIds: rows[0]!.session_ids };
}
