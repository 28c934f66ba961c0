import type { Log } from '#shared/log.ts';
import type { Session } from '../session/session.ts';
import type { Sessions } from '../session/sessions.ts';
import type { MayWatch } from './may-watch.ts';

/** Sessions asked about at once: they must not take every connection of the pool. */
const AT_ONCE = 2;

/**
 * Asks again, for every session that watches people, whom it still may watch: they may have left the dialog, hidden
 * themselves, or blocked the watcher. Those it may no longer see are offline to it from now on.
 */
export async function recheckWatchers(sessions: Sessions, mayWatch: MayWatch, log: Log): Promise<void> {
  const watchers = [...sessions.all].filter((session) => session.watching.size > 0);
  const one = async (session: Session): Promise<void> => {
    const watching = [...session.watching];
    const still = await mayWatch(session.caller.userId, watching);
    session.unwatch(watching.filter((userId) => !still.has(userId)));
  };
  const worker = async (): Promise<void> => {
    for (let session = watchers.pop(); session !== undefined; session = watchers.pop()) {
      await one(session).catch((err: unknown) => log.warn({ err }, 'whom a session may watch could not be read again'));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
