import type { WireMessage } from '#shared/contracts/messaging/message.ts';
import type { MessageId } from '#shared/ids.ts';
import type { Changing } from './changing.ts';
import type { Member } from './service.ts';

/**
 * Deletes a message for everyone: one's own, or as owner or admin of a group or channel anyone's, at any time. What it
 * said, what it said before, its reactions and mentions are destroyed; a stub keeps its place. Deleting twice changes
 * nothing.
 * @throws {AppError} NOT_FOUND, FORBIDDEN for someone else's and for system messages.
 */
export function makeDeleteMessage({ changing }: { readonly changing: Changing }) {
  return async (caller: Pick<Member, 'userId'>, messageId: MessageId): Promise<WireMessage> => {
    const { dialog_id: dialogId, seq } = await changing.find(messageId, caller.userId);
    return await changing.make({ kind: 'delete', messageId, dialogId, seq, actorId: caller.userId });
  };
}
