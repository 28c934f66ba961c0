import { AppError } from '#shared/errors.ts';
import type { DialogId } from '#shared/ids.ts';
import type { Claim, ClientKeys } from './client-keys.ts';
import { CLAIM, type Layout, bucketOf, endOf } from './layout.ts';
import type { Session, Statement } from './session.ts';

/** The newest bucket of a dialog, which is never full, and its counters. */
export type Head = {
  readonly bucket: number;
  /**
   * Whether nothing was written to the bucket yet: seq and version are then those of the bucket before, whose client keys
   * have been kept, so that whoever holds this head finds them there.
   */
  readonly isNew: boolean;
  readonly seq: bigint;
  readonly version: bigint;
  /** When the last message came; messages of a dialog never go back in time. */
  readonly at: Date;
};

/** What a move is to make of the counters. */
export type Target = Pick<Head, 'seq' | 'version' | 'at'>;

/**
 * What became of a move. `head` is where the dialog is now, by this move or by those of other nodes that came first, unless
 * the bucket is full; `claims` are those of the move's client keys that the bucket holds already.
 */
export type Moved =
  | { readonly outcome: 'moved'; readonly head: Head | undefined }
  | { readonly outcome: 'beaten'; readonly head: Head | undefined; readonly claims: readonly Claim[] }
  | { readonly outcome: 'unknown' };

/** The static columns of a bucket; null as long as nothing was written to it. */
type HeadRow = {
  readonly last_seq: bigint | null;
  readonly last_version: bigint | null;
  readonly last_at: Date | null;
};
type FoundRow = HeadRow & { readonly kind: number | null; readonly place: Buffer | null; readonly seq: bigint | null };

/** Some 200 bytes each. A dialog that is not remembered costs one read more. */
const REMEMBERED_MAX = 20_000;
const NEVER = new Date(0);

/** Where dialogs end, and the one way to move that on. */
export class Heads {
  readonly #session: Session;
  readonly #layout: Layout;
  readonly #keys: ClientKeys;
  /** As the last move here left them, which another node's may have overtaken. In the order of last use. */
  readonly #remembered = new Map<DialogId, Head>();

  constructor(session: Session, layout: Layout, keys: ClientKeys) {
    this.#session = session;
    this.#layout = layout;
    this.#keys = keys;
  }

  remembered(dialogId: DialogId): Head | undefined {
    return this.#remembered.get(dialogId);
  }

  /**
   * Reads where a dialog ends, from the bucket that holds `known` on.
   * @throws when the dialog ends before `known`: going on there would give out seqs twice.
   */
  async find(dialogId: DialogId, known: bigint): Promise<Head> {
    let head: Head = { bucket: 0, isNew: true, seq: 0n, version: 0n, at: NEVER };
    for (let bucket = known > 0n ? bucketOf(this.#layout, known) : 0; ; bucket += 1) {
      const found = headOf(bucket, await this.#read(dialogId, bucket));
      head = found ?? { ...head, bucket, isNew: true };
      if (this.#isFull(head)) continue;
      if (head.seq < known) throw new Error(`the message log has lost messages of dialog ${dialogId}`);
      if (head.isNew && bucket > 0) await this.#keys.keep(dialogId, bucket - 1);
      return head;
    }
  }

  /** Moves a dialog from one state to the next, with rows of its bucket, if that is the state that it is in. */
  async move(dialogId: DialogId, from: Head, to: Target, rows: readonly Statement[]): Promise<Moved> {
    this.#remembered.delete(dialogId);
    let decision;
    try {
      decision = await this.#session.decide<FoundRow>([this.#counters(dialogId, from, to), ...rows]);
    } catch (error) {
      if (isUnknown(error)) return { outcome: 'unknown' };
      throw error;
    }
    if (decision.applied) {
      const head = { ...to, bucket: from.bucket, isNew: false };
      if (this.#isFull(head)) return { outcome: 'moved', head: undefined };
      this.#remember(dialogId, head);
      return { outcome: 'moved', head };
    }
    const head = headOf(from.bucket, decision.found[0]);
    const isOpen = head !== undefined && !this.#isFull(head);
    return { outcome: 'beaten', head: isOpen ? head : undefined, claims: decision.found.flatMap(claimIn) };
  }

  #counters(dialogId: DialogId, from: Head, to: Target): Statement {
    return {
      query: `UPDATE ${this.#layout.keyspace}.log SET last_seq = ?, last_version = ?, last_at = ?
              WHERE dialog_id = ? AND bucket = ? IF last_seq = ? AND last_version = ?`,
      params: [
        to.seq,
        to.version,
        to.at,
        dialogId,
        from.bucket,
        from.isNew ? null : from.seq,
        from.isNew ? null : from.version,
      ],
    };
  }

  #isFull({ bucket, seq }: Head): boolean {
    return seq >= endOf(this.#layout, bucket);
  }

  #remember(dialogId: DialogId, head: Head): void {
    this.#remembered.set(dialogId, head);
    if (this.#remembered.size <= REMEMBERED_MAX) return;
    const [oldest] = this.#remembered.keys();
    this.#remembered.delete(oldest!);
  }

  async #read(dialogId: DialogId, bucket: number): Promise<HeadRow | undefined> {
    const { keyspace } = this.#layout;
    const [row] = await this.#session.rows<HeadRow>({
      query: `SELECT DISTINCT last_seq, last_version, last_at FROM ${keyspace}.log WHERE dialog_id = ? AND bucket = ?`,
      params: [dialogId, bucket],
    });
    return row;
  }
}

function headOf(bucket: number, row: HeadRow | undefined): Head | undefined {
  const seq = row?.last_seq ?? undefined;
  if (row === undefined || seq === undefined) return undefined;
  return { bucket, isNew: false, seq, version: row.last_version!, at: row.last_at ?? NEVER };
}

function claimIn({ kind, place, seq }: FoundRow): Claim[] {
  return kind === CLAIM ? [{ clientKey: place!.toString('hex'), seq: seq! }] : [];
}

function isUnknown(error: unknown): boolean {
  return error instanceof AppError && error.code === 'UPSTREAM_UNAVAILABLE';
}
