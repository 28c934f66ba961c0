import type { TransactionStatus, TransactionType } from '#shared/contracts/payments/transaction.ts';
import type { OrderId, QuoteId, TransactionId, UserId, WalletId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';

export type TransactionRow = {
  readonly id: TransactionId;
  readonly wallet_id: WalletId;
  readonly user_id: UserId;
  readonly type: TransactionType;
  readonly currency: Currency;
  readonly amount: bigint;
  readonly processing_fee: bigint;
  readonly conversion_fee: bigint;
  readonly exchange_rate: string | null;
  readonly status: TransactionStatus;
  readonly counterpart_id: UserId | null;
  readonly order_id: OrderId | null;
  readonly description: string | null;
  readonly reference: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly completed_at: Date | null;
  readonly gateway: string | null;
  readonly payment_method: string | null;
  readonly gateway_charge_id: string | null;
  /** Where a withdrawal goes, as far as it is shown. */
  readonly bank_code: string | null;
  readonly account_last4: string | null;
  readonly qr_code: string | null;
  readonly expires_at: Date | null;
  readonly account_bank: string | null;
  readonly account_number: string | null;
  /** Of a conversion: the quote that it spent, and its side of the other wallet. */
  readonly quote_id?: QuoteId | null;
  /** Whether this is the side that came in. */
  readonly is_bought?: boolean | null;
  readonly other_transaction_id?: TransactionId | null;
  readonly other_amount?: bigint | null;
  readonly other_currency?: Currency | null;
};

export type StatusChangeRow = {
  readonly status: TransactionStatus;
  readonly reason: string | null;
  readonly at: Date;
};

/** A transaction to be written. Completed ones name the ledger's transfer that moved the money. */
export type NewTransaction = {
  readonly id: TransactionId;
  readonly walletId: WalletId;
  readonly userId: UserId;
  readonly type: TransactionType;
  readonly currency: Currency;
  readonly minor: bigint;
  /** What it costs on top of the sum, in minor units of its currency. */
  readonly processingFee?: bigint;
  readonly conversionFee?: bigint;
  /** A decimal: how much of the other currency one unit buys. */
  readonly exchangeRate?: string;
  readonly status: 'pending' | 'processing' | 'completed';
  /** Who made it: a user id, `system`, or the name of a workflow. */
  readonly actor: string;
  readonly at: Date;
  readonly transferId?: string;
  readonly counterpartId?: UserId | undefined;
  readonly orderId?: OrderId;
  readonly refundOf?: TransactionId;
  readonly description?: string | undefined;
  readonly reference?: string | undefined;
};

/** Of `transaction`, of its `charge` and of its `payout`, where it has one. */
export const TRANSACTION_COLUMNS = `
  transaction.id, transaction.wallet_id, transaction.user_id, transaction.type, transaction.currency, transaction.amount,
  transaction.processing_fee, transaction.conversion_fee, transaction.exchange_rate, transaction.status,
  transaction.counterpart_id, transaction.order_id, transaction.description, transaction.reference,
  transaction.created_at, transaction.updated_at, transaction.completed_at,
  coalesce(charge.gateway, payout.gateway) AS gateway,
  coalesce(charge.payment_method, payout.method) AS payment_method,
  coalesce(charge.gateway_charge_id, payout.gateway_payout_id) AS gateway_charge_id, payout.bank_code,
  payout.account_last4, charge.qr_code, charge.expires_at, charge.account_bank,
  charge.account_number`;

const FROM = `
  FROM payments.transactions AS transaction
  LEFT JOIN payments.charges AS charge ON charge.transaction_id = transaction.id
  LEFT JOIN payments.payouts AS payout ON payout.transaction_id = transaction.id`;

/** What only conversions have. */
const CONVERSION_COLUMNS = `
  quote.id AS quote_id, quote.to_transaction_id = transaction.id AS is_bought,
  CASE WHEN quote.to_transaction_id = transaction.id THEN quote.transfer_id ELSE quote.to_transaction_id END
    AS other_transaction_id,
  CASE WHEN quote.to_transaction_id = transaction.id THEN quote.amount ELSE quote.receive_amount END AS other_amount,
  CASE WHEN quote.to_transaction_id = transaction.id THEN quote.from_currency ELSE quote.to_currency END AS other_currency`;

const WITH_QUOTE = `LEFT JOIN payments.fx_quotes AS quote ON quote.transfer_id = transaction.transfer_id`;

const INSERT = statement(
  'payments.insert-transactions',
  `INSERT INTO payments.transactions (id, wallet_id, user_id, type, currency, amount, status, status_actor, created_at,
     updated_at, completed_at, transfer_id, counterpart_id, order_id, refund_of, description, reference,
     processing_fee, conversion_fee, exchange_rate)
   SELECT made.id, made.wallet_id, made.user_id, made.type, made.currency, made.amount, made.status, made.actor, made.at,
     made.at, CASE made.status WHEN 'completed' THEN made.at END, made.transfer_id, made.counterpart_id, made.order_id,
     made.refund_of, made.description, made.reference, made.processing_fee, made.conversion_fee, made.exchange_rate
   FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
     $9::timestamptz[], $10::uuid[], $11::uuid[], $12::uuid[], $13::uuid[], $14::text[], $15::text[],
     $16::bigint[], $17::bigint[], $18::numeric[])
     AS made (id, wallet_id, user_id, type, currency, amount, status, actor, at, transfer_id, counterpart_id, order_id,
       refund_of, description, reference, processing_fee, conversion_fee, exchange_rate)`,
);
const LIST = statement(
  'payments.list-transactions',
  `SELECT ${TRANSACTION_COLUMNS}, ${CONVERSION_COLUMNS} ${FROM} ${WITH_QUOTE}
   WHERE transaction.user_id = $1
     AND ($2::uuid IS NULL OR transaction.wallet_id = $2)
     AND ($3::text IS NULL OR transaction.type = $3)
     AND transaction.created_at >= $4
     AND transaction.created_at < $5
     AND (transaction.created_at, transaction.id) < ($6, $7)
   ORDER BY transaction.created_at DESC, transaction.id DESC
   LIMIT $8`,
);
const FIND = statement(
  'payments.find-transaction',
  `SELECT ${TRANSACTION_COLUMNS}, ${CONVERSION_COLUMNS} ${FROM} ${WITH_QUOTE}
   WHERE transaction.id = $1 AND transaction.user_id = $2`,
);
const CHANGES = statement(
  'payments.list-changes',
  `SELECT change.status, change.reason, change.at FROM payments.transaction_changes AS change
   WHERE change.transaction_id = $1 ORDER BY change.at, change.previous NULLS FIRST`,
);
const END = statement(
  'payments.end-transactions',
  `UPDATE payments.transactions AS transaction
   SET status = $3::text, status_actor = $4, status_reason = $5, transfer_id = ended.transfer_id, updated_at = $6::timestamptz,
     completed_at = CASE WHEN $3::text = 'completed' THEN $6::timestamptz END
   FROM unnest($1::uuid[], $2::uuid[]) AS ended (id, transfer_id)
   WHERE transaction.id = ended.id`,
);

/** Writes transactions with one statement; the database adds the first line of each one's history. */
export async function insertTransactions(tx: Tx, made: readonly NewTransaction[]): Promise<void> {
  await tx.rows(INSERT, [
    made.map((one) => one.id),
    made.map((one) => one.walletId),
    made.map((one) => one.userId),
    made.map((one) => one.type),
    made.map((one) => one.currency),
    made.map((one) => one.minor),
    made.map((one) => one.status),
    made.map((one) => one.actor),
    made.map((one) => one.at),
    made.map((one) => one.transferId ?? null),
    made.map((one) => one.counterpartId ?? null),
    made.map((one) => one.orderId ?? null),
    made.map((one) => one.refundOf ?? null),
    made.map((one) => one.description ?? null),
    made.map((one) => one.reference ?? null),
    made.map((one) => one.processingFee ?? 0n),
    made.map((one) => one.conversionFee ?? 0n),
    made.map((one) => one.exchangeRate ?? null),
  ]);
}

export type HistoryFilter = {
  readonly walletId: WalletId | undefined;
  readonly type: TransactionType | undefined;
  readonly from: Date | undefined;
  /** Exclusive. */
  readonly to: Date | undefined;
  /** Where the page before this one ended. */
  readonly after: { readonly createdAt: Date; readonly id: string } | undefined;
  readonly limit: number;
};

/** Above every id. */
const ID_MAX = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export function listTransactionsOf(sql: Sql, userId: UserId, filter: HistoryFilter): Promise<TransactionRow[]> {
  return sql.rows<TransactionRow>(LIST, [
    userId,
    filter.walletId ?? null,
    filter.type ?? null,
    filter.from ?? '-infinity',
    filter.to ?? 'infinity',
    filter.after?.createdAt ?? 'infinity',
    filter.after?.id ?? ID_MAX,
    filter.limit,
  ]);
}

/** The transaction when it is this user's. */
export function findTransaction(sql: Sql, id: TransactionId, userId: UserId): Promise<TransactionRow | undefined> {
  return firstRow<TransactionRow>(sql, FIND, [id, userId]);
}

export function listChanges(sql: Sql, id: TransactionId): Promise<StatusChangeRow[]> {
  return sql.rows<StatusChangeRow>(CHANGES, [id]);
}

export type Ending = {
  readonly status: 'completed' | 'failed' | 'cancelled' | 'expired';
  readonly actor: string;
  readonly reason: string | null;
  readonly at: Date;
};

/** A transaction that ends, and the ledger's transfer that completes it. */
export type Ended = { readonly id: TransactionId; readonly transferId: string | null };

/** Moves transactions that the caller has locked; the database refuses a step that its state machine does not know. */
export async function endTransactions(tx: Tx, ended: readonly Ended[], ending: Ending): Promise<void> {
  const ids = ended.map(({ id }) => id);
  const transferIds = ended.map(({ transferId }) => transferId);
  await tx.rows(END, [ids, transferIds, ending.status, ending.actor, ending.reason, ending.at]);
}

export async function endTransaction(
  tx: Tx,
  id: TransactionId,
  { transferId, ...ending }: Ending & { readonly transferId: string | null },
): Promise<void> {
  await endTransactions(tx, [{ id, transferId }], ending);
}
