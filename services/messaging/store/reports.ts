import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import { type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';

/** To whom a report goes: to the dialog's owner and admins, or to those who review for the platform. */
export type ReportAudience = 'admins' | 'ops';

/** A report as it rests: what its author wrote is sealed. */
export type NewReport = {
  readonly dialogId: DialogId;
  readonly messageId: MessageId;
  readonly seq: bigint;
  readonly reporterId: UserId;
  readonly audience: ReportAudience;
  readonly keyVersion: number;
  readonly body: Uint8Array;
};

/** A message with open reports. */
export type ReportedRow = {
  readonly dialog_id: DialogId;
  readonly message_id: MessageId;
  readonly seq: bigint;
  readonly count: number;
  readonly first_reported_at: Date;
};

export type ReasonRow = {
  readonly message_id: MessageId;
  readonly reporter_id: UserId;
  readonly key_version: number;
  readonly body: Uint8Array;
};

// Nobody judges what they or their peers said themselves.
const AUDIENCE = statement(
  'messaging.report-audience',
  `SELECT CASE WHEN dialogs.moderation_enabled AND dialogs.type <> 'direct'
                 AND coalesce(sender.role, 'member') = 'member'
               THEN 'admins' ELSE 'ops' END AS audience
   FROM messaging.dialogs
   LEFT JOIN messaging.participants AS sender ON sender.dialog_id = dialogs.id AND sender.user_id = $2
   WHERE dialogs.id = $1`,
);
const ADD = statement(
  'messaging.add-report',
  `INSERT INTO messaging.message_reports
     (dialog_id, message_id, seq, reporter_id, audience, key_version, body, reported_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, date_trunc('milliseconds', clock_timestamp()))
   ON CONFLICT DO NOTHING RETURNING message_reports.message_id`,
);
const OPEN = statement(
  'messaging.open-reports',
  `SELECT message_reports.dialog_id, message_reports.message_id, message_reports.seq, count(*)::integer AS count,
     min(message_reports.reported_at) AS first_reported_at
   FROM messaging.message_reports
   WHERE message_reports.dialog_id = $1 AND message_reports.audience = 'admins' AND message_reports.decided_at IS NULL
     AND ($2::bigint IS NULL OR message_reports.seq < $2)
   GROUP BY message_reports.dialog_id, message_reports.message_id, message_reports.seq
   ORDER BY message_reports.seq DESC LIMIT $3`,
);
const FOR_OPS = statement(
  'messaging.open-reports-for-ops',
  `SELECT message_reports.dialog_id, message_reports.message_id, message_reports.seq, count(*)::integer AS count,
     min(message_reports.reported_at) AS first_reported_at
   FROM messaging.message_reports
   WHERE message_reports.audience = 'ops' AND message_reports.decided_at IS NULL
   GROUP BY message_reports.dialog_id, message_reports.message_id, message_reports.seq
   HAVING $1::timestamptz IS NULL OR (min(message_reports.reported_at), message_reports.message_id) > ($1, $2::uuid)
   ORDER BY first_reported_at, message_reports.message_id LIMIT $3`,
);
const REPORTED_TO_OPS = statement(
  'messaging.reported-to-ops',
  `SELECT message_reports.dialog_id, message_reports.message_id, message_reports.seq,
     message_reports.decided_at IS NULL AS open
   FROM messaging.message_reports
   WHERE message_reports.message_id = $1 AND message_reports.audience = 'ops'
   ORDER BY open DESC LIMIT 1`,
);
const STAND_IN = statement(
  'messaging.who-may-delete',
  `SELECT participants.user_id FROM messaging.participants
   WHERE participants.dialog_id = $1 AND (participants.user_id = $2 OR participants.role <> 'member')
   ORDER BY participants.user_id = $2 DESC, participants.joined_at LIMIT 1`,
);
const REASONS = statement(
  'messaging.report-reasons',
  `SELECT reported.message_id, first.reporter_id, first.key_version, first.body
   FROM unnest($1::uuid[], $2::uuid[]) AS reported (dialog_id, message_id)
   CROSS JOIN LATERAL (
     SELECT message_reports.* FROM messaging.message_reports
     WHERE message_reports.dialog_id = reported.dialog_id AND message_reports.message_id = reported.message_id
       AND message_reports.audience = $3 AND message_reports.decided_at IS NULL
     ORDER BY message_reports.reported_at, message_reports.reporter_id LIMIT $4
   ) AS first
   ORDER BY first.reported_at, first.reporter_id`,
);
const DECIDE = statement(
  'messaging.decide-reports',
  `UPDATE messaging.message_reports SET decided_at = now()
   WHERE message_reports.dialog_id = ANY ($1::uuid[]) AND message_reports.message_id = ANY ($2::uuid[])
     AND message_reports.audience = ANY ($3::text[]) AND message_reports.decided_at IS NULL
   RETURNING message_reports.message_id`,
);

/** To whom a report of this sender's message goes at this moment. */
export async function audienceOf(sql: Sql, dialogId: DialogId, senderId: UserId): Promise<ReportAudience> {
  return (await firstRow<{ audience: ReportAudience }>(sql, AUDIENCE, [dialogId, senderId]))?.audience ?? 'ops';
}

/** False when the same person has reported the message before. */
export async function addReport(tx: Tx, report: NewReport): Promise<boolean> {
  const { dialogId, messageId, seq, reporterId, audience, keyVersion, body } = report;
  const added = await firstRow(tx, ADD, [dialogId, messageId, seq, reporterId, audience, keyVersion, body]);
  return added !== undefined;
}

/** Messages below a seq, or all, that admins are to decide on, the newest first. */
export function openReports(
  sql: Sql,
  dialogId: DialogId,
  below: number | undefined,
  limit: number,
): Promise<ReportedRow[]> {
  return sql.rows<ReportedRow>(OPEN, [dialogId, below ?? null, limit]);
}

/** The messages of one database that the platform's reviewers are to decide on, the longest waiting first. */
export function openReportsForOps(
  sql: Sql,
  after: { readonly at: Date; readonly id: MessageId } | undefined,
  limit: number,
): Promise<ReportedRow[]> {
  return sql.rows<ReportedRow>(FOR_OPS, [after?.at ?? null, after?.id ?? null, limit]);
}

/** Where a message is that was reported to the platform's reviewers; `open` while one of the reports is undecided. */
export function reportedToOps(
  sql: Sql,
  messageId: MessageId,
): Promise<{ readonly dialog_id: DialogId; readonly seq: bigint; readonly open: boolean } | undefined> {
  return firstRow(sql, REPORTED_TO_OPS, [messageId]);
}

/** Someone who may delete what this person wrote: they themselves, or else whoever has run the dialog the longest. */
export async function whoMayDelete(sql: Sql, dialogId: DialogId, senderId: UserId): Promise<UserId | undefined> {
  return (await firstRow<{ user_id: UserId }>(sql, STAND_IN, [dialogId, senderId]))?.user_id;
}

/** The first open reports of each message to one audience. */
export function reasonsOf(
  sql: Sql,
  reported: readonly Pick<ReportedRow, 'dialog_id' | 'message_id'>[],
  audience: ReportAudience,
  limit: number,
): Promise<ReasonRow[]> {
  const dialogIds = reported.map((row) => row.dialog_id);
  return sql.rows<ReasonRow>(REASONS, [dialogIds, reported.map((row) => row.message_id), audience, limit]);
}

/** Ends the open reports of messages to these audiences. @returns how many there were */
export async function decideReports(
  tx: Tx,
  dialogIds: readonly DialogId[],
  messageIds: readonly MessageId[],
  audiences: readonly ReportAudience[],
): Promise<number> {
  return (await tx.rows(DECIDE, [dialogIds, messageIds, audiences])).length;
}
