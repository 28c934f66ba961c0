import { makeGather } from '#shared/gather.ts';

/**
 * Batches of one process that are under way at a time. While the database works on one, the next is judged and written out
 * here, so that neither waits for the other. More were measured to be slower: they are smaller, and wait for each other's
 * rows where many pay one wallet.
 */
const LANES = 2;
/** Transfers of one batch: enough that its round trips are a small share of it, few enough that it takes milliseconds. */
const BATCH_MAX = 128;
/** Transfers that may wait in a lane: about a second's worth. */
const WAITING_MAX = 2_000;

/**
 * The ledger lanes of a process: concurrent transfers gather while the last commits are under way, then go together, each
 * with its own outcome. Lanes take turns. See {@link makeGather} for what becomes of a batch that fails.
 *
 * @param run does a batch in one database transaction and answers each item, in order
 * @returns posts one item; rejects with RETRY_LATER when too many wait
 */
export function makeLedgerLanes<Item, Outcome>(
  run: (batch: readonly Item[]) => Promise<readonly (Outcome | Error)[]>,
): (item: Item) => Promise<Outcome> {
  const lanes = Array.from({ length: LANES }, () =>
    makeGather<Item, Outcome>({ waitingMax: WAITING_MAX, batchMax: BATCH_MAX, run }),
  );
  let turn = 0;
  return (item) => {
    turn = (turn + 1) % LANES;
    return lanes[turn]!(item);
  };
}
