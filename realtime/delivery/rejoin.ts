import type { Log } from '#shared/log.ts';
import type { UserId } from '#shared/ids.ts';
import type { Chat } from '../ports.ts';
import type { Sessions } from '../session/sessions.ts';

/** Users whose dialogs are read at once: a node with 10,000 must not take every connection of the pool. */
const AT_ONCE = 4;

/**
 * Reads every user's dialogs again and sets the rooms of their sessions right: a notice that someone joined or left a
 * dialog may have been lost while Redis was away. A user whose dialogs cannot be read keeps the rooms they have.
 */
export async function rejoinRooms(sessions: Sessions, chat: Pick<Chat, 'dialogsOf'>, log: Log): Promise<void> {
  const users = [...sessions.users];
  const one = async (userId: UserId): Promise<void> => {
    const dialogs = await chat.dialogsOf(userId);
    for (const session of sessions.of(userId)) session.settleInto(dialogs);
  };
  const worker = async (): Promise<void> => {
    for (let userId = users.pop(); userId !== undefined; userId = users.pop()) {
      await one(userId).catch((err: unknown) =>
        log.warn({ err, userId }, 'the rooms of a user could not be read again'),
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
