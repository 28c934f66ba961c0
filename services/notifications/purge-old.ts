import type { Database } from '#shared/sql.ts';
import { statement } from '#shared/sql.ts';
import { DAY } from '#shared/time.ts';
import type { NotificationsPorts } from './ports.ts';
import { KEPT_MS, TOLD_KEPT_MS } from './rules.ts';
import { purgeCounted } from './store/counted.ts';
import { purgeTold } from './store/told.ts';

/** Rows of one statement: some 50 ms. */
const BATCH_MAX = 2_000;
/** Longer than any window in which notifications are counted. */
const COUNTED_KEPT_MS = 2 * DAY;

// What still waits, for a moment that is months ahead, is not old.
const PURGE = statement(
  'notifications.purge',
  `DELETE FROM notifications.notifications WHERE notifications.id = ANY (ARRAY(
     SELECT old.id FROM notifications.notifications AS old
     WHERE old.created_at < $1 AND old.due_at IS NULL AND old.updated_at < $1 LIMIT $2
   )) RETURNING 1`,
);

/**
 * Forgets notifications 90 days after they came to rest, and what was told and counted once no repeat can come any more.
 *
 * @returns how many rows went; with a full batch there may be more
 */
export function makePurgeOld({ databases, clock }: Pick<NotificationsPorts, 'databases' | 'clock'>) {
  return async (): Promise<number> => {
    const counts = await Promise.all(databases.all.map((database) => purge(database, clock().getTime())));
    return counts.reduce((sum, count) => sum + count, 0);
  };
}

async function purge(database: Database, nowMs: number): Promise<number> {
  const gone = await database.rows(PURGE, [new Date(nowMs - KEPT_MS), BATCH_MAX]);
  const told = await purgeTold(database, new Date(nowMs - TOLD_KEPT_MS), BATCH_MAX);
  const counted = await purgeCounted(database, new Date(nowMs - COUNTED_KEPT_MS), BATCH_MAX);
  return gone.length + told + counted;
}
