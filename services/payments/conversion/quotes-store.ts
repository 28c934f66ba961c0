import type { QuoteId, TransactionId, UserId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

export type QuoteRow = {
  readonly id: QuoteId;
  readonly user_id: UserId;
  readonly from_currency: Currency;
  readonly to_currency: Currency;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly receive_amount: bigint;
  /** Plain decimals. */
  readonly rate: string;
  readonly from_per_usd: string;
  readonly to_per_usd: string;
  readonly margin_bps: number;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly spent_at: Date | null;
};

const INSERT = statement(
  'payments.insert-quote',
  `INSERT INTO payments.fx_quotes (id, user_id, from_currency, to_currency, amount, fee, receive_amount, rate,
     from_per_usd, to_per_usd, margin_bps, created_at, expires_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
);
const FIND = statement(
  'payments.find-quote',
  `SELECT quote.id, quote.user_id, quote.from_currency, quote.to_currency, quote.amount, quote.fee, quote.receive_amount,
     trim_scale(quote.rate)::text AS rate, trim_scale(quote.from_per_usd)::text AS from_per_usd,
     trim_scale(quote.to_per_usd)::text AS to_per_usd, quote.margin_bps, quote.created_at, quote.expires_at, quote.spent_at
   FROM payments.fx_quotes AS quote WHERE quote.id = $1 AND quote.user_id = $2`,
);
const SPEND = statement(
  'payments.spend-quote',
  `UPDATE payments.fx_quotes AS quote SET spent_at = $2, transfer_id = $3, to_transaction_id = $4
   WHERE quote.id = $1 AND quote.spent_at IS NULL AND quote.expires_at > $2 RETURNING quote.id`,
);
const FORGET = statement(
  'payments.forget-quotes',
  `DELETE FROM payments.fx_quotes AS quote WHERE quote.id IN (
     SELECT lapsed.id FROM payments.fx_quotes AS lapsed
     WHERE lapsed.spent_at IS NULL AND lapsed.expires_at < $1 ORDER BY lapsed.expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
   ) RETURNING quote.id`,
);

export async function insertQuote(tx: Tx, quote: Omit<QuoteRow, 'spent_at'>): Promise<void> {
  await tx.rows(INSERT, [
    quote.id,
    quote.user_id,
    quote.from_currency,
    quote.to_currency,
    quote.amount,
    quote.fee,
    quote.receive_amount,
    quote.rate,
    quote.from_per_usd,
    quote.to_per_usd,
    quote.margin_bps,
    quote.created_at,
    quote.expires_at,
  ]);
}

/** The quote when it is this user's. */
export function findQuote(sql: Sql, id: QuoteId, userId: UserId): Promise<QuoteRow | undefined> {
  return firstRow<QuoteRow>(sql, FIND, [id, userId]);
}

export type Spent = {
  readonly at: Date;
  readonly transferId: TransactionId;
  readonly toTransactionId: TransactionId;
};

/** Spends a quote that stands; false for one that was spent before or has lapsed. Whoever comes at once waits here. */
export async function spendQuote(tx: Tx, id: QuoteId, { at, transferId, toTransactionId }: Spent): Promise<boolean> {
  return (await firstRow(tx, SPEND, [id, at, transferId, toTransactionId])) !== undefined;
}

/** Removes quotes that lapsed unspent before this moment, `max` at most; answers how many. */
export async function forgetQuotes(sql: Sql, before: Date, max: number): Promise<number> {
  return (await sql.rows(FORGET, [before, max])).length;
}
