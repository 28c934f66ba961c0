import { AppError } from '#shared/errors.ts';
import { SECOND } from '#shared/time.ts';
import type { Typing } from '#shared/sockets/client-events.ts';
import type { Chat } from '../ports.ts';
import type { Session } from '../session/session.ts';
import { onEvent } from './handler.ts';

/** A client repeats `typing:start` while its user types; without a repeat the others see it end after this. */
const TYPING_LASTS_MS = 6 * SECOND;
/** Repeats closer than this are acknowledged and go no further. */
const REPEAT_AFTER_MS = 2 * SECOND;

/**
 * Not stored, throttled, and not sent to clients that lag behind with reading.
 */
export function onTyping(chat: Chat, now: () => number) {
  const announce = async (session: Session, { dialog_id: dialogId }: Typing, lastsMs: number) => {
    const { userId } = session.caller;
    const standing = await chat.standingIn(userId, dialogId);
    // They may type, but whom they have blocked does not learn of it.
    if (standing === 'unheard') return {};
    if (standing !== 'posts') {
      // What was refused once is refused again, and not taken for a repeat of what was announced.
      session.forgetTyping();
      throw standing === 'reads'
        ? new AppError('FORBIDDEN', { message: 'Only admins post here' })
        : new AppError('NOT_FOUND');
    }
    const until = new Date(Date.now() + lastsMs).toISOString();
    session.tellOthers(dialogId, { dialog_id: dialogId, user_id: userId, until });
    return {};
  };
  return [
    onEvent('typing:start', 'signal', async (session, typing) => {
      if (!session.mayRepeatTyping(typing.dialog_id, now(), REPEAT_AFTER_MS)) return {};
      return await announce(session, typing, TYPING_LASTS_MS);
    }),
    onEvent('typing:stop', 'signal', async (session, typing) => {
      session.forgetTyping();
      return await announce(session, typing, 0);
    }),
  ];
}
