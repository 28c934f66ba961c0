import type { OrderId, TransactionId, UserId, WalletId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';
import type { NewTransaction } from './transactions.ts';

type OrderPaymentStatus = 'held' | 'captured' | 'released' | 'refunded' | 'settled';

/** What an order took. */
export type TakenRow = {
  readonly order_id: OrderId;
  readonly status: OrderPaymentStatus;
  readonly transaction_id: TransactionId;
  readonly hold_id: string;
  readonly wallet_id: WalletId;
  readonly hold_account_id: string;
  readonly customer_id: UserId;
  readonly merchant_id: UserId;
  readonly currency: Currency;
  readonly amount: bigint;
  /** The day and month that the sum was counted in against the customer's limits. */
  readonly spent_day: string;
  readonly spent_month: string;
};

/** An order that took nothing and never will. */
type UntakenRow = { readonly order_id: OrderId; readonly status: 'released'; readonly transaction_id: null };

export type OrderPaymentRow = TakenRow | UntakenRow;

const LOCK_ORDER = statement('payments.lock-order', `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`);
const FIND = statement(
  'payments.find-order-payment',
  `SELECT payment.order_id, payment.status, payment.transaction_id, payment.hold_id, payment.wallet_id,
     hold.hold_account_id, payment.customer_id, payment.merchant_id, payment.currency, payment.amount,
     hold.spent_day::text, hold.spent_month::text
   FROM payments.order_payments AS payment
   LEFT JOIN payments.holds AS hold ON hold.id = payment.hold_id
   WHERE payment.order_id = $1`,
);
const TAKE_NOTHING = statement(
  'payments.take-nothing',
  `INSERT INTO payments.order_payments (order_id, status) VALUES ($1, 'released')`,
);
const HOLD = statement(
  'payments.hold-for-order',
  `WITH held AS (
     INSERT INTO payments.holds (id, account_id, hold_account_id, amount, spent_day, spent_month)
     VALUES ($2, $3, $4, $5, $6, $7)
   )
   INSERT INTO payments.order_payments
     (order_id, status, transaction_id, hold_id, wallet_id, customer_id, merchant_id, currency, amount)
   VALUES ($1, 'held', $8, $2, $3, $9, $10, $11, $5)`,
);
const MOVE = statement(
  'payments.move-order-payment',
  `WITH ended AS (
     UPDATE payments.holds AS hold
     SET status = $3::text, ended_at = $4, ended_by = $5, posted_amount = CASE $3::text WHEN 'posted' THEN hold.amount ELSE 0 END
     FROM payments.order_payments AS payment
     WHERE payment.order_id = $1 AND hold.id = payment.hold_id AND $3::text IS NOT NULL
   )
   UPDATE payments.order_payments AS payment
   SET status = $2::text, updated_at = $4, refunded = CASE $2::text WHEN 'refunded' THEN payment.amount ELSE payment.refunded END
   WHERE payment.order_id = $1`,
);

export function findOrderPayment(sql: Sql, orderId: OrderId): Promise<OrderPaymentRow | undefined> {
  return firstRow<OrderPaymentRow>(sql, FIND, [orderId]);
}

/** What the order took so far. Steps of one order wait for each other here, also before there is a row to lock. */
export async function lockOrderPayment(tx: Tx, orderId: OrderId): Promise<OrderPaymentRow | undefined> {
  await tx.rows(LOCK_ORDER, [`payments.order ${orderId}`]);
  return await findOrderPayment(tx, orderId);
}

/** Writes down that the order takes nothing, now and later. */
export async function insertUntaken(tx: Tx, orderId: OrderId): Promise<void> {
  await tx.rows(TAKE_NOTHING, [orderId]);
}

export type NewHold = {
  readonly orderId: OrderId;
  /** Also the id of the transfer that placed it. */
  readonly holdId: string;
  readonly holdAccountId: string;
  readonly merchantId: UserId;
  readonly day: string;
  readonly month: string;
  readonly payment: NewTransaction;
};

/** Writes a hold that was posted, for an order whose transaction is there. */
export async function insertHold(tx: Tx, hold: NewHold): Promise<void> {
  const { payment } = hold;
  await tx.rows(HOLD, [
    hold.orderId,
    hold.holdId,
    payment.walletId,
    hold.holdAccountId,
    payment.minor,
    hold.day,
    hold.month,
    payment.id,
    payment.userId,
    hold.merchantId,
    payment.currency,
  ]);
}

export type OrderMove = {
  readonly status: Exclude<OrderPaymentStatus, 'held'>;
  /** How the hold ends with it, if it does, and by which transfer. */
  readonly hold?: { readonly status: 'posted' | 'voided'; readonly endedBy: string };
  readonly at: Date;
};

/** Moves what an order took to its next state; the caller has locked it. */
export async function moveOrderPayment(tx: Tx, orderId: OrderId, to: OrderMove): Promise<void> {
  await tx.rows(MOVE, [orderId, to.status, to.hold?.status ?? null, to.at, to.hold?.endedBy ?? null]);
}
