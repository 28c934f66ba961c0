import type { TransactionId, WalletId } from '#shared/ids.ts';
import { type Sql, firstRow, statement } from '#shared/sql.ts';

/** The entries `first` + 1 to `last` of a wallet, and what could be spent before and after them. */
export type StatementRange = {
  readonly first: bigint;
  readonly last: bigint;
  readonly opening: bigint;
  readonly closing: bigint;
};

export type EntryRow = {
  readonly seq: bigint;
  readonly kind: string;
  readonly amount: bigint;
  readonly balance_after: bigint;
  readonly transfer_id: string;
  readonly transaction_id: TransactionId | null;
  readonly posted_at: Date;
};

/** `$4` is the last entry of a range that was begun before, so that what is posted meanwhile does not move it. */
const RANGE = statement(
  'payments.statement-range',
  `SELECT range.first, greatest(range.last, range.first) AS last, coalesce(before.balance_after, 0) AS opening,
     coalesce(after.balance_after, before.balance_after, 0) AS closing
   FROM (
     SELECT CASE WHEN $2::timestamptz IS NULL THEN 0 ELSE payments.last_entry_before($1, $2) END AS first,
       coalesce($4::bigint, CASE WHEN $3::timestamptz IS NULL THEN account.entries
         ELSE payments.last_entry_before($1, $3) END) AS last
     FROM payments.accounts AS account WHERE account.id = $1
   ) AS range
   LEFT JOIN payments.entries AS before ON before.account_id = $1 AND before.seq = range.first
   LEFT JOIN payments.entries AS after ON after.account_id = $1 AND after.seq = greatest(range.last, range.first)`,
);
/** A transaction is found by its transfer, or beside the one that gave the transfer its id: both are of one moment. */
const ENTRIES = statement(
  'payments.statement-entries',
  `SELECT entry.seq, transfer.kind, entry.amount, entry.balance_after, entry.transfer_id, entry.posted_at,
     coalesce(
       CASE WHEN named.wallet_id = entry.account_id THEN named.id END,
       (SELECT beside.id FROM payments.transactions AS beside
        WHERE beside.user_id = wallet.user_id AND beside.created_at = named.created_at
          AND beside.transfer_id = entry.transfer_id AND beside.wallet_id = entry.account_id
        LIMIT 1)
     ) AS transaction_id
   FROM payments.entries AS entry
   JOIN payments.transfers AS transfer ON transfer.id = entry.transfer_id
   JOIN payments.wallets AS wallet ON wallet.id = entry.account_id
   LEFT JOIN payments.transactions AS named ON named.id = entry.transfer_id
   WHERE entry.account_id = $1 AND entry.seq > $2 AND entry.seq <= $3
   ORDER BY entry.seq DESC LIMIT $4`,
);

export async function statementRange(
  sql: Sql,
  walletId: WalletId,
  {
    from,
    to,
    last,
  }: { readonly from?: Date | undefined; readonly to?: Date | undefined; readonly last?: bigint | undefined },
): Promise<StatementRange> {
  return (await firstRow<StatementRange>(sql, RANGE, [walletId, from ?? null, to ?? null, last ?? null]))!;
}

/** Entries after `first` up to `last`, newest first. */
export function statementEntries(
  sql: Sql,
  walletId: WalletId,
  { first, last, limit }: { readonly first: bigint; readonly last: bigint; readonly limit: number },
): Promise<EntryRow[]> {
  return sql.rows<EntryRow>(ENTRIES, [walletId, first, last, limit]);
}
