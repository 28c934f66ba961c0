import type { WireMessage } from '#shared/contracts/messaging/message.ts';
import type { MessageId } from '#shared/ids.ts';
import type { Changing } from './changing.ts';
import type { Member } from './service.ts';

/**
 * Adds a reaction, or takes one back; readers of a channel too. A member has at most one of each emoji on a message.
 * Adding one twice or removing an absent one changes nothing.
 *
 * @param emoji as the contract's schema gives it, in the one form that Unicode recommends
 * @throws {AppError} NOT_FOUND, FORBIDDEN for system messages, CONFLICT for adding one to a deleted message, or to one
 *   that bears as many different ones as it may.
 */
export function makeReact({ changing }: { readonly changing: Changing }, kind: 'react' | 'unreact') {
  return async (caller: Pick<Member, 'userId'>, messageId: MessageId, emoji: string): Promise<WireMessage> => {
    const isShown = kind === 'react';
    const found = isShown ? changing.findToShow(messageId, caller.userId) : changing.find(messageId, caller.userId);
    const { dialog_id: dialogId, seq } = await found;
    return await changing.make({ kind, messageId, dialogId, seq, actorId: caller.userId, emoji });
  };
}
