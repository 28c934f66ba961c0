import type { WireDialog } from '#shared/contracts/messaging/dialog.ts';
import { AppError } from '#shared/errors.ts';
import { DialogEdited } from '#shared/events/dialog-life.ts';
import { happened } from '#shared/events/event.ts';
import type { DialogId, MessageId } from '#shared/ids.ts';
import type { Member } from '../service.ts';
import { isDeleted, setPins } from '../store/pins.ts';
import type { ChangeDialog, Deed, Standing } from './change-dialog.ts';
import { PINS_MAX, refuseMember } from './rules.ts';

/**
 * Pins a message, or takes a pin away: both people in a direct dialog may, elsewhere owner and admins. What is so
 * already stays so.
 *
 * @throws {AppError} NOT_FOUND when the caller is not in the dialog or the message to pin is not, FORBIDDEN for plain
 *   members, CONFLICT when as many are pinned as may be, or the message was deleted.
 */
export function makePinMessage(change: ChangeDialog) {
  return (caller: Member, dialogId: DialogId, messageId: MessageId): Promise<WireDialog> =>
    change(caller, dialogId, async (standing) => {
      const pinned = pinsFor(standing);
      if ((await standing.store.seqOf(standing.tx, dialogId, messageId)) === undefined) throw new AppError('NOT_FOUND');
      if (pinned.includes(messageId)) return undefined;
      if (await isDeleted(standing.tx, messageId)) {
        throw new AppError('CONFLICT', { message: 'The message was deleted' });
      }
      if (pinned.length >= PINS_MAX) throw new AppError('CONFLICT', { message: `At most ${PINS_MAX} may be pinned` });
      return await write(standing, caller, [...pinned, messageId], { action: 'pinned', message_id: messageId });
    });
}

export function makeUnpinMessage(change: ChangeDialog) {
  return (caller: Member, dialogId: DialogId, messageId: MessageId): Promise<WireDialog> =>
    change(caller, dialogId, async (standing) => {
      const pinned = pinsFor(standing);
      if (!pinned.includes(messageId)) {
        if ((await standing.store.seqOf(standing.tx, dialogId, messageId)) === undefined)
          throw new AppError('NOT_FOUND');
        return undefined;
      }
      const left = pinned.filter((id) => id !== messageId);
      return await write(standing, caller, left, { action: 'unpinned', message_id: messageId });
    });
}

/** The pins, for someone who may change them. */
function pinsFor({ dialog, role }: Standing): readonly MessageId[] {
  if (role === undefined) throw new AppError('NOT_FOUND');
  if (dialog.type !== 'direct') refuseMember(role);
  return dialog.pinned_message_ids;
}

async function write(
  { tx, dialog: { id } }: Standing,
  caller: Member,
  pins: readonly MessageId[],
  notice: Deed['notices'][number],
): Promise<Deed> {
  await setPins(tx, id, pins);
  return {
    notices: [notice],
    events: [happened(DialogEdited, id, { dialog_id: id, by: caller.userId, changed: ['pinned_message_ids'] })],
    audit: { action: `messaging.message_${notice.action}`, facts: { pinned: pins.length } },
  };
}
