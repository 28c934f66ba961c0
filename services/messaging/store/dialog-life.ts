import type { DialogType } from '#shared/contracts/messaging/dialog.ts';
import type { ParticipantRole } from '#shared/contracts/messaging/participant.ts';
import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import { type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';

/** A dialog whose row is held until the transaction ends. */
export type HeldDialog = {
  readonly id: DialogId;
  readonly type: DialogType;
  readonly is_public: boolean;
  readonly participant_count: number;
  readonly last_seq: bigint;
  readonly pinned_message_ids: readonly MessageId[];
};

const HOLD = statement(
  'messaging.hold-dialog',
  `SELECT dialogs.id, dialogs.type, dialogs.is_public, dialogs.participant_count, dialogs.last_seq,
          dialogs.pinned_message_ids::text[]
   FROM messaging.dialogs WHERE dialogs.id = $1 AND dialogs.deleted_at IS NULL FOR NO KEY UPDATE`,
);
const ROLES = statement(
  'messaging.roles',
  `SELECT participants.user_id, participants.role FROM messaging.participants
   WHERE participants.dialog_id = $1 AND participants.user_id = ANY ($2::uuid[])`,
);
const EDIT = statement(
  'messaging.edit-dialog',
  `UPDATE messaging.dialogs
   SET name = coalesce($2, dialogs.name),
       description = CASE WHEN $3 THEN $4 ELSE dialogs.description END,
       avatar_url = CASE WHEN $5 THEN $6 ELSE dialogs.avatar_url END,
       is_public = coalesce($7, dialogs.is_public),
       allow_media = coalesce($8, dialogs.allow_media),
       moderation_enabled = coalesce($9, dialogs.moderation_enabled),
       message_retention_days = CASE WHEN $10 THEN $11 ELSE dialogs.message_retention_days END,
       updated_at = now()
   WHERE dialogs.id = $1`,
);
// What was said before they came is not unread to them.
const ADD = statement(
  'messaging.add-members',
  `WITH added AS (
     INSERT INTO messaging.participants (dialog_id, user_id, role, delivered_seq, read_seq)
     SELECT dialogs.id, entering.user_id, $3, dialogs.last_seq, dialogs.last_seq
     FROM messaging.dialogs CROSS JOIN unnest($2::uuid[]) AS entering (user_id)
     WHERE dialogs.id = $1
     ON CONFLICT (dialog_id, user_id) DO NOTHING RETURNING participants.user_id
   ), counted AS (
     UPDATE messaging.dialogs
     SET participant_count = dialogs.participant_count + total.count, updated_at = now()
     FROM (SELECT count(*)::integer FROM added) AS total
     WHERE dialogs.id = $1 AND total.count > 0
   )
   SELECT added.user_id FROM added`,
);
// In the order in which cursors are moved, so that the two never wait for each other.
const HOLD_MEMBERS = statement(
  'messaging.hold-members',
  `SELECT participants.user_id FROM messaging.participants
   WHERE participants.dialog_id = $1 AND participants.user_id = ANY ($2::uuid[])
   ORDER BY participants.user_id FOR UPDATE`,
);
/** Of the members named by the query `gone`, those who could post, for their data exports. */
const REMEMBER = `INSERT INTO messaging.past_dialogs (user_id, dialog_id)
     SELECT gone.user_id, dialogs.id FROM gone JOIN messaging.dialogs ON dialogs.id = $1
     WHERE dialogs.type <> 'channel' OR gone.role <> 'member'
     ON CONFLICT DO NOTHING`;
const REMOVE = statement(
  'messaging.remove-members',
  `WITH gone AS (
     DELETE FROM messaging.participants
     WHERE participants.dialog_id = $1 AND participants.user_id = ANY ($2::uuid[])
     RETURNING participants.user_id, participants.role
   ), remembered AS (
     ${REMEMBER}
   )
   UPDATE messaging.dialogs
   SET participant_count = dialogs.participant_count - total.count,
       deleted_at = CASE WHEN dialogs.participant_count = total.count THEN now() END,
       updated_at = now()
   FROM (SELECT count(*)::integer FROM gone) AS total
   WHERE dialogs.id = $1`,
);
const SET_ROLE = statement(
  'messaging.set-role',
  `WITH changed AS (
     UPDATE messaging.participants SET role = $3
     WHERE participants.dialog_id = $1 AND participants.user_id = ANY ($2::uuid[]) AND participants.role <> $3
     RETURNING participants.user_id
   ), remembered AS (
     INSERT INTO messaging.past_dialogs (user_id, dialog_id)
     SELECT changed.user_id, dialogs.id FROM changed JOIN messaging.dialogs ON dialogs.id = $1
     WHERE dialogs.type = 'channel' AND $3 = 'member'
     ON CONFLICT DO NOTHING
   )
   UPDATE messaging.dialogs SET updated_at = now() WHERE dialogs.id = $1 AND EXISTS (SELECT FROM changed)`,
);
const SENIOR_ADMIN = statement(
  'messaging.senior-admin',
  `SELECT participants.user_id FROM messaging.participants
   WHERE participants.dialog_id = $1 AND participants.role = 'admin'
   ORDER BY participants.joined_at, participants.user_id LIMIT 1`,
);
const SENIOR_MEMBER = statement(
  'messaging.senior-member',
  `SELECT participants.user_id FROM messaging.participants
   WHERE participants.dialog_id = $1 AND participants.role = 'member'
   ORDER BY participants.joined_at, participants.user_id LIMIT 1`,
);
const CLOSE = statement(
  'messaging.close-dialog',
  `WITH gone AS (
     DELETE FROM messaging.participants WHERE participants.dialog_id = $1
     RETURNING participants.user_id, participants.role
   ), remembered AS (
     ${REMEMBER}
   )
   UPDATE messaging.dialogs SET participant_count = 0, deleted_at = now(), updated_at = now() WHERE dialogs.id = $1`,
);
const MUTE = statement(
  'messaging.mute-dialog',
  `UPDATE messaging.participants SET muted_until = $3
   WHERE participants.dialog_id = $1 AND participants.user_id = $2 RETURNING participants.user_id`,
);
const HIDE = statement(
  'messaging.hide-dialog',
  `UPDATE messaging.participants SET hidden_seq = dialogs.last_seq FROM messaging.dialogs
   WHERE dialogs.id = $1 AND participants.dialog_id = $1 AND participants.user_id = $2`,
);
const CROWDED = statement(
  'messaging.crowded-people',
  `SELECT participants.user_id FROM messaging.participants WHERE participants.user_id = ANY ($1::uuid[])
   GROUP BY participants.user_id HAVING count(*) >= $2 LIMIT 1`,
);

/** Holds the dialog's row, so that appends and other changes wait. Undefined when there is no such dialog. */
export function holdDialog(tx: Tx, id: DialogId): Promise<HeldDialog | undefined> {
  return firstRow<HeldDialog>(tx, HOLD, [id]);
}

/** The roles of those who are in it. Asked after the row is held, so that they stay what they are. */
export async function rolesOf(
  tx: Tx,
  dialogId: DialogId,
  userIds: readonly UserId[],
): Promise<Map<UserId, ParticipantRole>> {
  const rows = await tx.rows<{ user_id: UserId; role: ParticipantRole }>(ROLES, [dialogId, userIds]);
  return new Map(rows.map((row) => [row.user_id, row.role]));
}

/** `undefined` leaves a field as it is. */
export type DialogEdit = {
  readonly name: string | undefined;
  readonly description: string | null | undefined;
  readonly avatarUrl: string | null | undefined;
  readonly isPublic: boolean | undefined;
  readonly allowMedia: boolean | undefined;
  readonly moderationEnabled: boolean | undefined;
  readonly messageRetentionDays: number | null | undefined;
};

export async function writeEdit(tx: Tx, id: DialogId, edit: DialogEdit): Promise<void> {
  const { name, description, avatarUrl, messageRetentionDays: days } = edit;
  const pair = <T>(value: T | undefined): [boolean, T | null] => [value !== undefined, value ?? null];
  await tx.rows(EDIT, [
    id,
    name ?? null,
    ...pair(description),
    ...pair(avatarUrl),
    edit.isPublic ?? null,
    edit.allowMedia ?? null,
    edit.moderationEnabled ?? null,
    ...pair(days),
  ]);
}

/** Those who are in it only now. */
export async function addMembers(
  tx: Tx,
  dialogId: DialogId,
  userIds: readonly UserId[],
  role: ParticipantRole,
): Promise<UserId[]> {
  const rows = await tx.rows<{ user_id: UserId }>(ADD, [dialogId, userIds, role]);
  return rows.map((row) => row.user_id);
}

/** Takes people out who are in it. With the last of them the dialog is deleted. */
export async function removeMembers(tx: Tx, dialogId: DialogId, userIds: readonly UserId[]): Promise<void> {
  await tx.rows(HOLD_MEMBERS, [dialogId, userIds]);
  await tx.rows(REMOVE, [dialogId, userIds]);
}

export async function setRole(
  tx: Tx,
  dialogId: DialogId,
  userIds: readonly UserId[],
  role: ParticipantRole,
): Promise<void> {
  await tx.rows(HOLD_MEMBERS, [dialogId, userIds]);
  await tx.rows(SET_ROLE, [dialogId, userIds, role]);
}

/** Who comes after an owner that has left: the admin who is in it longest, or else the member. */
export async function successorIn(tx: Tx, dialogId: DialogId): Promise<UserId | undefined> {
  const found =
    (await firstRow<{ user_id: UserId }>(tx, SENIOR_ADMIN, [dialogId])) ??
    (await firstRow<{ user_id: UserId }>(tx, SENIOR_MEMBER, [dialogId]));
  return found?.user_id;
}

/** Takes everyone out and marks it deleted. */
export async function closeDialog(tx: Tx, id: DialogId): Promise<void> {
  await tx.rows(CLOSE, [id]);
}

/** False when the user is not in it. */
export async function setMute(sql: Sql, id: DialogId, userId: UserId, until: Date | null): Promise<boolean> {
  return (await firstRow(sql, MUTE, [id, userId, until])) !== undefined;
}

/** Puts it away for one of its members, until something is said in it. */
export async function hideDialog(tx: Tx, id: DialogId, userId: UserId): Promise<void> {
  await tx.rows(HIDE, [id, userId]);
}

/** Whether one of these people is in at least so many dialogs of this database. */
export async function anyoneCrowded(sql: Sql, userIds: readonly UserId[], dialogsMax: number): Promise<boolean> {
  return (await firstRow(sql, CROWDED, [userIds, dialogsMax])) !== undefined;
}
