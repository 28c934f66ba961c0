import { AppError, invalid, unreachable } from '#shared/errors.ts';
import type { UserId } from '#shared/ids.ts';
import type { MediaLinks } from './ports.ts';
import type { Reading } from './reading.ts';
import type { SendCommand } from './service.ts';
import { membersAmong } from './store/mentions.ts';

type Ports = { readonly reading: Reading; readonly media?: MediaLinks };

/**
 * Whether a message may carry what it refers to: a file must be the sender's to send, and is then linked to the dialog;
 * those whom a text mentions must be in the dialog.
 *
 * A message that was sent before is let pass whatever has become of its file or its mentioned members since: the append
 * answers it with the first one.
 * @throws {AppError} NOT_FOUND when the sender is not in the dialog, VALIDATION_ERROR at the reference that is not good.
 */
export function makeMayCarry({ reading, media }: Ports) {
  async function refused(senderId: UserId, command: SendCommand, messageKey: string): Promise<AppError | undefined> {
    const dialogId = command.dialog_id;
    const database = reading.home(dialogId);
    switch (command.message_type) {
      case 'text': {
        const mentioned = command.metadata?.mentions ?? [];
        if (mentioned.length === 0) return undefined;
        const members = await membersAmong(database, dialogId, [senderId, ...mentioned]);
        if (!members.has(senderId)) return new AppError('NOT_FOUND');
        const stranger = mentioned.findIndex((userId) => !members.has(userId));
        return stranger < 0 ? undefined : invalid(`metadata.mentions.${stranger}`, 'is not in this dialog');
      }
      case 'image':
      case 'video':
      case 'audio':
      case 'file': {
        const members = await membersAmong(database, dialogId, [senderId]);
        if (!members.has(senderId)) return new AppError('NOT_FOUND');
        const { media_id: mediaId } = command.metadata;
        const kind = command.message_type;
        const link = await media?.attach({ mediaId, ownerId: senderId, dialogId, messageKey, kind });
        return link === 'attached' ? undefined : invalid('metadata.media_id', 'there is no such media');
      }
      case 'location':
      case 'sticker':
        return undefined;
      default:
        return unreachable(command);
    }
  }

  return async (senderId: UserId, command: SendCommand, clientKey: string): Promise<void> => {
    const refusal = await refused(senderId, command, clientKey);
    if (refusal === undefined) return;
    const dialogId = command.dialog_id;
    if (await reading.store.isSent(reading.home(dialogId), dialogId, clientKey)) return;
    throw refusal;
  };
}
