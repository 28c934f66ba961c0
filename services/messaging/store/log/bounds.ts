import type { DialogId } from '#shared/ids.ts';
import { type Sql, statement } from '#shared/sql.ts';

const BOUNDS = statement(
  'messaging.bounds',
  `SELECT dialogs.id, dialogs.purged_seq, dialogs.last_seq, dialogs.deleted_at FROM messaging.dialogs
   WHERE dialogs.id = ANY ($1::uuid[])`,
);

/** Between which seqs a dialog is read. */
export type Bounds = {
  readonly id: DialogId;
  /** What is up to here is gone, whatever the log still holds of it. */
  readonly purged_seq: bigint;
  /** Up to where the database has followed the log: what is beyond is not acknowledged yet. */
  readonly last_seq: bigint;
  readonly deleted_at: Date | null;
};

/** Those of the dialogs that exist, in any order. */
export function boundsOf(sql: Sql, dialogIds: readonly DialogId[]): Promise<Bounds[]> {
  return sql.rows<Bounds>(BOUNDS, [dialogIds]);
}

/** A dialog that does not exist has nothing to read. */
export async function boundsOfOne(sql: Sql, id: DialogId): Promise<Bounds> {
  const [bounds] = await boundsOf(sql, [id]);
  return bounds ?? { id, purged_seq: 0n, last_seq: 0n, deleted_at: null };
}
