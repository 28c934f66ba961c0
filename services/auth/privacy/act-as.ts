import type { UserId } from '#shared/ids.ts';
import { type Database, statement, type Tx } from '#shared/sql.ts';

const ACT_AS = statement('auth.act-as', `SELECT set_config('tchat.identity', $1, true)`);

/** For whom a transaction works: the one whose rows it may see, or those who may see all. */
export type Identity = UserId | 'staff' | 'worker';

/** Says for whom the rest of the transaction works; see `0021_rows_of_requests.sql`. It ends with the transaction. */
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
