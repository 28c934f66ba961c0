import type { NotificationChannel } from '#shared/contracts/notifications/notification.ts';
import type { NotificationId, UserId } from '#shared/ids.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';
import { COLUMNS, type NotificationRow } from './notifications.ts';

const SHOWN = `notifications.type = 'in_app' AND notifications.state = 'delivered'`;

const PAGE = statement(
  'notifications.inbox',
  `SELECT ${COLUMNS} FROM notifications.notifications
   WHERE notifications.recipient_id = $1 AND ${SHOWN} AND ($2::uuid IS NULL OR notifications.id < $2)
     AND (NOT $3 OR notifications.read_at IS NULL) AND ($4::text IS NULL OR notifications.channel = $4)
   ORDER BY notifications.id DESC LIMIT $5`,
);
const UNREAD = statement(
  'notifications.unread',
  `SELECT notifications.recipient_id, count(*)::integer AS unread FROM notifications.notifications
   WHERE notifications.recipient_id = ANY ($1::uuid[]) AND ${SHOWN} AND notifications.read_at IS NULL
   GROUP BY notifications.recipient_id`,
);
const LOCK_ORIGIN = statement(
  'notifications.lock-origin',
  `SELECT ${COLUMNS} FROM notifications.notifications
   WHERE notifications.recipient_id = $1 AND notifications.origin_id = (
     SELECT named.origin_id FROM notifications.notifications AS named WHERE named.id = $2 AND named.recipient_id = $1
   ) ORDER BY notifications.id FOR NO KEY UPDATE`,
);
const READ = statement(
  'notifications.mark-read',
  `UPDATE notifications.notifications SET read_at = now(), updated_at = now()
   WHERE notifications.id = ANY ($1::uuid[]) AND notifications.read_at IS NULL RETURNING ${COLUMNS}`,
);
// At most so many at a time, so that a full inbox is not one long lock.
const READ_ALL = statement(
  'notifications.mark-all-read',
  `UPDATE notifications.notifications SET read_at = now(), updated_at = now()
   WHERE notifications.id = ANY (ARRAY(
     SELECT unread.id FROM notifications.notifications AS unread
     WHERE unread.recipient_id = $1 AND unread.type = 'in_app' AND unread.state = 'delivered' AND unread.read_at IS NULL
     ORDER BY unread.id LIMIT $2 FOR NO KEY UPDATE
   )) RETURNING ${COLUMNS}`,
);
const EXPIRE = statement(
  'notifications.expire-waiting',
  `UPDATE notifications.notifications SET state = 'expired', reason = $2, due_at = NULL, updated_at = now()
   WHERE notifications.id = ANY ($1::uuid[]) AND notifications.state = 'waiting' RETURNING ${COLUMNS}`,
);
const EXPIRE_ORIGINS = statement(
  'notifications.expire-origins',
  `UPDATE notifications.notifications SET state = 'expired', reason = $3, due_at = NULL, updated_at = now()
   WHERE notifications.recipient_id = $1 AND notifications.origin_id = ANY ($2::uuid[])
     AND notifications.state = 'waiting' RETURNING ${COLUMNS}`,
);

export type InboxPage = {
  readonly recipientId: UserId;
  /** The last one of the page before. */
  readonly before: NotificationId | undefined;
  readonly unreadOnly: boolean;
  readonly channel: NotificationChannel | undefined;
  readonly limit: number;
};

/** The newest first. */
export function inboxPage(sql: Sql, page: InboxPage): Promise<NotificationRow[]> {
  const { recipientId, before, unreadOnly, channel, limit } = page;
  return sql.rows<NotificationRow>(PAGE, [recipientId, before ?? null, unreadOnly, channel ?? null, limit]);
}

/** How many each has not read; those who have read all are left out. */
export async function unreadOf(sql: Sql, userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, number>> {
  const rows = await sql.rows<{ recipient_id: UserId; unread: number }>(UNREAD, [userIds]);
  return new Map(rows.map((row) => [row.recipient_id, row.unread]));
}

/** All ways of telling what this one tells, kept from other writers; none when it is not the recipient's. */
export function lockOrigin(tx: Tx, recipientId: UserId, id: NotificationId): Promise<NotificationRow[]> {
  return tx.rows<NotificationRow>(LOCK_ORIGIN, [recipientId, id]);
}

/** Those that were unread, as they are now. */
export function markRead(tx: Tx, ids: readonly NotificationId[]): Promise<NotificationRow[]> {
  return tx.rows<NotificationRow>(READ, [ids]);
}

/** Marks the oldest `limit` that are unread. */
export function markAllRead(tx: Tx, recipientId: UserId, limit: number): Promise<NotificationRow[]> {
  return tx.rows<NotificationRow>(READ_ALL, [recipientId, limit]);
}

/** Those that were waiting and are not to be sent any more. */
export function expireWaiting(tx: Tx, ids: readonly NotificationId[], reason: string): Promise<NotificationRow[]> {
  return tx.rows<NotificationRow>(EXPIRE, [ids, reason]);
}

/** Whatever else was waiting to tell one person of these. */
export function expireOrigins(
  tx: Tx,
  recipientId: UserId,
  originIds: readonly string[],
  reason: string,
): Promise<NotificationRow[]> {
  return tx.rows<NotificationRow>(EXPIRE_ORIGINS, [recipientId, originIds, reason]);
}

const RECIPIENT = statement(
  'notifications.recipient-of',
  'SELECT notifications.recipient_id FROM notifications.notifications WHERE notifications.id = $1',
);

export async function recipientOf(sql: Sql, id: NotificationId): Promise<UserId | undefined> {
  return (await firstRow<{ recipient_id: UserId }>(sql, RECIPIENT, [id]))?.recipient_id;
}
