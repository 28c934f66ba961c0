import type { Chat } from '../ports.ts';
import { onEvent } from './handler.ts';

/**
 * What the client missed. Its rooms were joined before it was let in, so live events and this answer overlap and leave
 * no gap: the client merges them by version.
 */
export function onSync(chat: Chat) {
  return onEvent('sync', 'control', ({ caller }, request) => chat.sync(caller.userId, request));
}
