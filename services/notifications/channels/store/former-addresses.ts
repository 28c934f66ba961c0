import type { NotificationId, UserId } from '#shared/ids.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

const KEEP = statement(
  'notifications.keep-former-address',
  'INSERT INTO notifications.former_addresses (id, user_id, sealed) VALUES ($1, $2, $3)',
);
const FIND = statement(
  'notifications.find-former-address',
  `SELECT former_addresses.sealed FROM notifications.former_addresses
   WHERE former_addresses.id = $1 AND former_addresses.user_id = $2`,
);
const OF = statement(
  'notifications.former-addresses-of',
  `SELECT former_addresses.sealed, former_addresses.created_at FROM notifications.former_addresses
   WHERE former_addresses.user_id = $1 ORDER BY former_addresses.created_at`,
);
const FORGET = statement(
  'notifications.forget-former-addresses',
  'DELETE FROM notifications.former_addresses WHERE former_addresses.user_id = $1',
);
const PURGE = statement(
  'notifications.purge-former-addresses',
  `DELETE FROM notifications.former_addresses WHERE former_addresses.id IN (
     SELECT old.id FROM notifications.former_addresses AS old WHERE old.created_at < $1 LIMIT $2
   ) RETURNING 1`,
);

/** Keeps where someone was written to until now, so that they can be told there that it is over. */
export async function keepFormer(tx: Tx, id: NotificationId, userId: UserId, sealed: Uint8Array): Promise<void> {
  await tx.rows(KEEP, [id, userId, sealed]);
}

/** Sealed; undefined when it is not theirs, or not kept any more. */
export async function findFormer(sql: Sql, id: string, userId: UserId): Promise<Uint8Array | undefined> {
  return (await firstRow<{ sealed: Uint8Array }>(sql, FIND, [id, userId]))?.sealed;
}

type FormerRow = { readonly sealed: Uint8Array; readonly created_at: Date };

export function formerOf(sql: Sql, userId: UserId): Promise<FormerRow[]> {
  return sql.rows<FormerRow>(OF, [userId]);
}

export async function forgetFormer(tx: Tx, userId: UserId): Promise<void> {
  await tx.rows(FORGET, [userId]);
}

/** @returns how many rows went */
export async function purgeFormer(sql: Sql, before: Date, limit: number): Promise<number> {
  return (await sql.rows(PURGE, [before, limit])).length;
}
