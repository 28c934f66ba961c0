import type { DialogId, MessageId } from '#shared/ids.ts';
import { type Tx, firstRow, statement } from '#shared/sql.ts';

const SET = statement(
  'messaging.set-pins',
  'UPDATE messaging.dialogs SET pinned_message_ids = $2::uuid[], updated_at = now() WHERE dialogs.id = $1',
);
const TAKE_AWAY = statement(
  'messaging.take-pins-away',
  `UPDATE messaging.dialogs
   SET pinned_message_ids = ARRAY(
         SELECT pin.id FROM unnest(dialogs.pinned_message_ids) WITH ORDINALITY AS pin (id, place)
         WHERE pin.id <> ALL ($2::uuid[]) ORDER BY pin.place
       ),
       updated_at = now()
   WHERE dialogs.id = ANY ($1::uuid[]) AND dialogs.pinned_message_ids && $2::uuid[]
   RETURNING dialogs.id, cardinality(dialogs.pinned_message_ids) AS pinned`,
);
// Also where messages live in a log: what was changed of it is in the database.
const IS_DELETED = statement(
  'messaging.is-deleted',
  'SELECT 1 AS found FROM messaging.messages WHERE messages.id = $1 AND messages.deleted_at IS NOT NULL',
);

/** In a transaction that holds the dialog's row. */
export async function setPins(tx: Tx, id: DialogId, messageIds: readonly MessageId[]): Promise<void> {
  await tx.rows(SET, [id, messageIds]);
}

/** Unpins messages wherever they are pinned. @returns the dialogs that had one of them, and how many pins are left */
export function takePinsAway(
  tx: Tx,
  dialogIds: readonly DialogId[],
  messageIds: readonly MessageId[],
): Promise<{ readonly id: DialogId; readonly pinned: number }[]> {
  return tx.rows(TAKE_AWAY, [dialogIds, messageIds]);
}

/** In a transaction that holds the dialog's row, so that it stays so. */
export async function isDeleted(tx: Tx, messageId: MessageId): Promise<boolean> {
  return (await firstRow(tx, IS_DELETED, [messageId])) !== undefined;
}
