import { AppError } from '#shared/errors.ts';

export type GatherOptions<Item, Outcome> = {
  /** Items that may wait; over it an item is refused with RETRY_LATER. */
  readonly waitingMax: number;
  readonly batchMax: number;
  /** Handles a batch in one transaction and answers each item, in order. */
  readonly run: (batch: readonly Item[]) => Promise<readonly Outcome[]>;
};

type Waiting<Item, Outcome> = {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
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
  /** Oldest first. */
  let waiting: Waiting<Item, Outcome>[] = [];
  /** A batch is under way, or about to be. */
  let isBusy = false;

  async function deliver(batch: readonly Waiting<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await run(batch.map(({ item }) => item));
      if (outcomes.length !== batch.length) throw new Error('a batch left an item without an answer');
      for (const [place, { resolve }] of batch.entries()) resolve(outcomes[place]!);
    } catch (error) {
      const isAway = error instanceof AppError;
      if (batch.length > 1 && !isAway) await Promise.all(batch.map((one) => deliver([one])));
      else
        for (const { reject } of batch)
          reject(isHeld(error) ? new AppError('RETRY_LATER', { retryAfterS: 1, cause: error }) : error);
    }
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchMax);
      waiting = waiting.slice(batchMax);
      await deliver(batch);
    }
    isBusy = false;
  }

  return (item: Item): Promise<Outcome> => {
    if (waiting.length >= waitingMax) return Promise.reject(new AppError('RETRY_LATER', { retryAfterS: 1 }));
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    waiting.push({ item, resolve, reject });
    if (!isBusy) {
      isBusy = true;
      // What arrived in the same turn of the event loop comes along.
      setImmediate(() => void drain());
    }
    return promise;
  };
}

/** Whether a statement gave up on a row lock: `lock_timeout` of Postgres. */
function isHeld(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '55P03';
}
