import type { DialogId, UserId } from '#shared/ids.ts';
import { type Sql, type Tx, statement } from '#shared/sql.ts';

export type SearchEntry = {
  readonly dialogId: DialogId;
  readonly seq: bigint;
  readonly createdAt: Date;
  readonly tokens: readonly bigint[];
};

const PUT = statement(
  'messaging.put-search-entries',
  `INSERT INTO messaging.search_entries (dialog_id, seq, created_at, tokens)
   SELECT entry.dialog_id, entry.seq, entry.created_at, entry.tokens::bigint[]
   FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::text[]) AS entry (dialog_id, seq, created_at, tokens)
   ON CONFLICT (dialog_id, seq) DO UPDATE SET tokens = excluded.tokens`,
);
const REMOVE = statement(
  'messaging.remove-search-entries',
  `DELETE FROM messaging.search_entries USING unnest($1::uuid[], $2::bigint[]) AS gone (dialog_id, seq)
   WHERE search_entries.dialog_id = gone.dialog_id AND search_entries.seq = gone.seq`,
);
const FIND = statement(
  'messaging.search',
  `SELECT found.dialog_id, found.seq, found.created_at
   FROM messaging.search($1, $2, $3, $4, $5, $6, $7, $8, $9) AS found`,
);
const FIND_IN_DIALOG = statement(
  'messaging.search-dialog',
  'SELECT found.seq FROM messaging.search_dialog($1, $2, $3, $4, $5, $6) AS found',
);

export async function putEntries(tx: Tx, entries: readonly SearchEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.rows(PUT, [
    entries.map((entry) => entry.dialogId),
    entries.map((entry) => entry.seq),
    entries.map((entry) => entry.createdAt),
    entries.map((entry) => `{${entry.tokens.join(',')}}`),
  ]);
}

/** A place in a dialog. */
export type Spot = { readonly dialog_id: DialogId; readonly seq: bigint };

export async function removeEntries(tx: Tx, spots: readonly Spot[]): Promise<void> {
  if (spots.length === 0) return;
  await tx.rows(REMOVE, [spots.map((spot) => spot.dialog_id), spots.map((spot) => spot.seq)]);
}

/** Seqs of a dialog, both ends included, with what a message of them must hold. */
export type WantedRange = {
  readonly dialogId: DialogId;
  readonly from: number;
  readonly to: number;
  readonly tokens: readonly bigint[];
};

export type Found = Spot & { readonly created_at: Date };

/** Where an earlier page ended. */
export type After = { readonly at: Date; readonly dialogId: DialogId; readonly seq: number };

/** The newest messages of these ranges that hold what is wanted, of dialogs that the member is in; newest first. */
export function findEntries(
  sql: Sql,
  memberId: UserId,
  ranges: readonly WantedRange[],
  after: After | undefined,
  limit: number,
): Promise<Found[]> {
  return sql.rows<Found>(FIND, [
    memberId,
    ranges.map((range) => range.dialogId),
    ranges.map((range) => range.from),
    ranges.map((range) => range.to),
    ranges.map((range) => `{${range.tokens.join(',')}}`),
    after?.at ?? null,
    after?.dialogId ?? null,
    after?.seq ?? null,
    limit,
  ]);
}

/** The newest seqs that hold what is wanted in these ranges of one dialog, which descend; newest first. */
export async function findInDialog(
  sql: Sql,
  memberId: UserId,
  dialogId: DialogId,
  ranges: readonly WantedRange[],
  limit: number,
): Promise<bigint[]> {
  const rows = await sql.rows<{ seq: bigint }>(FIND_IN_DIALOG, [
    memberId,
    dialogId,
    ranges.map((range) => range.from),
    ranges.map((range) => range.to),
    ranges.map((range) => `{${range.tokens.join(',')}}`),
    limit,
  ]);
  return rows.map(({ seq }) => seq);
}
