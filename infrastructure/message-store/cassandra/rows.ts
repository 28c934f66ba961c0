import type { types } from 'cassandra-driver';
import type { LogMark, LogRow } from '#services/messaging/store/log/message-log.ts';
import type { NewMessage } from '#services/messaging/store/append.ts';
import type { DialogId, MessageId, UserId } from '#shared/ids.ts';
import { CLAIM, MESSAGE, type Layout, bucketOf, seqAt, seqPlace } from './layout.ts';
import { inTurns } from './in-turns.ts';
import type { Session, Statement } from './session.ts';

type StoredRow = {
  readonly place: Buffer;
  readonly version: bigint;
  readonly created_at: Date;
  readonly id: types.Uuid;
  readonly sender_id: types.Uuid;
  readonly client_key: Buffer;
  readonly client_id: string;
  readonly fingerprint: Buffer;
  readonly message_type: LogRow['message_type'];
  readonly reply_to_id: types.Uuid | null;
  readonly key_version: number;
  readonly body: Buffer;
};

type StoredMark = Pick<StoredRow, 'place' | 'id' | 'sender_id' | 'created_at'>;

const COLUMNS = `place, version, created_at, id, sender_id, client_key, client_id, fingerprint, message_type, reply_to_id,
  key_version, body`;

/** Where and when a message is appended. */
export type Spot = { readonly bucket: number; readonly seq: bigint; readonly version: bigint; readonly at: Date };

/** The two rows of a message: its claim on the client key, on which the batch depends, and itself. */
export function appending({ keyspace }: Layout, message: NewMessage, { bucket, seq, version, at }: Spot): Statement[] {
  const clientKey = Buffer.from(message.clientKey, 'hex');
  return [
    {
      query: `INSERT INTO ${keyspace}.log (dialog_id, bucket, kind, place, seq)
              VALUES (?, ?, ${CLAIM}, ?, ?) IF NOT EXISTS`,
      params: [message.dialogId, bucket, clientKey, seq],
    },
    {
      query: `INSERT INTO ${keyspace}.log (dialog_id, bucket, kind, place, version, created_at, id, sender_id, client_key,
                client_id, fingerprint, message_type, reply_to_id, key_version, body)
              VALUES (?, ?, ${MESSAGE}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      params: [
        message.dialogId,
        bucket,
        seqPlace(seq),
        version,
        at,
        message.id,
        message.senderId,
        clientKey,
        message.clientId,
        Buffer.from(message.fingerprint, 'hex'),
        message.type,
        message.replyToId,
        message.keyVersion,
        message.body,
      ],
    },
  ];
}

/** Reads messages of a dialog by seq. */
export class LogRows {
  readonly #session: Session;
  readonly #layout: Layout;

  constructor(session: Session, layout: Layout) {
    this.#session = session;
    this.#layout = layout;
  }

  /** Ascending, both ends included. */
  async range(dialogId: DialogId, from: bigint, to: bigint): Promise<LogRow[]> {
    const rows = await this.#select<StoredRow>(COLUMNS, dialogId, from, to);
    return rows.map((row) => rowOf(dialogId, row));
  }

  /** Those with these seqs, ascending; one read for all that are in the same bucket. */
  async at(dialogId: DialogId, seqs: readonly bigint[]): Promise<LogRow[]> {
    const buckets = Map.groupBy(seqs, (seq) => bucketOf(this.#layout, seq));
    const found = await inTurns([...buckets], ([bucket, some]) =>
      this.#session.rows<StoredRow>({
        query: `SELECT ${COLUMNS} FROM ${this.#layout.keyspace}.log
                WHERE dialog_id = ? AND bucket = ? AND kind = ${MESSAGE} AND place IN ?`,
        params: [dialogId, bucket, some.map(seqPlace)],
      }),
    );
    return found
      .flat()
      .map((row) => rowOf(dialogId, row))
      .toSorted((a, b) => Number(a.seq - b.seq));
  }

  /** The same without what they say. */
  async marks(dialogId: DialogId, from: bigint, to: bigint): Promise<LogMark[]> {
    const rows = await this.#select<StoredMark>('place, id, sender_id, created_at', dialogId, from, to);
    return rows.map(markOf);
  }

  /** Bucket by bucket, because mostly the first seq is there. */
  async versionFrom(dialogId: DialogId, from: bigint, to: bigint): Promise<bigint | undefined> {
    for (let bucket = bucketOf(this.#layout, from); bucket <= bucketOf(this.#layout, to); bucket += 1) {
      const [row] = await this.#session.rows<Pick<StoredRow, 'version'>>({
        query: `SELECT version FROM ${this.#layout.keyspace}.log
                WHERE dialog_id = ? AND bucket = ? AND kind = ${MESSAGE} AND place >= ? AND place <= ? LIMIT 1`,
        params: [dialogId, bucket, seqPlace(from), seqPlace(to)],
      });
      if (row !== undefined) return row.version;
    }
    return undefined;
  }

  async countBy(dialogId: DialogId, senderId: UserId, from: bigint, to: bigint): Promise<number> {
    const rows = await this.#select<Pick<StoredRow, 'sender_id'>>('sender_id', dialogId, from, to);
    return rows.filter((row) => row.sender_id.toString() === senderId).length;
  }

  async #select<Row>(columns: string, dialogId: DialogId, from: bigint, to: bigint): Promise<Row[]> {
    if (from < 1n || from > to) return [];
    const first = bucketOf(this.#layout, from);
    const buckets = Array.from({ length: bucketOf(this.#layout, to) - first + 1 }, (_, nth) => first + nth);
    const found = await inTurns(buckets, (bucket) =>
      this.#session.rows<Row>({
        query: `SELECT ${columns} FROM ${this.#layout.keyspace}.log
                WHERE dialog_id = ? AND bucket = ? AND kind = ${MESSAGE} AND place >= ? AND place <= ?`,
        params: [dialogId, bucket, seqPlace(from), seqPlace(to)],
      }),
    );
    return found.flat();
  }
}

function markOf(row: StoredMark): LogMark {
  return {
    id: row.id.toString() as MessageId,
    seq: seqAt(row.place),
    sender_id: row.sender_id.toString() as UserId,
    created_at: row.created_at,
  };
}

function rowOf(dialogId: DialogId, row: StoredRow): LogRow {
  return {
    dialog_id: dialogId,
    id: row.id.toString() as MessageId,
    seq: seqAt(row.place),
    version: row.version,
    sender_id: row.sender_id.toString() as UserId,
    client_key: row.client_key.toString('hex'),
    client_id: row.client_id,
    fingerprint: row.fingerprint.toString('hex'),
    message_type: row.message_type,
    reply_to_id: row.reply_to_id === null ? null : (row.reply_to_id.toString() as MessageId),
    key_version: row.key_version,
    body: row.body,
    changed: false,
    edited_at: null,
    deleted_at: null,
    created_at: row.created_at,
  };
}
