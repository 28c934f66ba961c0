/**
 * How the log is laid out.
 *
 * `log` is the only table with conditional writes, and has no others. A partition holds {@link BUCKET_SEQS} seqs of one
 * dialog: its static columns are the dialog's counters as long as it is the newest one; rows of kind {@link MESSAGE} are
 * messages by seq; rows of kind {@link CLAIM} say which client keys they took. One conditional batch in the newest
 * partition moves the counters, claims the keys and adds the messages. A partition that has all its seqs is *full*, and
 * its counters are final: the next conditional batch goes to the next partition, whose counters go on from there.
 *
 * `client_keys` holds the claims of full partitions, so that later appends need to look in one place only. `message_ids`
 * says where a message is. Both are plain writes of facts that never change, so it does not matter how often or in which
 * order they are written.
 */
export type Layout = {
  readonly keyspace: string;
  /** Seqs in a partition. Fixed for the life of a keyspace. */
  readonly bucketSeqs: number;
};

/**
 * A text message of a hundred characters takes some 240 bytes on disk with its claim, so a partition has about a quarter of
 * a megabyte, and a dialog of a million messages is 977 of them. Were every message as large as one may be (4,000
 * characters and 16 labels, all of them emoji: 54 KB), a partition would have 56 MB, half of what Cassandra bears well.
 */
export const BUCKET_SEQS = 1_024;
/** Of a sealed message, with room above the largest: what keeps a partition below 100 MB whatever comes. */
export const BODY_BYTES_MAX = 65_536;

export const MESSAGE = 0;
export const CLAIM = 1;

/** Which bucket holds a seq. */
export function bucketOf({ bucketSeqs }: Layout, seq: bigint): number {
  return Number((seq - 1n) / BigInt(bucketSeqs));
}

/** The last seq of a bucket. */
export function endOf({ bucketSeqs }: Layout, bucket: number): bigint {
  return (BigInt(bucket) + 1n) * BigInt(bucketSeqs);
}

const SEQ_BYTES = 8;

/** A seq as clustering key: bytes sort as the numbers do. */
export function seqPlace(seq: bigint): Buffer {
  const place = Buffer.alloc(SEQ_BYTES);
  place.writeBigInt64BE(seq);
  return place;
}

export function seqAt(place: Buffer): bigint {
  return place.readBigInt64BE();
}

/** The tables, in the order in which they are made. */
export function tables({ keyspace }: Pick<Layout, 'keyspace'>): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${keyspace}.log (
       dialog_id    uuid,
       bucket       int,
       kind         tinyint,
       place        blob,
       last_seq     bigint STATIC,
       last_version bigint STATIC,
       last_at      timestamp STATIC,
       seq          bigint,
       version      bigint,
       created_at   timestamp,
       id           uuid,
       sender_id    uuid,
       client_key   blob,
       client_id    text,
       fingerprint  blob,
       message_type text,
       reply_to_id  uuid,
       key_version  smallint,
       body         blob,
       PRIMARY KEY ((dialog_id, bucket), kind, place)
     ) WITH comment = 'messages by dialog and seq; conditional writes only'`,
    `CREATE TABLE IF NOT EXISTS ${keyspace}.client_keys (
       dialog_id  uuid,
       shard      smallint,
       client_key blob,
       seq        bigint,
       PRIMARY KEY ((dialog_id, shard), client_key)
     ) WITH comment = 'client keys of full buckets'`,
    `CREATE TABLE IF NOT EXISTS ${keyspace}.message_ids (
       window    int,
       shard     tinyint,
       id        uuid,
       dialog_id uuid,
       seq       bigint,
       PRIMARY KEY ((window, shard), id)
     ) WITH comment = 'where a message is, by the time and the last digit of its id'`,
  ];
}
