import type { types } from 'cassandra-driver';
import type { MessagePlace } from '#services/messaging/store/log/message-log.ts';
import type { DialogId, MessageId } from '#shared/ids.ts';
import { inTurns } from './in-turns.ts';
import type { Layout } from './layout.ts';
import type { Session, Statement } from './session.ts';

type IdRow = { readonly id: types.Uuid; readonly dialog_id: types.Uuid; readonly seq: bigint };

/** The first 32 of the 48 bits of milliseconds that a UUIDv7 begins with: 65.5 s. */
const WINDOW_HEX_DIGITS = 8;
const INT_BITS = 32;

/**
 * Where messages are, by id.
 *
 * Ids that are made together share a partition, so that what one flush indexes is a few writes, not one a message. At
 * 20,000 messages a second a partition has some 80,000 rows, about 5 MB; the sixteen shards of a window spread the load.
 */
export class MessageIds {
  readonly #session: Session;
  readonly #layout: Layout;

  constructor(session: Session, layout: Layout) {
    this.#session = session;
    this.#layout = layout;
  }

  async index(places: readonly MessagePlace[]): Promise<void> {
    const partitions = Map.groupBy(places, ({ id }) => partitionKeyOf(id));
    await inTurns([...partitions.values()], (some) =>
      this.#session.write(
        some.map(({ id, dialog_id: dialogId, seq }): Statement => ({
          query: `INSERT INTO ${this.#layout.keyspace}.message_ids (window, shard, id, dialog_id, seq)
                    VALUES (?, ?, ?, ?, ?)`,
          params: [windowOf(id), shardOf(id), id, dialogId, seq],
        })),
      ),
    );
  }

  /** One mark of deletion each, in partitions that nobody reads but by id: no read ever walks over them. */
  async forget(ids: readonly MessageId[]): Promise<void> {
    const partitions = Map.groupBy(ids, partitionKeyOf);
    await inTurns([...partitions.values()], (some) =>
      this.#session.write([
        {
          query: `DELETE FROM ${this.#layout.keyspace}.message_ids WHERE window = ? AND shard = ? AND id IN ?`,
          params: [windowOf(some[0]!), shardOf(some[0]!), some],
        },
      ]),
    );
  }

  async find(ids: readonly MessageId[]): Promise<MessagePlace[]> {
    const partitions = Map.groupBy(ids, partitionKeyOf);
    const found = await inTurns([...partitions.values()], (some) =>
      this.#session.rows<IdRow>({
        query: `SELECT id, dialog_id, seq FROM ${this.#layout.keyspace}.message_ids
                WHERE window = ? AND shard = ? AND id IN ?`,
        params: [windowOf(some[0]!), shardOf(some[0]!), some],
      }),
    );
    return found.flat().map((row) => ({
      id: row.id.toString() as MessageId,
      dialog_id: row.dialog_id.toString() as DialogId,
      seq: row.seq,
    }));
  }
}

/** As a signed integer, which is what the column takes. */
const windowOf = (id: MessageId): number =>
  Number(BigInt.asIntN(INT_BITS, BigInt(`0x${id.slice(0, WINDOW_HEX_DIGITS)}`)));
const shardOf = (id: MessageId): number => Number.parseInt(id.slice(-1), 16);
const partitionKeyOf = (id: MessageId): string => id.slice(0, WINDOW_HEX_DIGITS) + id.slice(-1);
