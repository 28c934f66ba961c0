import type { Caller } from '#shared/caller.ts';
import type { Log } from '#shared/log.ts';
import type { Country } from '#shared/regions.ts';
import { type Databases, statement } from '#shared/sql.ts';
import { MINUTE } from '#shared/time.ts';
import type { SessionId } from '#shared/ids.ts';

/** How exactly the list of devices tells when one was last used, and how often that is written. */
const WRITE_EVERY_MS = MINUTE;
/** Sessions noted between two writings; those beyond it are noted the next time that they are used. */
const NOTED_MAX = 50_000;
const BATCH_MAX = 5_000;

const REMEMBER = statement(
  'auth.remember-activity',
  `UPDATE auth.sessions SET last_activity_at = now()
   WHERE sessions.id = ANY ($1::uuid[]) AND sessions.last_activity_at < now() - interval '30 seconds'
     AND sessions.revoked_at IS NULL`,
);

export type Activity = {
  /** The session was used just now. Costs an entry in a map. */
  note(caller: Pick<Caller, 'sessionId' | 'country'>): void;
  /** Writes what was noted since the last time; never rejects. */
  write(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Gathers which sessions are in use and writes them once a minute, so that a call costs no database for it. What a
 * process had gathered when it died is lost, and is worth a minute.
 */
export function openActivity({ databases, log }: { readonly databases: Databases; readonly log: Log }): Activity {
  let used = new Map<SessionId, Country>();
  let writing: Promise<void> = Promise.resolve();

  async function writeNow(): Promise<void> {
    const noted = used;
    used = new Map();
    const byHome = Map.groupBy(noted, ([, country]) => databases.of(country));
    for (const [database, sessions] of byHome) {
      const ids = sessions.map(([id]) => id);
      for (let from = 0; from < ids.length; from += BATCH_MAX) {
        await database.rows(REMEMBER, [ids.slice(from, from + BATCH_MAX)]);
      }
    }
  }

  function write(): Promise<void> {
    writing = writing
      .then(writeNow)
      .catch((error: unknown) => log.warn({ err: error }, 'which sessions are in use could not be written'));
    return writing;
  }

  const timer = setInterval(() => void write(), WRITE_EVERY_MS).unref();
  return {
    note: ({ sessionId, country }) => {
      if (used.size < NOTED_MAX || used.has(sessionId)) used.set(sessionId, country);
    },
    write,
    close: async () => {
      clearInterval(timer);
      await write();
    },
  };
}
