import { AppError, invalid } from '#shared/errors.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import { MessageReported } from '#shared/events/messaging.ts';
import { type MessageId, regionOf } from '#shared/ids.ts';
import type { Databases } from '#shared/sql.ts';
import type { Changing } from '../changing.ts';
import type { DialogKeys } from '../encryption/dialog-keys.ts';
import { seal } from '../encryption/seal.ts';
import type { Reading } from '../reading.ts';
import type { Member } from '../service.ts';
import { addReport, audienceOf } from '../store/reports.ts';

export type ModerationPorts = {
  readonly databases: Databases;
  readonly changing: Changing;
  readonly reading: Reading;
  readonly keys: DialogKeys;
  readonly outbox: Outbox;
};

/**
 * Says of someone's message that it should not be there, to those who decide: to the owner and admins where the group or
 * channel is moderated and the sender is not one of them, else to those who review for the platform. The sender never
 * learns by whom. Reporting twice changes nothing.
 *
 * @throws {AppError} NOT_FOUND when the caller is not in the message's dialog, VALIDATION_ERROR for one's own message,
 *   FORBIDDEN for a system message, CONFLICT for a deleted one
 */
export function makeReportMessage({ changing, reading, keys, outbox }: ModerationPorts) {
  return async (caller: Member, messageId: MessageId, reason: string): Promise<void> => {
    const found = await changing.find(messageId, caller.userId);
    const { dialog_id: dialogId, sender_id: senderId, seq } = found;
    if (found.message_type === 'system') throw new AppError('FORBIDDEN', { message: 'System messages are ours' });
    if (senderId === caller.userId) throw invalid('id', 'must not be of your own message');
    if (found.deleted_at !== null) throw new AppError('CONFLICT', { message: 'The message was deleted' });
    const key = await keys.current(dialogId);
    const place = { dialogId, messageId, senderId: caller.userId };
    const body = seal(key, place, { content: reason, metadata: null });
    await reading.home(dialogId).transaction(async (tx) => {
      const audience = await audienceOf(tx, dialogId, senderId);
      const report = { dialogId, messageId, seq, reporterId: caller.userId, audience, keyVersion: key.version, body };
      if (!(await addReport(tx, report))) return;
      const ids = { dialog_id: dialogId, message_id: messageId, sender_id: senderId, reporter_id: caller.userId };
      await outbox.append(tx, {
        events: [happened(MessageReported, dialogId, { ...ids, audience })],
        audit: [
          {
            actor: caller.userId,
            action: 'messaging.message_reported',
            subject: messageId,
            region: regionOf(dialogId),
            outcome: 'ok',
            facts: { dialog_id: dialogId, sender_id: senderId, audience },
          },
        ],
      });
    });
  };
}
