import type { WireMessage } from '#shared/contracts/messaging/message.ts';
import { invalid } from '#shared/errors.ts';
import type { MessageId } from '#shared/ids.ts';
import type { Changing } from './changing.ts';
import type { DialogKeys } from './encryption/dialog-keys.ts';
import { seal } from './encryption/seal.ts';
import type { Reading } from './reading.ts';
import type { Member } from './service.ts';

type Ports = { readonly changing: Changing; readonly reading: Reading; readonly keys: DialogKeys };

/**
 * Edits one's own message: its text or caption. Metadata, mentions included, stays as it was sent. What it said before is
 * kept, sealed, until it is deleted.
 *
 * The same content again changes nothing, so that an edit whose answer was lost can be repeated.
 * @throws {AppError} NOT_FOUND, FORBIDDEN for someone else's and for system messages, CONFLICT for a deleted message and
 *   once the time to edit is over, VALIDATION_ERROR for a text that would be blank.
 */
export function makeEditMessage({ changing, reading, keys }: Ports) {
  return async (caller: Pick<Member, 'userId'>, messageId: MessageId, content: string): Promise<WireMessage> => {
    const found = await changing.findToShow(messageId, caller.userId);
    if (found.message_type === 'text' && content.trim() === '') throw invalid('content', 'must not be blank');
    const { body: earlier } = await reading.opened(found);
    const isOwn = found.sender_id === caller.userId && found.message_type !== 'system';
    if (isOwn && earlier?.content === content) return await changing.asItIs(found, caller.userId);
    const key = await keys.current(found.dialog_id);
    const place = { dialogId: found.dialog_id, messageId, senderId: found.sender_id };
    return await changing.make({
      kind: 'edit',
      messageId,
      dialogId: found.dialog_id,
      seq: found.seq,
      actorId: caller.userId,
      sealed: { keyVersion: key.version, body: seal(key, place, { content, metadata: earlier?.metadata ?? null }) },
    });
  };
}
