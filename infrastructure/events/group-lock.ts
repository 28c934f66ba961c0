import { type Tx, statement } from '#shared/sql.ts';

/** First half of the key of every group's lock: any fixed number. The second is the group's name, hashed. */
const GROUP_LOCKS = 7_241_003;

const LOCK = statement('events.lock-group', `SELECT pg_advisory_xact_lock(${GROUP_LOCKS}, hashtext($1))`);

/**
 * Waits until this transaction is the one that hands events to a group; until it ends, nobody else does. The server lets go of
 * it when its process dies. Two groups whose names hash alike take turns. `events.read_batch` and `events.unhandled` try for the
 * same lock.
 *
 * It is no row lock, which would give the transaction an id and keep the server from cleaning up behind everybody for as
 * long as a handler waits for something else.
 */
export async function lockGroup(tx: Tx, group: string): Promise<void> {
  await tx.rows(LOCK, [group]);
}
