import type { UserId } from './ids.ts';
import { type Database, statement, type Tx } from './sql.ts';

const ACT_AS = statement('sql.act-as', `SELECT set_config('tchat.identity', $1, true)`);

/** For whom a transaction works: the one whose rows it may see, or those who may see all. */
export type Identity = UserId | 'staff' | 'worker';

/**
 * Says for whom the rest of the transaction works. Tables of what is most personal show no rows to one that has not said so
 * (row-level security). It ends with the transaction.
 */
export async function actAs(tx: Tx, identity: Identity): Promise<void> {
  await tx.rows(ACT_AS, [identity]);
}

/** A transaction that works for someone. */
export function actingAs<T>(database: Database, identity: Identity, work: (tx: Tx) => Promise<T>): Promise<T> {
  return database.transaction(async (tx) => {
    await actAs(tx, identity);
    return await work(tx);
  });
}
