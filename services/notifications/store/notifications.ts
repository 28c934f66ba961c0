import type {
  NotificationChannel,
  NotificationPriority,
  NotificationType,
} from '#shared/contracts/notifications/notification.ts';
import type { NotificationId, UserId } from '#shared/ids.ts';
import type { Locale } from '#shared/regions.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

export type State = 'waiting' | 'sending' | 'sent' | 'delivered' | 'failed' | 'expired';

/** A way that follows when what came before was not read. */
export type FallbackStep = { readonly type: NotificationType; readonly after_ms: number };

export type NotificationRow = {
  readonly id: NotificationId;
  readonly recipient_id: UserId;
  readonly origin_id: string;
  readonly type: NotificationType;
  readonly channel: NotificationChannel;
  readonly template: string;
  readonly template_version: number | null;
  readonly locale: Locale | null;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, string>>;
  readonly subject: string | null;
  readonly content: string | null;
  readonly priority: NotificationPriority;
  readonly state: State;
  readonly reason: string | null;
  readonly due_at: Date | null;
  readonly collapse_key: string | null;
  readonly fallback: readonly FallbackStep[];
  readonly provider: string | null;
  /** Tries that came to nothing. */
  readonly retry_count: number;
  /** Those of them that broke in a way that nobody foresaw, or whose sender died. */
  readonly broken_count: number;
  readonly scheduled_at: Date | null;
  readonly expires_at: Date | null;
  readonly sent_at: Date | null;
  readonly delivered_at: Date | null;
  readonly read_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
};

export const COLUMNS = [
  'id',
  'recipient_id',
  'origin_id',
  'type',
  'channel',
  'template',
  'template_version',
  'locale',
  'variables',
  'data',
  'subject',
  'content',
  'priority',
  'state',
  'reason',
  'due_at',
  'collapse_key',
  'fallback',
  'provider',
  'retry_count',
  'broken_count',
  'scheduled_at',
  'expires_at',
  'sent_at',
  'delivered_at',
  'read_at',
  'created_at',
  'updated_at',
]
  .map((column) => `notifications.${column}`)
  .join(', ');

/** A row before it is written; whoever writes it may have a clock that is wrong, and the database's decides. */
export type NewRow = Pick<
  NotificationRow,
  | 'id'
  | 'recipient_id'
  | 'origin_id'
  | 'type'
  | 'channel'
  | 'template'
  | 'template_version'
  | 'locale'
  | 'variables'
  | 'data'
  | 'subject'
  | 'content'
  | 'priority'
  | 'state'
  | 'reason'
  | 'collapse_key'
  | 'fallback'
  | 'scheduled_at'
  | 'expires_at'
> & {
  /** How long it waits at least, in milliseconds; null of one that is done. */
  readonly waitMs: number | null;
  /** And until when. */
  readonly notBefore: Date | null;
  /** Milliseconds that lie between two with the same collapse key at least. */
  readonly apartMs: number;
};

const INSERT = statement(
  'notifications.insert',
  `INSERT INTO notifications.notifications (id, recipient_id, origin_id, type, channel, template, template_version,
     locale, variables, data, subject, content, priority, state, reason, due_at, collapse_key, fallback, scheduled_at,
     expires_at, sent_at, delivered_at)
   SELECT made.id, made.recipient_id, made.origin_id, made.type, made.channel, made.template, made.template_version,
     made.locale, made.variables, made.data, made.subject, made.content, made.priority, made.state, made.reason,
     CASE WHEN made."waitMs" IS NOT NULL THEN greatest(
       now() + made."waitMs" * interval '1 millisecond',
       made."notBefore",
       CASE WHEN made.collapse_key IS NOT NULL THEN (
         SELECT max(last.sent_at) + made."apartMs" * interval '1 millisecond' FROM notifications.notifications AS last
         WHERE last.recipient_id = made.recipient_id AND last.type = made.type
           AND last.collapse_key = made.collapse_key AND last.sent_at > now() - made."apartMs" * interval '1 millisecond'
       ) END
     ) END,
     made.collapse_key, made.fallback, made.scheduled_at, made.expires_at,
     CASE WHEN made.state = 'delivered' THEN now() END, CASE WHEN made.state = 'delivered' THEN now() END
   FROM jsonb_to_recordset($1::jsonb) AS made (id uuid, recipient_id uuid, origin_id uuid, type text, channel text,
     template text, template_version smallint, locale text, variables jsonb, data jsonb, subject text, content text,
     priority text, state text, reason text, collapse_key text, fallback jsonb, scheduled_at timestamptz,
     expires_at timestamptz, "waitMs" double precision, "notBefore" timestamptz, "apartMs" double precision)
   ON CONFLICT (recipient_id, type, collapse_key)
     WHERE state = 'waiting' AND retry_count = 0 AND collapse_key IS NOT NULL
   DO UPDATE SET variables = excluded.variables, data = excluded.data, origin_id = excluded.origin_id,
     expires_at = excluded.expires_at, updated_at = now()
   RETURNING ${COLUMNS}, notifications.xmax = 0 AS is_new`,
);

/** Writes rows; one whose collapse key waits already takes its place. `is_new` tells them apart. */
export function insertNotifications(
  tx: Tx,
  rows: readonly NewRow[],
): Promise<(NotificationRow & { readonly is_new: boolean })[]> {
  return tx.rows(INSERT, [JSON.stringify(rows)]);
}

const FIND = statement(
  'notifications.find',
  `SELECT ${COLUMNS} FROM notifications.notifications WHERE notifications.id = $1`,
);
const BY_IDS = statement(
  'notifications.by-ids',
  `SELECT ${COLUMNS} FROM notifications.notifications WHERE notifications.id = ANY ($1::uuid[])`,
);
const BY_ORIGIN = statement(
  'notifications.by-origin',
  `SELECT ${COLUMNS} FROM notifications.notifications
   WHERE notifications.recipient_id = $1 AND notifications.origin_id = $2 ORDER BY notifications.id`,
);

export function findNotification(sql: Sql, id: NotificationId): Promise<NotificationRow | undefined> {
  return firstRow<NotificationRow>(sql, FIND, [id]);
}

export function notificationsByIds(sql: Sql, ids: readonly NotificationId[]): Promise<NotificationRow[]> {
  return sql.rows<NotificationRow>(BY_IDS, [ids]);
}

/** All ways in which someone is told of one thing. */
export function notificationsOfOrigin(sql: Sql, recipientId: UserId, originId: string): Promise<NotificationRow[]> {
  return sql.rows<NotificationRow>(BY_ORIGIN, [recipientId, originId]);
}

const OVER_CAP = statement(
  'notifications.over-cap',
  `UPDATE notifications.notifications SET state = 'failed', reason = 'over_cap', due_at = NULL, updated_at = now()
   WHERE notifications.id = ANY ($1::uuid[])`,
);

/** These are more than their recipients are to hear. */
export async function failOverCap(tx: Tx, ids: readonly NotificationId[]): Promise<void> {
  await tx.rows(OVER_CAP, [ids]);
}

const LOCK_SCHEDULE = statement(
  'notifications.lock-schedule',
  "SELECT pg_advisory_xact_lock(hashtextextended('notifications.schedule ' || $1, 0))",
);
const SCHEDULED = statement(
  'notifications.count-scheduled',
  `SELECT count(*)::integer AS waiting FROM (
     SELECT FROM notifications.notifications
     WHERE notifications.recipient_id = $1 AND notifications.state = 'waiting'
       AND notifications.scheduled_at IS NOT NULL LIMIT $2
   ) AS scheduled`,
);

/** How many wait for someone because they were scheduled, counted up to `limit`; nobody counts at the same time. */
export async function countScheduled(tx: Tx, recipientId: UserId, limit: number): Promise<number> {
  await tx.rows(LOCK_SCHEDULE, [recipientId]);
  return (await firstRow<{ waiting: number }>(tx, SCHEDULED, [recipientId, limit]))!.waiting;
}
