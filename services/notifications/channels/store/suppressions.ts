import type { NotificationId, SuppressionId } from '#shared/ids.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

export const SUPPRESSED_FOR = ['hard_bounce', 'complaint', 'opted_out'] as const;
export type SuppressedFor = (typeof SUPPRESSED_FOR)[number];

export type SuppressionRow = {
  readonly id: SuppressionId;
  readonly way: 'email' | 'sms';
  readonly reason: SuppressedFor;
  readonly provider: string;
  readonly notification_id: NotificationId | null;
  readonly created_at: Date;
};

const COLUMNS = `suppressions.id, suppressions.way, suppressions.reason, suppressions.provider,
  suppressions.notification_id, suppressions.created_at`;

const ADD = statement(
  'notifications.suppress',
  `INSERT INTO notifications.suppressions (id, way, digest, reason, provider, notification_id)
   VALUES ($1, $2, $3, $4, $5, $6)
   ON CONFLICT (way, digest) DO NOTHING RETURNING ${COLUMNS}`,
);
const IS = statement(
  'notifications.is-suppressed',
  `SELECT ${COLUMNS} FROM notifications.suppressions
   WHERE suppressions.way = $1 AND suppressions.digest = ANY ($2::bytea[]) LIMIT 1`,
);
const PAGE = statement(
  'notifications.list-suppressions',
  `SELECT ${COLUMNS} FROM notifications.suppressions WHERE suppressions.id < $1 ORDER BY suppressions.id DESC LIMIT $2`,
);
const LIFT = statement(
  'notifications.lift-suppression',
  `DELETE FROM notifications.suppressions WHERE suppressions.id = $1 RETURNING ${COLUMNS}`,
);

/** Undefined when it was suppressed before: the first reason stands. */
export function addSuppression(
  tx: Tx,
  row: Omit<SuppressionRow, 'created_at'> & { readonly digest: Uint8Array },
): Promise<SuppressionRow | undefined> {
  const values = [row.id, row.way, row.digest, row.reason, row.provider, row.notification_id];
  return firstRow<SuppressionRow>(tx, ADD, values);
}

export function findSuppression(
  sql: Sql,
  way: 'email' | 'sms',
  digests: readonly Uint8Array[],
): Promise<SuppressionRow | undefined> {
  return firstRow<SuppressionRow>(sql, IS, [way, digests]);
}

/** Those with smaller ids, the newest first. */
export function suppressionsBefore(sql: Sql, id: string, limit: number): Promise<SuppressionRow[]> {
  return sql.rows<SuppressionRow>(PAGE, [id, limit]);
}

export function liftSuppression(tx: Tx, id: SuppressionId): Promise<SuppressionRow | undefined> {
  return firstRow<SuppressionRow>(tx, LIFT, [id]);
}
