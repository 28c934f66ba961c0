import type { Chat } from '../ports.ts';
import { onEvent } from './handler.ts';

/** Acknowledged once the message is committed; the members, the sender's own sockets included, hear `message:new`. */
export function onSendMessage(chat: Chat) {
  return onEvent('message:send', 'typed', async ({ caller }, command) => {
    const { message } = await chat.sendMessage(caller, command);
    return { message_id: message.id, seq: message.seq, version: message.version, created_at: message.created_at };
  });
}
