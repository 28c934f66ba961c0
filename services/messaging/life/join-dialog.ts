import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import { AppError } from '#shared/errors.ts';
import { MembersEntered } from '#shared/events/dialog-life.ts';
import { happened } from '#shared/events/event.ts';
import type { DialogId } from '#shared/ids.ts';
import { makeMayOpen, refusalBy } from '../may-open.ts';
import type { Member } from '../service.ts';
import { addMembers } from '../store/dialog-life.ts';
import type { ChangeDialog, LifePorts } from './change-dialog.ts';
import { refuseCrowd } from './rules.ts';

/**
 * Joins a public group or channel; again, when the caller is in it, changes nothing.
 *
 * @throws {AppError} NOT_FOUND for one that is not public, CONFLICT for a full one, or when the caller is in too many.
 */
export function makeJoinDialog(change: ChangeDialog, ports: LifePorts) {
  const mayOpen = makeMayOpen(ports);
  return async (caller: Member, dialogId: DialogId): Promise<WireDialog> => {
    const refusal = await refusalBy(mayOpen(caller, []));
    return await change(caller, dialogId, async ({ tx, dialog, role }) => {
      if (role !== undefined) return undefined;
      if (!dialog.is_public) throw new AppError('NOT_FOUND');
      if (refusal !== undefined) throw refusal;
      refuseCrowd(dialog.type, dialog.participant_count + 1);
      await addMembers(tx, dialogId, [caller.userId], 'member');
      const isChannel = dialog.type === 'channel';
      return {
        notices: isChannel ? [] : [{ action: 'joined' }],
        events: [
          happened(MembersEntered, dialogId, { dialog_id: dialogId, by: caller.userId, user_ids: [caller.userId] }),
        ],
        entered: [caller.userId],
        isQuiet: isChannel,
      };
    });
  };
}
