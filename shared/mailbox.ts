import { AppError } from './errors.ts';

export type MailboxOptions<Item, Outcome> = {
  /** Items that may wait; over it a post is refused with RETRY_LATER. */
  readonly capacity: number;
  readonly batchMax: number;
  /** Milliseconds from the beginning of a batch of several items to that of the next one; 0 unless told. */
  readonly everyMs?: number;
  /** Items with the same key never share a batch: the later one waits for the next. Without it, any may. */
  readonly keyOf?: (item: Item) => string;
  /** Handles a batch and answers each item, in order: an error fails that item. When it rejects, every item fails. */
  readonly run: (batch: readonly Item[]) => Promise<readonly (Outcome | Error)[]>;
  readonly clock?: MailboxClock;
};

export type MailboxClock = {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
};

const CLOCK: MailboxClock = {
  now: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

type Letter<Item, Outcome> = {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Gathers what arrives while the last batch is under way, and hands it over in one go (group commit).
 *
 * It is in one of four states. *Idle*: nothing waits. *Gathering*: something arrived while idle, and a turn of the
 * event loop passes so that what arrives with it comes along. *Running*: one batch is under way; what arrives waits.
 * *Pacing*: a batch of several items is done in less than `everyMs`, and what arrives waits for the rest of that time.
 * After a batch it gathers at once when something waits, else it is idle. One batch at a time, so items leave in the
 * order in which they came, and a batch grows just as large as the load asks for.
 *
 * It is paced only where items come together: then each batch costs more than its share of the wait, here and for all
 * who are told of it. Whoever is alone waits for nothing.
 *
 * It lives in this process only: what waits here when the process dies was never acknowledged.
 */
export class Mailbox<Item, Outcome> {
  readonly #options: MailboxOptions<Item, Outcome>;
  /** Waiting, oldest first; at most `capacity`. */
  #waiting: Letter<Item, Outcome>[] = [];
  /** True from the first post until nothing waits any more. */
  #busy = false;

  constructor(options: MailboxOptions<Item, Outcome>) {
    this.#options = options;
  }

  /** Items that wait, without those of the batch under way. */
  get depth(): number {
    return this.#waiting.length;
  }

  /** @throws {AppError} RETRY_LATER when the mailbox is full; whatever else the item's own outcome is. */
  post(item: Item): Promise<Outcome> {
    if (this.#waiting.length >= this.#options.capacity) {
      return Promise.reject(new AppError('RETRY_LATER', { retryAfterS: 1 }));
    }
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    this.#waiting.push({ item, resolve, reject });
    if (!this.#busy) {
      this.#busy = true;
      setImmediate(() => void this.#drain());
    }
    return promise;
  }

  async #drain(): Promise<void> {
    const { batchMax, everyMs = 0, clock = CLOCK } = this.#options;
    while (this.#waiting.length > 0) {
      const beganAt = clock.now();
      const batch = this.#take();
      await this.#deliver(batch);
      const restMs = everyMs - (clock.now() - beganAt);
      if (batch.length > 1 && restMs > 0 && this.#waiting.length < batchMax) await clock.sleep(restMs);
    }
    this.#busy = false;
  }

  async #deliver(batch: readonly Letter<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.#options.run(batch.map((letter) => letter.item));
      for (const [at, letter] of batch.entries()) {
        const outcome = outcomes[at];
        if (outcome === undefined) letter.reject(new Error('a batch left an item without an answer'));
        else if (outcome instanceof Error) letter.reject(outcome);
        else letter.resolve(outcome);
      }
    } catch (error) {
      for (const letter of batch) letter.reject(error);
    }
  }

  /** The oldest items whose keys differ, at most `batchMax`. Those passed over stay first in line. */
  #take(): Letter<Item, Outcome>[] {
    const { batchMax, keyOf } = this.#options;
    if (keyOf === undefined) return this.#waiting.splice(0, batchMax);
    const batch: Letter<Item, Outcome>[] = [];
    const passedOver: Letter<Item, Outcome>[] = [];
    const keys = new Set<string>();
    let at = 0;
    for (; at < this.#waiting.length && batch.length < batchMax; at += 1) {
      const letter = this.#waiting[at]!;
      const key = keyOf(letter.item);
      if (keys.has(key)) passedOver.push(letter);
      else batch.push(letter);
      keys.add(key);
    }
    this.#waiting = [...passedOver, ...this.#waiting.slice(at)];
    return batch;
  }
}
