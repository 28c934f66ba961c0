import type { types } from 'cassandra-driver';
import type { DialogId, MessageId } from '#shared/ids.ts';
import type { ClientKeys } from './client-keys.ts';
import { inTurns } from './in-turns.ts';
import { CLAIM, type Layout, MESSAGE, bucketOf, endOf, seqPlace } from './layout.ts';
import type { MessageIds } from './message-ids.ts';
import { Persistence } from './persistence.ts';
import type { Session, Statement } from './session.ts';

/** Messages taken out by one conditional batch. */
const BATCH_MESSAGES_MAX = 512n;

type StoredRow = { readonly id: types.Uuid; readonly client_key: Buffer; readonly last_seq: bigint };

/**
 * Takes messages out of the log, with few marks of deletion (tombstones) for later reads to walk over.
 *
 * In a bucket the messages of one batch go by one mark over their range, and each claim by a mark of its own, which only
 * a look for that very key meets. The batch that empties a full bucket lays one mark over all of it, which swallows the
 * others; what stays are its counters, so that no process, however long it slept, can begin the bucket anew. Reads of a
 * dialog begin above what was purged and meet none of this. It is all conditional, as everything in this table: a claim
 * and its message go together, and a removal that meets another one looks again.
 *
 * Ids and keys go before the message that names them, so that what a crash leaves is found again.
 */
export class Removal {
  readonly #session: Session;
  readonly #layout: Layout;
  readonly #keys: ClientKeys;
  readonly #ids: MessageIds;

  constructor(session: Session, layout: Layout, keys: ClientKeys, ids: MessageIds) {
    this.#session = session;
    this.#layout = layout;
    this.#keys = keys;
    this.#ids = ids;
  }

  async remove(dialogId: DialogId, from: bigint, to: bigint): Promise<void> {
    for (let start = from; start <= to;) {
      const bucket = bucketOf(this.#layout, start);
      const end = least(to, endOf(this.#layout, bucket), start + BATCH_MESSAGES_MAX - 1n);
      await this.#removeIn(dialogId, bucket, start, end);
      start = end + 1n;
    }
  }

  /** Within one bucket. */
  async #removeIn(dialogId: DialogId, bucket: number, from: bigint, to: bigint): Promise<void> {
    for (const persistence = new Persistence(); ;) {
      const rows = await this.#rows(dialogId, bucket, from, to);
      if (rows.length === 0) return;
      const keys = rows.map((row) => row.client_key);
      await this.#ids.forget(rows.map((row) => row.id.toString() as MessageId));
      const end = endOf(this.#layout, bucket);
      if (rows[0]!.last_seq === end) await this.#keys.forget(dialogId, keys);
      const isLast = to === end && !(await this.#holdsBelow(dialogId, bucket, from));
      const decision = await this.#session.decide([
        ...keys.map((key) => this.#claimGone(dialogId, bucket, key)),
        isLast ? this.#allGone(dialogId, bucket) : this.#rangeGone(dialogId, bucket, from, to),
      ]);
      if (decision.applied) return;
      await persistence.failed();
    }
  }

  /** Takes away the counters of a dialog's buckets too, and what is kept beside them. */
  async forget(dialogId: DialogId, known: bigint): Promise<void> {
    // One more than is known: it may have begun.
    const count = bucketOf(this.#layout, known + 1n) + 2;
    const { keyspace } = this.#layout;
    await inTurns(
      Array.from({ length: count }, (_, bucket) => bucket),
      (bucket) =>
        this.#session.decide([
          {
            query: `DELETE last_seq, last_version, last_at FROM ${keyspace}.log
                    WHERE dialog_id = ? AND bucket = ? IF last_seq != NULL`,
            params: [dialogId, bucket],
          },
          this.#allGone(dialogId, bucket),
        ]),
    );
    if (known >= BigInt(this.#layout.bucketSeqs)) await this.#keys.forgetAll(dialogId);
  }

  #rows(dialogId: DialogId, bucket: number, from: bigint, to: bigint): Promise<StoredRow[]> {
    return this.#session.rows<StoredRow>({
      query: `SELECT id, client_key, last_seq FROM ${this.#layout.keyspace}.log
              WHERE dialog_id = ? AND bucket = ? AND kind = ${MESSAGE} AND place >= ? AND place <= ?`,
      params: [dialogId, bucket, seqPlace(from), seqPlace(to)],
    });
  }

  async #holdsBelow(dialogId: DialogId, bucket: number, seq: bigint): Promise<boolean> {
    const rows = await this.#session.rows({
      query: `SELECT place FROM ${this.#layout.keyspace}.log
              WHERE dialog_id = ? AND bucket = ? AND kind = ${MESSAGE} AND place < ? LIMIT 1`,
      params: [dialogId, bucket, seqPlace(seq)],
    });
    return rows.length > 0;
  }

  #claimGone(dialogId: DialogId, bucket: number, clientKey: Buffer): Statement {
    return {
      query: `DELETE FROM ${this.#layout.keyspace}.log
              WHERE dialog_id = ? AND bucket = ? AND kind = ${CLAIM} AND place = ? IF EXISTS`,
      params: [dialogId, bucket, clientKey],
    };
  }

  #rangeGone(dialogId: DialogId, bucket: number, from: bigint, to: bigint): Statement {
    return {
      query: `DELETE FROM ${this.#layout.keyspace}.log
              WHERE dialog_id = ? AND bucket = ? AND kind = ${MESSAGE} AND place >= ? AND place <= ?`,
      params: [dialogId, bucket, seqPlace(from), seqPlace(to)],
    };
  }

  #allGone(dialogId: DialogId, bucket: number): Statement {
    return {
      query: `DELETE FROM ${this.#layout.keyspace}.log WHERE dialog_id = ? AND bucket = ? AND kind >= ${MESSAGE}`,
      params: [dialogId, bucket],
    };
  }
}

function least(...seqs: [bigint, ...bigint[]]): bigint {
  return seqs.reduce((a, b) => (a < b ? a : b));
}
