import type { Log } from '#shared/log.ts';
import type { DialogId, UserId } from '#shared/ids.ts';
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
    // Read once, and after all of the user's sessions have begun to listen for what is newer.
    let dialogs: Promise<DialogId[]> | undefined;
    const read = (): Promise<DialogId[]> => (dialogs ??= Promise.resolve().then(() => chat.dialogsOf(userId)));
    await Promise.all([...sessions.of(userId)].map((session) => session.settleInto(read)));
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
