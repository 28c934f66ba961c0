import type { DialogId, MessageId } from '#shared/ids.ts';
import { type Sql, statement } from '#shared/sql.ts';

/** What a message said before an edit, sealed as it was. */
export type EditRow = { readonly key_version: number; readonly written_at: Date; readonly body: Uint8Array };

const OF_MESSAGE = statement(
  'messaging.edits-of-message',
  `SELECT message_edits.key_version, message_edits.written_at, message_edits.body FROM messaging.message_edits
   WHERE message_edits.dialog_id = $1 AND message_edits.message_id = $2 ORDER BY message_edits.edit`,
);

/** The earlier bodies of a message, the first one first. */
export function editsOf(sql: Sql, dialogId: DialogId, messageId: MessageId): Promise<EditRow[]> {
  return sql.rows<EditRow>(OF_MESSAGE, [dialogId, messageId]);
}
