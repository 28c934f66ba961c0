import type { Databases } from '#shared/sql.ts';
import { sweep } from './otp-store.ts';

/** Rows of one kind in one statement, so that it stays far from the statement timeout. */
const BATCH_MAX = 1_000;

/**
 * Removes expired codes, and what is known of numbers, addresses and blocks that nobody asks from any more, some of each
 * database at a time.
 *
 * @returns how many rows went
 */
export function makeSweepCodes({ databases }: { readonly databases: Databases }): () => Promise<number> {
  return async () => {
    let swept = 0;
    for (const database of databases.all) swept += await sweep(database, BATCH_MAX);
    return swept;
  };
}
