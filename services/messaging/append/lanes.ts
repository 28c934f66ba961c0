import type { AppError } from '#shared/errors.ts';
import { type DialogId, regionOf } from '#shared/ids.ts';
import type { Database, Databases } from '#shared/sql.ts';
import { Mailbox, type MailboxOptions } from './mailbox.ts';

/**
 * Lanes per database and process. Two keep the database busy while one waits for its commit to reach the disk; more
 * make smaller batches, and each holds a connection while it runs.
 */
const LANES_PER_DATABASE = 2;
/** A UUIDv7 ends in random bits: four hexadecimal digits of them spread dialogs evenly. */
const HASH_DIGITS = 4;

type LaneOptions<Item, Outcome> = Omit<MailboxOptions<Item, Outcome>, 'run'> & {
  readonly run: (database: Database, batch: readonly Item[]) => Promise<readonly (Outcome | AppError)[]>;
};

type Posted = { readonly dialogId: DialogId };

/**
 * The mailboxes of one kind of work. A dialog's items always go to the same lane, so its order of arrival is kept and
 * two lanes never wait for each other's row locks; lanes of other processes may serve the same dialog, and the locks in
 * the database keep them apart.
 */
export class Lanes<Item extends Posted, Outcome> {
  readonly #databases: Databases;
  readonly #lanes: ReadonlyMap<Database, readonly Mailbox<Item, Outcome>[]>;

  constructor(databases: Databases, options: LaneOptions<Item, Outcome>) {
    this.#databases = databases;
    const lane = (database: Database) =>
      new Mailbox<Item, Outcome>({ ...options, run: (batch) => options.run(database, batch) });
    this.#lanes = new Map(
      databases.all.map((database) => [database, Array.from({ length: LANES_PER_DATABASE }, () => lane(database))]),
    );
  }

  /** @throws {AppError} RETRY_LATER when the lane is full; whatever else the item's own outcome is. */
  post(item: Item): Promise<Outcome> {
    const lanes = this.#lanes.get(this.#databases.of(regionOf(item.dialogId)))!;
    const hash = Number.parseInt(item.dialogId.slice(-HASH_DIGITS), 16);
    return lanes[hash % lanes.length]!.post(item);
  }
}
