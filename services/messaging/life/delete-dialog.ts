import { AppError } from '#shared/errors.ts';
import { DialogDeleted } from '#shared/events/dialog-life.ts';
import { happened } from '#shared/events/event.ts';
import type { DialogId } from '#shared/ids.ts';
import type { Member } from '../service.ts';
import { closeDialog, hideDialog } from '../store/dialog-life.ts';
import type { ChangeDialog } from './change-dialog.ts';
import { leave } from './leave-dialog.ts';

/**
 * What "delete" means depends on who says it. The owner deletes a group or channel for everyone: nobody finds it any
 * more, and what was said is purged after 30 days. Others leave it. A direct dialog belongs to both, so it is only put
 * away: it stays out of the caller's list until something is said in it.
 *
 * @throws {AppError} NOT_FOUND when the caller is not in it.
 */
export function makeDeleteDialog(change: ChangeDialog) {
  return async (caller: Member, dialogId: DialogId): Promise<void> => {
    await change(caller, dialogId, async (standing) => {
      const { tx, dialog, role } = standing;
      if (role === undefined) throw new AppError('NOT_FOUND');
      if (dialog.type === 'direct') {
        await hideDialog(tx, dialogId, caller.userId);
        return undefined;
      }
      if (role !== 'owner') return await leave(standing, caller, dialogId);
      await closeDialog(tx, dialogId);
      return {
        notices: [],
        events: [happened(DialogDeleted, dialogId, { dialog_id: dialogId, by: caller.userId })],
        audit: { action: 'messaging.dialog_deleted', facts: { participant_count: dialog.participant_count } },
        closed: true,
      };
    });
  };
}
