import { SECOND } from '#shared/time.ts';
import type { Sessions } from './sessions.ts';

const WATCH_EVERY_MS = 1 * SECOND;
/**
 * What may wait for one client. Nothing else bounds it for a client that does not read; beyond this it is cut, and
 * catches up by `sync` when it is back. A dialog at 1,000 messages/s fills it in about three seconds.
 */
const UNREAD_BYTES_MAX = 2 * 1024 * 1024;

/**
 * Looks at every session once a second: tokens that have ended, or whose key was taken away, and clients that do not read.
 * One timer for all of them instead of one each. Returns what stops it.
 */
export function watchSessions(
  sessions: Sessions,
  clock: () => Date,
  isKeyGood: (keyId: string) => boolean,
): () => void {
  const timer = setInterval(() => {
    const now = clock();
    for (const session of sessions.all) {
      const { expiresAt, keyId } = session.caller;
      if (expiresAt <= now || (keyId !== undefined && !isKeyGood(keyId))) session.end('expired');
      else if (session.unreadBytes > UNREAD_BYTES_MAX) session.end('slow');
    }
  }, WATCH_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
