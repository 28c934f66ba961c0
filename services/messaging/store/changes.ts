import type { DialogType, ParticipantRole } from '#shared/contracts/messaging/dialog.ts';
import type { DialogId, MediaId, MessageId, UserId } from '#shared/ids.ts';
import { type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';
import { MESSAGE_COLUMNS, type MessageRow } from './messages.ts';

/** What is to be done to one message. */
export type Change = {
  readonly kind: 'edit' | 'delete' | 'react' | 'unreact';
  readonly messageId: MessageId;
  readonly dialogId: DialogId;
  readonly seq: bigint;
  readonly actorId: UserId;
  /** Whose rights it is judged by, when they are not the actor's: the platform's reviewers are in no dialog. */
  readonly judgedAs?: UserId;
  /** Of a reaction. */
  readonly emoji?: string;
  /** Of the deletion of a message that shows a file: the file, and the message's client key. */
  readonly showed?: { readonly mediaId: MediaId; readonly messageKey: string };
  /** Of an edit: the new body and the key that sealed it. */
  readonly sealed?: { readonly keyVersion: number; readonly body: Uint8Array };
};

/** Bounds that the store keeps, because only it sees all changes of a message one after the other. */
export type ChangeLimits = {
  readonly editWithinMs: number;
  readonly editsMax: number;
  readonly reactionsMax: number;
};

/** What became of a change; the migration that made `messaging.change_messages` says what each word means. */
export type Verdict = 'changed' | 'unchanged' | 'absent' | 'system' | 'forbidden' | 'deleted' | 'late' | 'full';

const CHANGE = statement(
  'messaging.change',
  `SELECT done.outcome FROM messaging.change_messages(
     $1, $2, $3, $4, $5, $6, $7, $8, make_interval(secs => $9::double precision / 1000), $10, $11
   ) AS done ORDER BY done.place`,
);
const FOR_MEMBER = statement(
  'messaging.message-for-member',
  `SELECT ${MESSAGE_COLUMNS}, participants.role, participants.blocked, dialogs.type AS dialog_type
   FROM messaging.messages
   JOIN messaging.participants ON participants.dialog_id = messages.dialog_id AND participants.user_id = $2
   JOIN messaging.dialogs ON dialogs.id = messages.dialog_id
   WHERE messages.id = $1`,
);
const BY_IDS = statement(
  'messaging.messages-by-ids',
  `SELECT ${MESSAGE_COLUMNS} FROM messaging.messages WHERE messages.id = ANY ($1::uuid[])`,
);

/** Makes changes in one call and answers each, in order. No two may name the same message. */
export async function changeMessages(tx: Tx, batch: readonly Change[], limits: ChangeLimits): Promise<Verdict[]> {
  const rows = await tx.rows<{ outcome: Verdict }>(CHANGE, [
    batch.map((change) => change.kind),
    batch.map((change) => change.messageId),
    batch.map((change) => change.dialogId),
    batch.map((change) => change.seq),
    batch.map((change) => change.judgedAs ?? change.actorId),
    batch.map((change) => change.emoji ?? null),
    batch.map((change) => change.sealed?.keyVersion ?? null),
    batch.map((change) => change.sealed?.body ?? null),
    limits.editWithinMs,
    limits.editsMax,
    limits.reactionsMax,
  ]);
  return rows.map((row) => row.outcome);
}

/** A message with the place in its dialog of the member who asks; `blocked` by the other side of a direct dialog. */
export type MessageForMember = MessageRow & {
  readonly role: ParticipantRole;
  readonly blocked: boolean;
  readonly dialog_type: DialogType;
};

/** Undefined when the user is not in the message's dialog, or there is no such message. */
export function messageForMember(
  sql: Sql,
  messageId: MessageId,
  userId: UserId,
): Promise<MessageForMember | undefined> {
  return firstRow<MessageForMember>(sql, FOR_MEMBER, [messageId, userId]);
}

export function messagesByIds(sql: Sql, ids: readonly MessageId[]): Promise<MessageRow[]> {
  return sql.rows<MessageRow>(BY_IDS, [ids]);
}
