import type { DialogId } from '#shared/ids.ts';
import { type Sql, statement } from '#shared/sql.ts';
import { MESSAGE_COLUMNS, type MessageRow } from '../messages.ts';
import type { LogRow } from './message-log.ts';

const OVERLAY = statement(
  'messaging.overlay',
  `SELECT wanted.dialog_id AS at_dialog, wanted.seq AS at_seq, wanted.seq <= dialogs.purged_seq AS is_gone, ${MESSAGE_COLUMNS}
   FROM unnest($1::uuid[], $2::bigint[]) AS wanted (dialog_id, seq)
   JOIN messaging.dialogs ON dialogs.id = wanted.dialog_id
   LEFT JOIN messaging.messages
     ON messages.dialog_id = wanted.dialog_id AND messages.seq = wanted.seq AND messages.changed
   WHERE messages.changed OR wanted.seq <= dialogs.purged_seq`,
);

type Overlay = MessageRow & { readonly at_dialog: DialogId; readonly at_seq: bigint; readonly is_gone: boolean };

/**
 * Messages as they are now: a message that was changed is in the database, and what the log has of it is out of date; one
 * that was purged may be in the log for a moment more, and is left out.
 */
export async function asTheyAre(sql: Sql, rows: readonly LogRow[]): Promise<MessageRow[]> {
  if (rows.length === 0) return [];
  const found = await sql.rows<Overlay>(OVERLAY, [rows.map((row) => row.dialog_id), rows.map((row) => row.seq)]);
  if (found.length === 0) return [...rows];
  const byPlace = new Map(found.map((row) => [placeOf(row.at_dialog, row.at_seq), row]));
  return rows.flatMap((row) => {
    const overlay = byPlace.get(placeOf(row.dialog_id, row.seq));
    if (overlay === undefined) return [row];
    const { at_dialog: _dialog, at_seq: _seq, is_gone: isGone, ...message } = overlay;
    return isGone ? [] : [message];
  });
}

const placeOf = (dialogId: DialogId, seq: bigint): string => `${dialogId}:${seq}`;
