import type { Chat } from '../ports.ts';
import { onEvent } from './handler.ts';

/**
 * Acknowledged with the message in its new state once that is committed; the members, the caller's own sockets included,
 * hear `message:updated` or `message:deleted`.
 */
export function onChangeMessage(chat: Chat) {
  return [
    onEvent('message:edit', 'typed', ({ caller }, { message_id: id, content }) =>
      chat.editMessage(caller, id, content),
    ),
    onEvent('message:delete', 'typed', ({ caller }, { message_id: id }) => chat.deleteMessage(caller, id)),
    onEvent('reaction:add', 'typed', ({ caller }, { message_id: id, emoji }) => chat.addReaction(caller, id, emoji)),
    onEvent('reaction:remove', 'typed', ({ caller }, { message_id: id, emoji }) =>
      chat.removeReaction(caller, id, emoji),
    ),
  ];
}
