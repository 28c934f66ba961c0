import { type Tx, statement } from '#shared/sql.ts';

/** First half of the key of every group's lock: any fixed number. The second is the group's name, hashed. */
const GROUP_LOCKS = 7_241_003;

const LOCK = statement('events.lock-group', `SELECT pg_advisory_xact_lock(${GROUP_LOCKS}, hashtext($1))`);

/**
 * Makes this transaction the one that hands events to a group, once whoever does so now has ended: the lock is the one that
 * `events.read_batch` tries for. The server lets go of it when its process dies. Two groups whose names hash alike take turns.
 */
export async function lockGroup(tx: Tx, group: string): Promise<void> {
  await tx.rows(LOCK, [group]);
}
