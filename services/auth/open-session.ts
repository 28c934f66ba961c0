import type { Platform } from '#shared/contracts/auth/otp.ts';
import type { SessionId, UserId } from '#shared/ids.ts';
import { firstRow, statement, type Tx } from '#shared/sql.ts';
import type { LoginDevice } from './login-store.ts';
import { deviceKey, SESSION_LIFE_MS } from './rules.ts';

const OPEN_SESSION = statement(
  'auth.open-session',
  `WITH device AS (
     INSERT INTO auth.devices (account_id, device_key) VALUES ($2, $4) ON CONFLICT DO NOTHING
   )
   INSERT INTO auth.sessions
     (id, account_id, refresh_hash, device_id, platform, app_version, user_agent, ip_address, expires_at)
   VALUES ($1, $2, $3, $5, $6, $7, $8, $9, now() + $10::bigint * interval '1 millisecond')
   RETURNING sessions.limited_until`,
);
const DEVICE_OF = statement(
  'auth.device-of-session',
  `SELECT sessions.device_id, sessions.platform, sessions.app_version, sessions.user_agent, sessions.ip_address
   FROM auth.sessions
   WHERE sessions.id = $1 AND sessions.account_id = $2 AND sessions.revoked_at IS NULL AND sessions.expires_at > now()`,
);

export type NewSession = {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly refreshHash: Uint8Array;
  readonly device: LoginDevice;
};

/** Opens a session in the place of those that were ended. Returns until when it is limited, which the database finds. */
export async function openSession(tx: Tx, { id, userId, refreshHash, device }: NewSession): Promise<Date | undefined> {
  const { key, platform, appVersion, userAgent, ip } = device;
  const known = [device.id ?? null, platform ?? null, appVersion ?? null, userAgent, ip];
  const values = [id, userId, refreshHash, key, ...known, SESSION_LIFE_MS];
  return (await firstRow<{ limited_until: Date | null }>(tx, OPEN_SESSION, values))?.limited_until ?? undefined;
}

type DeviceRow = {
  readonly device_id: string | null;
  readonly platform: Platform | null;
  readonly app_version: string | null;
  readonly user_agent: string;
  readonly ip_address: string;
};

/** The device of a live session; undefined when it has ended. */
export async function deviceOfSession(tx: Tx, id: SessionId, userId: UserId): Promise<LoginDevice | undefined> {
  const row = await firstRow<DeviceRow>(tx, DEVICE_OF, [id, userId]);
  if (row === undefined) return undefined;
  return {
    key: deviceKey(row.device_id ?? undefined),
    id: row.device_id ?? undefined,
    platform: row.platform ?? undefined,
    appVersion: row.app_version ?? undefined,
    userAgent: row.user_agent,
    ip: row.ip_address,
  };
}
