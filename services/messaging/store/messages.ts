import type { MessageType } from '#shared/contracts/messaging/message.ts';
import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import { type Sql, firstRow, statement } from '#shared/sql.ts';

/** A message as it rests. */
export type MessageRow = {
  readonly dialog_id: DialogId;
  readonly id: MessageId;
  readonly seq: bigint;
  readonly version: bigint;
  readonly sender_id: UserId;
  readonly client_id: string;
  readonly message_type: MessageType;
  readonly reply_to_id: MessageId | null;
  readonly key_version: number;
  readonly body: Uint8Array;
  readonly changed: boolean;
  readonly edited_at: Date | null;
  readonly deleted_at: Date | null;
  readonly created_at: Date;
};

/** The columns of a {@link MessageRow}. */
export const MESSAGE_COLUMNS = `messages.dialog_id, messages.id, messages.seq, messages.version, messages.sender_id, messages.client_id,
  messages.message_type, messages.reply_to_id, messages.key_version, messages.body, messages.changed,
  messages.edited_at, messages.deleted_at, messages.created_at`;

const BEFORE = statement(
  'messaging.messages-before',
  `SELECT ${MESSAGE_COLUMNS} FROM messaging.messages
   WHERE messages.dialog_id = $1 AND messages.seq < $2 ORDER BY messages.seq DESC LIMIT $3`,
);
const AFTER = statement(
  'messaging.messages-after',
  `SELECT ${MESSAGE_COLUMNS} FROM messaging.messages
   WHERE messages.dialog_id = $1 AND messages.seq > $2 ORDER BY messages.seq LIMIT $3`,
);
const BY_SEQ = statement(
  'messaging.message-by-seq',
  `SELECT ${MESSAGE_COLUMNS} FROM messaging.messages WHERE messages.dialog_id = $1 AND messages.seq = $2`,
);
const AT_SPOTS = statement(
  'messaging.messages-at',
  `SELECT ${MESSAGE_COLUMNS}
   FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS wanted (dialog_id, seq, place)
   JOIN messaging.messages ON messages.dialog_id = wanted.dialog_id AND messages.seq = wanted.seq
   ORDER BY wanted.place`,
);
const NEWEST = statement(
  'messaging.newest-messages',
  `SELECT ${MESSAGE_COLUMNS} FROM messaging.dialogs
   JOIN messaging.messages ON messages.dialog_id = dialogs.id AND messages.seq = dialogs.last_seq
   WHERE dialogs.id = ANY ($1::uuid[])`,
);
const SEQ_OF = statement(
  'messaging.seq-of-message',
  'SELECT messages.seq, messages.dialog_id FROM messaging.messages WHERE messages.id = $1',
);
/**
 * What changed in each dialog after a version, and up to one, ascending in version.
 *
 * Messages that never changed have versions in the order of their seqs, and each took one version, so those after a
 * version are among the last (version - after) seqs: the primary key finds them. The others have an index by version.
 */
const CHANGES = statement(
  'messaging.changes',
  `SELECT ${MESSAGE_COLUMNS}
   FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[]) AS known (dialog_id, after, version, last_seq)
   CROSS JOIN LATERAL (
     SELECT latest.* FROM (
       (SELECT unchanged.* FROM messaging.messages AS unchanged
        WHERE unchanged.dialog_id = known.dialog_id AND unchanged.seq > known.last_seq - (known.version - known.after)
          AND unchanged.version > known.after AND unchanged.version <= known.version AND NOT unchanged.changed
        ORDER BY unchanged.seq LIMIT $5)
       UNION ALL
       (SELECT changed.* FROM messaging.messages AS changed
        WHERE changed.dialog_id = known.dialog_id AND changed.changed
          AND changed.version > known.after AND changed.version <= known.version
        ORDER BY changed.version LIMIT $5)
     ) AS latest ORDER BY latest.version LIMIT $5
   ) AS messages
   ORDER BY messages.dialog_id, messages.version`,
);

/** The newest messages below a seq, newest first. */
export function messagesBefore(sql: Sql, dialogId: DialogId, seq: number, limit: number): Promise<MessageRow[]> {
  return sql.rows<MessageRow>(BEFORE, [dialogId, seq, limit]);
}

/** The oldest messages above a seq, oldest first. */
export function messagesAfter(sql: Sql, dialogId: DialogId, seq: number, limit: number): Promise<MessageRow[]> {
  return sql.rows<MessageRow>(AFTER, [dialogId, seq, limit]);
}

export function messageBySeq(sql: Sql, dialogId: DialogId, seq: bigint): Promise<MessageRow | undefined> {
  return firstRow<MessageRow>(sql, BY_SEQ, [dialogId, seq]);
}

/** The messages at these places, in their order. */
export function messagesAt(
  sql: Sql,
  spots: readonly { readonly dialog_id: DialogId; readonly seq: bigint }[],
): Promise<MessageRow[]> {
  return sql.rows<MessageRow>(AT_SPOTS, [spots.map((spot) => spot.dialog_id), spots.map((spot) => spot.seq)]);
}

/** The last message of each dialog that has one. */
export function newestMessages(sql: Sql, dialogIds: readonly DialogId[]): Promise<MessageRow[]> {
  return sql.rows<MessageRow>(NEWEST, [dialogIds]);
}

/** Where a message is in its dialog; undefined when it is not there. */
export async function seqOf(sql: Sql, dialogId: DialogId, messageId: MessageId): Promise<number | undefined> {
  const row = await firstRow<{ seq: bigint; dialog_id: DialogId }>(sql, SEQ_OF, [messageId]);
  return row?.dialog_id === dialogId ? Number(row.seq) : undefined;
}

export type KnownDialog = {
  readonly dialogId: DialogId;
  readonly after: number;
  readonly version: number;
  readonly lastSeq: number;
};

/** At most `limit` changes of each dialog, ascending in version within a dialog. */
export function changesOf(sql: Sql, known: readonly KnownDialog[], limit: number): Promise<MessageRow[]> {
  return sql.rows<MessageRow>(CHANGES, [
    known.map((dialog) => dialog.dialogId),
    known.map((dialog) => dialog.after),
    known.map((dialog) => dialog.version),
    known.map((dialog) => dialog.lastSeq),
    limit,
  ]);
}
