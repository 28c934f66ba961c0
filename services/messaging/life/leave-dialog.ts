import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { SystemNotice } from '#shared/contracts/messaging/system-notice.ts';
import { AppError } from '#shared/errors.ts';
import { DialogDeleted, MembersGone, RolesChanged } from '#shared/events/dialog-life.ts';
import { type NewEvent, happened } from '#shared/events/event.ts';
import type { DialogId } from '#shared/ids.ts';
import type { Member } from '../service.ts';
import { removeMembers, setRole, successorIn } from '../store/dialog-life.ts';
import type { ChangeDialog, Deed, Standing } from './change-dialog.ts';
import { refuseDirect } from './rules.ts';

/**
 * Leaves a group or channel. When the owner leaves, the admin who is in it longest becomes owner, or else the member;
 * with its last member a dialog ends.
 *
 * @throws {AppError} NOT_FOUND when the caller is not in it, CONFLICT for a direct dialog.
 */
export function makeLeaveDialog(change: ChangeDialog) {
  return (caller: Member, dialogId: DialogId): Promise<WireDialog> =>
    change(caller, dialogId, (standing) => leave(standing, caller, dialogId));
}

export type LeaveDialog = ReturnType<typeof makeLeaveDialog>;

export async function leave({ tx, dialog, role }: Standing, caller: Member, dialogId: DialogId): Promise<Deed> {
  if (role === undefined) throw new AppError('NOT_FOUND');
  refuseDirect(dialog.type);
  await removeMembers(tx, dialogId, [caller.userId]);
  const by = { dialog_id: dialogId, by: caller.userId };
  const events: NewEvent[] = [happened(MembersGone, dialogId, { ...by, user_ids: [caller.userId] })];
  const gone = { userIds: [caller.userId], reason: 'left' } as const;
  if (dialog.participant_count === 1) {
    const deleted = happened(DialogDeleted, dialogId, by);
    return { notices: [], events: [...events, deleted], gone, closed: true };
  }
  const heir = role === 'owner' ? await successorIn(tx, dialogId) : undefined;
  const notices: SystemNotice[] = dialog.type === 'channel' ? [] : [{ action: 'left' }];
  if (heir !== undefined) {
    await setRole(tx, dialogId, [heir], 'owner');
    events.push(happened(RolesChanged, dialogId, { ...by, user_ids: [heir], role: 'owner' }));
    if (dialog.type === 'group') notices.push({ action: 'role_changed', user_ids: [heir], role: 'owner' });
  }
  return { notices, events, gone, isQuiet: dialog.type === 'channel' && role === 'member' };
}
