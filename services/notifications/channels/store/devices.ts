import type { PushDeviceId, SessionId, UserId } from '#shared/ids.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';
import type { PushPlatform } from '../ports.ts';

export type DeviceRow = {
  readonly id: PushDeviceId;
  readonly user_id: UserId;
  readonly session_id: SessionId;
  readonly platform: PushPlatform;
  readonly sealed: Uint8Array;
  readonly created_at: Date;
  readonly updated_at: Date;
};

const COLUMNS = `devices.id, devices.user_id, devices.session_id, devices.platform, devices.sealed, devices.created_at,
  devices.updated_at`;

const LOCK_OWNER = statement(
  'notifications.lock-devices',
  "SELECT pg_advisory_xact_lock(hashtextextended('notifications.devices ' || $1, 0))",
);
const FIND = statement(
  'notifications.find-device',
  `SELECT ${COLUMNS} FROM notifications.devices WHERE devices.digest = ANY ($1::bytea[])`,
);
const FORGET_TOKEN = statement(
  'notifications.forget-token',
  'DELETE FROM notifications.devices WHERE devices.digest = ANY ($1::bytea[])',
);
const INSERT = statement(
  'notifications.insert-device',
  `INSERT INTO notifications.devices (id, user_id, session_id, platform, sealed, digest, created_at)
   VALUES ($1, $2, $3, $4, $5, $6, coalesce($7, now())) RETURNING ${COLUMNS}`,
);
const OF_USER = statement(
  'notifications.devices-of-user',
  `SELECT ${COLUMNS} FROM notifications.devices WHERE devices.user_id = $1 ORDER BY devices.updated_at DESC, devices.id`,
);
const TRIM = statement(
  'notifications.trim-devices',
  `DELETE FROM notifications.devices WHERE devices.id IN (
     SELECT old.id FROM notifications.devices AS old WHERE old.user_id = $1
     ORDER BY old.updated_at DESC, old.id OFFSET $2
   )`,
);
const REMOVE = statement(
  'notifications.remove-device',
  'DELETE FROM notifications.devices WHERE devices.id = $1 AND devices.user_id = $2 RETURNING 1',
);
/** Times come back to the millisecond, and are kept finer. */
const RETIRE = statement(
  'notifications.retire-device',
  `DELETE FROM notifications.devices
   WHERE devices.id = $1 AND date_trunc('milliseconds', devices.updated_at) <= $2 RETURNING 1`,
);
const OF_SESSIONS = statement(
  'notifications.forget-devices-of-sessions',
  'DELETE FROM notifications.devices WHERE devices.session_id = ANY ($1::uuid[]) RETURNING 1',
);
const FORGET_USER = statement(
  'notifications.forget-devices',
  'DELETE FROM notifications.devices WHERE devices.user_id = $1 RETURNING 1',
);

/** One device of a person is written at a time, so that no two of them count the same ones. */
export async function lockDevicesOf(tx: Tx, userId: UserId): Promise<void> {
  await tx.rows(LOCK_OWNER, [userId]);
}

export function findDevice(sql: Sql, digests: readonly Uint8Array[]): Promise<DeviceRow | undefined> {
  return firstRow<DeviceRow>(sql, FIND, [digests]);
}

/** Whoever's it was. */
export async function forgetToken(sql: Sql, digests: readonly Uint8Array[]): Promise<void> {
  await sql.rows(FORGET_TOKEN, [digests]);
}

export async function insertDevice(
  tx: Tx,
  row: Omit<DeviceRow, 'created_at' | 'updated_at'> & {
    readonly digest: Uint8Array;
    /** When it was first heard of; undefined of a new one. */
    readonly created_at: Date | undefined;
  },
): Promise<DeviceRow> {
  const values = [row.id, row.user_id, row.session_id, row.platform, row.sealed, row.digest, row.created_at ?? null];
  return (await firstRow<DeviceRow>(tx, INSERT, values))!;
}

/** The latest first. */
export function devicesOf(sql: Sql, userId: UserId): Promise<DeviceRow[]> {
  return sql.rows<DeviceRow>(OF_USER, [userId]);
}

/** Drops those that are more than someone may have, the oldest. */
export async function trimDevices(tx: Tx, userId: UserId, most: number): Promise<void> {
  await tx.rows(TRIM, [userId, most]);
}

/** @returns whether it was theirs */
export async function removeDevice(tx: Tx, id: PushDeviceId, userId: UserId): Promise<boolean> {
  return (await firstRow(tx, REMOVE, [id, userId])) !== undefined;
}

/** Drops a device that its platform no longer knows, unless its app has been heard of since. */
export async function retireDevice(sql: Sql, { id, updated_at }: DeviceRow): Promise<boolean> {
  return (await firstRow(sql, RETIRE, [id, updated_at])) !== undefined;
}

/** @returns how many went */
export async function forgetDevicesOfSessions(sql: Sql, ids: readonly SessionId[]): Promise<number> {
  return (await sql.rows(OF_SESSIONS, [ids])).length;
}

export async function forgetDevices(tx: Tx, userId: UserId): Promise<number> {
  return (await tx.rows(FORGET_USER, [userId])).length;
}
