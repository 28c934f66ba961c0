import type { Outbox } from '#shared/events/event.ts';
import { REGIONS } from '#shared/regions.ts';
import { type Database, type Databases, statement } from '#shared/sql.ts';
import { DAY } from '#shared/time.ts';
import { SESSION_LIFE_MS } from '../rules.ts';

/** The domain's retention of sessions, from their end. */
const KEPT_MS = 30 * DAY;
/** Rows of one statement, so that it stays far from the statement timeout. */
const BATCH_MAX = 2_000;

const PURGE = statement(
  'auth.purge-sessions',
  `WITH old AS (
     (SELECT sessions.id FROM auth.sessions
      WHERE sessions.revoked_at < now() - $1::bigint * interval '1 millisecond' LIMIT $3)
     UNION
     (SELECT sessions.id FROM auth.sessions
      WHERE sessions.created_at < now() - ($1::bigint + $2::bigint) * interval '1 millisecond'
        AND sessions.expires_at < now() - $1::bigint * interval '1 millisecond' LIMIT $3)
   )
   DELETE FROM auth.sessions USING old WHERE sessions.id = old.id
   RETURNING sessions.id`,
);

type Ports = { readonly databases: Databases; readonly outbox: Outbox };

/** Removes sessions that ended 30 days ago and more, some of each database at a time. @returns how many went */
export function makePurgeSessions({ databases, outbox }: Ports): () => Promise<number> {
  async function purge(database: Database): Promise<number> {
    const region = REGIONS.find((name) => databases.of(name) === database)!;
    return await database.transaction(async (tx) => {
      const { length: sessions } = await tx.rows(PURGE, [KEPT_MS, SESSION_LIFE_MS, BATCH_MAX]);
      if (sessions === 0) return 0;
      const entry = { actor: 'system', action: 'auth.sessions_purged', subject: 'sessions', region } as const;
      await outbox.append(tx, { audit: [{ ...entry, outcome: 'ok', facts: { sessions } }] });
      return sessions;
    });
  }

  return async () => {
    let purged = 0;
    for (const database of databases.all) purged += await purge(database);
    return purged;
  };
}
