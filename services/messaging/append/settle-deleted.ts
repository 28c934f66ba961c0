import { DialogEdited } from '#shared/events/dialog-life.ts';
import { type AuditEntry, type NewEvent, happened } from '#shared/events/event.ts';
import { type DialogId, regionOf } from '#shared/ids.ts';
import type { Tx } from '#shared/sql.ts';
import type { Change } from '../store/changes.ts';
import { takePinsAway } from '../store/pins.ts';
import { decideReports } from '../store/reports.ts';

/** A dialog that lost a pin, and what is to be written of it. */
type Unpinned = { readonly dialogId: DialogId; readonly event: NewEvent; readonly audit: AuditEntry };

/**
 * Unpins what these changes, which were made, have deleted, and ends the reports of it. The transaction holds the dialogs'
 * rows.
 */
export async function settleDeleted(tx: Tx, made: readonly Change[]): Promise<Unpinned[]> {
  const deletions = made.filter(({ kind }) => kind === 'delete');
  if (deletions.length === 0) return [];
  const dialogIds = [...new Set(deletions.map(({ dialogId }) => dialogId))];
  const messageIds = deletions.map(({ messageId }) => messageId);
  await decideReports(tx, dialogIds, messageIds, ['admins', 'ops']);
  const lost = await takePinsAway(tx, dialogIds, messageIds);
  return lost.map(({ id, pinned }) => {
    const by = deletions.find(({ dialogId }) => dialogId === id)!.actorId;
    const action = 'messaging.message_unpinned';
    return {
      dialogId: id,
      event: happened(DialogEdited, id, { dialog_id: id, by, changed: ['pinned_message_ids'] }),
      audit: { actor: by, action, subject: id, region: regionOf(id), outcome: 'ok', facts: { pinned } },
    };
  });
}
