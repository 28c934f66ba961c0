import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { AddParticipants } from '#shared/contracts/messaging/dialog-life.ts';
import { AppError } from '#shared/errors.ts';
import { MembersEntered } from '#shared/events/dialog-life.ts';
import { happened } from '#shared/events/event.ts';
import type { DialogId } from '#shared/ids.ts';
import { makeMayInclude, refusalBy } from '../may-open.ts';
import type { Member } from '../service.ts';
import { addMembers } from '../store/dialog-life.ts';
import type { ChangeDialog, LifePorts } from './change-dialog.ts';
import { refuseCrowd, refuseDirect, refuseMember } from './rules.ts';

/**
 * Adds people to a group or channel. Those who are in it already stay what they are. In a channel nothing is said of
 * it: its readers are no business of each other's.
 *
 * @throws {AppError} NOT_FOUND when the caller is not in it, or one of those named has no active account or has blocked
 *   the caller; FORBIDDEN for plain members; CONFLICT for a direct dialog, a full one, or people in too many dialogs.
 */
export function makeAddParticipants(change: ChangeDialog, ports: LifePorts) {
  const mayInclude = makeMayInclude(ports);
  return async (
    caller: Member,
    dialogId: DialogId,
    { user_ids: userIds, role }: AddParticipants,
  ): Promise<WireDialog> => {
    // Asked before the dialog is held, and answered only to someone who may add people.
    const refusal = await refusalBy(mayInclude(caller, userIds));
    return await change(caller, dialogId, async ({ tx, dialog, role: own }) => {
      if (own === undefined) throw new AppError('NOT_FOUND');
      refuseDirect(dialog.type);
      refuseMember(own);
      if (refusal !== undefined) throw refusal;
      const added = await addMembers(tx, dialogId, userIds, role);
      if (added.length === 0) return undefined;
      refuseCrowd(dialog.type, dialog.participant_count + added.length);
      const isChannel = dialog.type === 'channel';
      return {
        notices: isChannel ? [] : [{ action: 'added', user_ids: added }],
        events: [happened(MembersEntered, dialogId, { dialog_id: dialogId, by: caller.userId, user_ids: added })],
        audit: { action: 'messaging.members_added', facts: { count: added.length, role } },
        entered: added,
        isQuiet: isChannel && role === 'member',
      };
    });
  };
}
