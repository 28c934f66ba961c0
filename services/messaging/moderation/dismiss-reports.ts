import { AppError } from '#shared/errors.ts';
import type { MessageId } from '#shared/ids.ts';
import { refuseMember } from '../life/rules.ts';
import type { Member } from '../service.ts';
import { decideReports } from '../store/reports.ts';
import { dismissed } from './dismissed.ts';
import type { ModerationPorts } from './report-message.ts';

/**
 * Decides that a reported message stays. To delete it decides otherwise, and ends its reports as well.
 *
 * @throws {AppError} NOT_FOUND when the caller is not in the message's dialog, FORBIDDEN for plain members, in a direct
 *   dialog, and for one's own message
 */
export function makeDismissReports({ changing, reading, outbox }: ModerationPorts) {
  return async (caller: Member, messageId: MessageId): Promise<void> => {
    const found = await changing.find(messageId, caller.userId);
    const dialogId = found.dialog_id;
    refuseMember(found.dialog_type === 'direct' ? 'member' : found.role);
    if (found.sender_id === caller.userId) throw new AppError('FORBIDDEN', { message: 'This is your own message' });
    await reading.home(dialogId).transaction(async (tx) => {
      const count = await decideReports(tx, [dialogId], [messageId], ['admins']);
      if (count === 0) return;
      await outbox.append(tx, dismissed({ dialogId, messageId, by: caller.userId, facts: { count } }));
    });
  };
}
