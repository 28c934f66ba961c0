import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import { AppError, invalid } from '#shared/errors.ts';
import { MembersGone } from '#shared/events/dialog-life.ts';
import { happened } from '#shared/events/event.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
import type { Member } from '../service.ts';
import { removeMembers, rolesOf } from '../store/dialog-life.ts';
import type { ChangeDialog } from './change-dialog.ts';
import type { LeaveDialog } from './leave-dialog.ts';
import { judgeRemoval, refuseDirect } from './rules.ts';

/**
 * Removes people from a group or channel: all of those named or none. Naming oneself alone is leaving.
 *
 * @throws {AppError} NOT_FOUND when the caller or one of those named is not in it; FORBIDDEN for plain members, and for
 *   the owner's removal; CONFLICT for a direct dialog.
 */
export function makeRemoveParticipants(change: ChangeDialog, leave: LeaveDialog) {
  return async (caller: Member, dialogId: DialogId, userIds: readonly UserId[]): Promise<WireDialog> => {
    if (userIds.includes(caller.userId)) {
      if (userIds.length > 1) throw invalid('user_ids', 'must name others, or yourself alone to leave');
      return await leave(caller, dialogId);
    }
    return await change(caller, dialogId, async ({ tx, dialog, role }) => {
      if (role === undefined) throw new AppError('NOT_FOUND');
      refuseDirect(dialog.type);
      const roles = await rolesOf(tx, dialogId, userIds);
      judgeRemoval(role, roles.values());
      if (roles.size < userIds.length) throw new AppError('NOT_FOUND', { message: 'There is no such participant' });
      await removeMembers(tx, dialogId, userIds);
      const isChannel = dialog.type === 'channel';
      return {
        notices: isChannel ? [] : [{ action: 'removed', user_ids: [...userIds] }],
        events: [happened(MembersGone, dialogId, { dialog_id: dialogId, by: caller.userId, user_ids: [...userIds] })],
        audit: { action: 'messaging.members_removed', facts: { count: userIds.length } },
        gone: { userIds, reason: 'removed' },
        isQuiet: isChannel && [...roles.values()].every((other) => other === 'member'),
      };
    });
  };
}
