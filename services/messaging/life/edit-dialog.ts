import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { EditDialog } from '#shared/contracts/messaging/dialog-life.ts';
import type { SystemNotice } from '#shared/contracts/messaging/system-notice.ts';
import { AppError } from '#shared/errors.ts';
import { DialogEdited } from '#shared/events/dialog-life.ts';
import { happened } from '#shared/events/event.ts';
import type { DialogId } from '#shared/ids.ts';
import type { Member } from '../service.ts';
import { writeEdit } from '../store/dialog-life.ts';
import type { ChangeDialog } from './change-dialog.ts';
import { refuseDirect, refuseMember } from './rules.ts';

/**
 * Changes what is named and leaves the rest; the dialog says what has changed.
 * @throws {AppError} NOT_FOUND when the caller is not in it, CONFLICT for a direct dialog, FORBIDDEN for plain members.
 */
export function makeEditDialog(change: ChangeDialog) {
  return (caller: Member, dialogId: DialogId, edit: EditDialog): Promise<WireDialog> =>
    change(caller, dialogId, async ({ tx, dialog, role }) => {
      if (role === undefined) throw new AppError('NOT_FOUND');
      refuseDirect(dialog.type);
      refuseMember(role);
      const notices = noticesOf(edit);
      if (notices.length === 0) return undefined;
      const { settings = {} } = edit;
      await writeEdit(tx, dialogId, {
        name: edit.name,
        description: edit.description,
        avatarUrl: edit.avatar_url,
        isPublic: settings.is_public,
        allowMedia: settings.allow_media,
        moderationEnabled: settings.moderation_enabled,
        messageRetentionDays: settings.message_retention_days,
      });
      const changed = [...Object.keys(edit).filter((field) => field !== 'settings'), ...Object.keys(settings)];
      return {
        notices,
        events: [happened(DialogEdited, dialogId, { dialog_id: dialogId, by: caller.userId, changed })],
        audit: { action: 'messaging.dialog_edited', facts: { changed: changed.join(' ') } },
      };
    });
}

function noticesOf({ name, description, avatar_url: avatarUrl, settings = {} }: EditDialog): SystemNotice[] {
  const notices: SystemNotice[] = [];
  if (name !== undefined) notices.push({ action: 'renamed', name });
  if (description !== undefined) notices.push({ action: 'described', description });
  if (avatarUrl !== undefined) notices.push({ action: 'pictured', avatar_url: avatarUrl });
  if (Object.keys(settings).length > 0) notices.push({ action: 'settings_changed', settings });
  return notices;
}
