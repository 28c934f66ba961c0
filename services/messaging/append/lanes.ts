import type { AppError } from '#shared/errors.ts';
import { type DialogId, regionOf } from '#shared/ids.ts';
import { Mailbox, type MailboxOptions } from '#shared/mailbox.ts';
import type { Database, Databases } from '#shared/sql.ts';

/**
 * A busy lane makes at most 250 batches a second. In a dialog of a hundred members each batch is a write to every one of
 * them, so a few milliseconds save much of the work there; more would keep whoever waits for an answer before the next
 * message waiting for longer than the cores are busy.
 */
const BATCH_EVERY_MS = 4;

type LaneOptions<Item, Outcome> = Omit<MailboxOptions<Item, Outcome>, 'run' | 'everyMs'> & {
  readonly run: (database: Database, batch: readonly Item[]) => Promise<readonly (Outcome | AppError)[]>;
};

type Posted = { readonly dialogId: DialogId };

/**
 * The mailboxes of one kind of work, one for each database.
 *
 * One, because a batch costs the database and the node some 300 µs of processor time before its first item: a second
 * lane would make twice as many batches half as large, for a tenth more of both. It keeps the order of arrival; lanes of
 * other processes may serve the same dialog, and the locks in the database keep them apart.
 */
export class Lanes<Item extends Posted, Outcome> {
  readonly #databases: Databases;
  readonly #lanes: ReadonlyMap<Database, Mailbox<Item, Outcome>>;

  constructor(databases: Databases, options: LaneOptions<Item, Outcome>) {
    this.#databases = databases;
    this.#lanes = new Map(
      databases.all.map((database) => [
        database,
        new Mailbox<Item, Outcome>({
          ...options,
          everyMs: BATCH_EVERY_MS,
          run: (batch) => options.run(database, batch),
        }),
      ]),
    );
  }

  /** @throws {AppError} RETRY_LATER when the lane is full; whatever else the item's own outcome is. */
  post(item: Item): Promise<Outcome> {
    return this.#lanes.get(this.#databases.of(regionOf(item.dialogId)))!.post(item);
  }
}
