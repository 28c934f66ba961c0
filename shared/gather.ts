import { AppError } from './errors.ts';
import { Mailbox } from './mailbox.ts';
import type { Region } from './regions.ts';
import type { Database, Databases } from './sql.ts';

export type GatherOptions<Item, Outcome> = {
  /** Items that may wait; over it an item is refused with RETRY_LATER. */
  readonly waitingMax: number;
  readonly batchMax: number;
  /** Handles a batch in one transaction and answers each item, in order: an error refuses that item alone. */
  readonly run: (batch: readonly Item[]) => Promise<readonly (Outcome | Error)[]>;
};

/**
 * Group commit: what arrives while one batch is being committed goes together with the next, so that many share one
 * round trip and one synced write, and nobody waits for a timer.
 *
 * A batch that fails was taken back whole, so its items are then run each on its own: whoever is at fault fails alone.
 * Only when the database is away do all of them fail at once. An item that waits too long for a row that someone else holds
 * is told to come back.
 *
 * @returns posts one item and settles with its outcome; rejects with RETRY_LATER when too many wait
 */
export function makeGather<Item, Outcome>({ waitingMax, batchMax, run }: GatherOptions<Item, Outcome>) {
  async function outcomesOf(batch: readonly Item[]): Promise<readonly (Outcome | Error)[]> {
    try {
      const outcomes = await run(batch);
      if (outcomes.length !== batch.length) throw new Error('a batch left an item without an answer');
      return outcomes;
    } catch (error) {
      if (batch.length === 1 || error instanceof AppError) throw heldAsLater(error);
      const each = await Promise.allSettled(batch.map((item) => outcomesOf([item])));
      return each.flatMap((one) => (one.status === 'fulfilled' ? one.value : [one.reason as Error]));
    }
  }

  const mailbox = new Mailbox<Item, Outcome>({ capacity: waitingMax, batchMax, run: outcomesOf });
  return (item: Item): Promise<Outcome> => mailbox.post(item);
}

/** Items of one statement, and how many may wait for it: about a second's worth. */
const BATCH_MAX = 64;
const WAITING_MAX = 2_000;

/**
 * A gathering for each database, since a statement is one database's.
 *
 * @returns posts one item to the database of a region; see {@link makeGather}
 */
export function makeGathers<Item, Outcome>(
  databases: Databases,
  run: (database: Database, batch: readonly Item[]) => Promise<readonly Outcome[]>,
): (region: Region, item: Item) => Promise<Outcome> {
  const gathers = new Map(
    databases.all.map((database) => {
      const own = (batch: readonly Item[]) => run(database, batch);
      return [database, makeGather<Item, Outcome>({ waitingMax: WAITING_MAX, batchMax: BATCH_MAX, run: own })];
    }),
  );
  return async (region, item) => await gathers.get(databases.of(region))!(item);
}

/** A statement that gave up on a row lock (`lock_timeout` of Postgres) may be made again; other errors stay as they are. */
function heldAsLater(error: unknown): unknown {
  const isHeld = error instanceof Error && 'code' in error && error.code === '55P03';
  return isHeld ? new AppError('RETRY_LATER', { retryAfterS: 1, cause: error }) : error;
}
