import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { ChangeRoles } from '#shared/contracts/messaging/dialog-life.ts';
import { AppError } from '#shared/errors.ts';
import { RolesChanged } from '#shared/events/dialog-life.ts';
import { happened } from '#shared/events/event.ts';
import type { DialogId } from '#shared/ids.ts';
import type { Member } from '../service.ts';
import { rolesOf, setRole } from '../store/dialog-life.ts';
import type { ChangeDialog } from './change-dialog.ts';
import { judgeRoleChange, refuseDirect } from './rules.ts';

/**
 * Promotes and demotes. Making someone owner hands the dialog over: the caller is an admin from then on.
 *
 * @throws {AppError} NOT_FOUND when the caller or one of those named is not in it; FORBIDDEN for what the caller's role
 *   does not allow; CONFLICT for a direct dialog, and for an owner who would leave it without one.
 */
export function makeChangeRoles(change: ChangeDialog) {
  return (caller: Member, dialogId: DialogId, { user_ids: userIds, role }: ChangeRoles): Promise<WireDialog> =>
    change(caller, dialogId, async ({ tx, dialog, role: own }) => {
      if (own === undefined) throw new AppError('NOT_FOUND');
      refuseDirect(dialog.type);
      const roles = await rolesOf(tx, dialogId, userIds);
      judgeRoleChange(own, roles.values(), role);
      if (roles.size < userIds.length) throw new AppError('NOT_FOUND', { message: 'There is no such participant' });
      const changed = userIds.filter((id) => roles.get(id) !== role);
      if (changed.length === 0) return undefined;
      if (role === 'owner') await setRole(tx, dialogId, [caller.userId], 'admin');
      await setRole(tx, dialogId, changed, role);
      const by = { dialog_id: dialogId, by: caller.userId };
      return {
        notices: dialog.type === 'channel' ? [] : [{ action: 'role_changed', user_ids: changed, role }],
        events: [happened(RolesChanged, dialogId, { ...by, user_ids: changed, role })],
        audit: { action: 'messaging.roles_changed', facts: { count: changed.length, role } },
      };
    });
}
