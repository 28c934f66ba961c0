import type { DialogId } from '#shared/ids.ts';
import { inTurns } from './in-turns.ts';
import { CLAIM, type Layout } from './layout.ts';
import type { Session, Statement } from './session.ts';

/** A client key, and the seq of the message that took it. */
export type Claim = { readonly clientKey: string; readonly seq: bigint };

type ClaimRow = { readonly place: Buffer; readonly seq: bigint };
type KeyRow = { readonly client_key: Buffer; readonly seq: bigint };

/**
 * The shards of a dialog's client keys, by the last byte of a key, which is of a hash. A dialog of 100 million messages
 * has some 400,000 keys in each, about 24 MB.
 */
const SHARD_BYTE = 15;
const SHARDS = 256;

/** The client keys of full buckets, and the claims of those that are not. */
export class ClientKeys {
  readonly #session: Session;
  readonly #layout: Layout;

  constructor(session: Session, layout: Layout) {
    this.#session = session;
    this.#layout = layout;
  }

  /** Those of the keys that one bucket holds; `serial` also decides what is undecided there. */
  async inBucket(
    dialogId: DialogId,
    bucket: number,
    clientKeys: readonly string[],
    consistency: 'quorum' | 'serial' = 'quorum',
  ): Promise<Claim[]> {
    if (clientKeys.length === 0) return [];
    const rows = await this.#session.rows<ClaimRow>(
      {
        query: `SELECT place, seq FROM ${this.#layout.keyspace}.log
                WHERE dialog_id = ? AND bucket = ? AND kind = ${CLAIM} AND place IN ?`,
        params: [dialogId, bucket, clientKeys.map(bytes)],
      },
      consistency,
    );
    return rows.map(({ place, seq }) => ({ clientKey: place.toString('hex'), seq }));
  }

  /** Those of the keys that were kept from full buckets. */
  async kept(dialogId: DialogId, clientKeys: readonly string[]): Promise<Claim[]> {
    const shards = Map.groupBy(clientKeys.map(bytes), shardOf);
    const found = await inTurns([...shards], ([shard, keys]) =>
      this.#session.rows<KeyRow>({
        query: `SELECT client_key, seq FROM ${this.#layout.keyspace}.client_keys
                WHERE dialog_id = ? AND shard = ? AND client_key IN ?`,
        params: [dialogId, shard, keys],
      }),
    );
    return found.flat().map(({ client_key: key, seq }) => ({ clientKey: key.toString('hex'), seq }));
  }

  /** Keeps the claims of a full bucket. Must be done before anything is appended to the next one. */
  async keep(dialogId: DialogId, bucket: number): Promise<void> {
    const claims = await this.#session.rows<ClaimRow>(
      {
        query: `SELECT place, seq FROM ${this.#layout.keyspace}.log
                WHERE dialog_id = ? AND bucket = ? AND kind = ${CLAIM}`,
        params: [dialogId, bucket],
      },
      'serial',
    );
    const shards = Map.groupBy(claims, ({ place }) => shardOf(place));
    await inTurns([...shards], ([shard, some]) =>
      this.#session.write(
        some.map(({ place, seq }): Statement => ({
          query: `INSERT INTO ${this.#layout.keyspace}.client_keys (dialog_id, shard, client_key, seq)
                    VALUES (?, ?, ?, ?)`,
          params: [dialogId, shard, place, seq],
        })),
      ),
    );
  }

  /** Forgets keys of messages that are being removed. */
  async forget(dialogId: DialogId, clientKeys: readonly Buffer[]): Promise<void> {
    await inTurns([...Map.groupBy(clientKeys, shardOf)], ([shard, some]) =>
      this.#session.write([
        {
          query: `DELETE FROM ${this.#layout.keyspace}.client_keys WHERE dialog_id = ? AND shard = ? AND client_key IN ?`,
          params: [dialogId, shard, some],
        },
      ]),
    );
  }

  /** Forgets every key of a dialog. */
  async forgetAll(dialogId: DialogId): Promise<void> {
    const shards = Array.from({ length: SHARDS }, (_, shard) => shard);
    await inTurns(shards, (shard) =>
      this.#session.write([
        {
          query: `DELETE FROM ${this.#layout.keyspace}.client_keys WHERE dialog_id = ? AND shard = ?`,
          params: [dialogId, shard],
        },
      ]),
    );
  }
}

const bytes = (clientKey: string): Buffer => Buffer.from(clientKey, 'hex');
const shardOf = (clientKey: Buffer): number => clientKey.readUInt8(SHARD_BYTE);
