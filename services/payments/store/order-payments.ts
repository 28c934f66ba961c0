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
  /** How much of it the customer has got back. */
  readonly refunded: bigint;
  /** From when on it waits for the next settlement run; null where it does not. */
  readonly due_at: Date | null;
  /** The day and month that the sum was counted in against the customer's limits. */
  readonly spent_day: string;
  readonly spent_month: string;
};

/** An order that took nothing and never will. */
type UntakenRow = { readonly order_id: OrderId; readonly status: 'released'; readonly transaction_id: null };

export type OrderPaymentRow = TakenRow | UntakenRow;

const LOCK_ORDER = statement('payments.lock-order', `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`);
const TAKEN = `SELECT payment.order_id, payment.status, payment.transaction_id, payment.hold_id, payment.wallet_id,
     hold.hold_account_id, payment.customer_id, payment.merchant_id, payment.currency, payment.amount, payment.refunded,
     payment.due_at, hold.spent_day::text, hold.spent_month::text
   FROM payments.order_payments AS payment
   LEFT JOIN payments.holds AS hold ON hold.id = payment.hold_id`;
const FIND = statement('payments.find-order-payment', `${TAKEN} WHERE payment.order_id = $1`);
const FIND_BY_TRANSACTION = statement('payments.find-payment-of-order', `${TAKEN} WHERE payment.transaction_id = $1`);
const TAKE_NOTHING = statement(
  'payments.take-nothing',
  `INSERT INTO payments.order_payments (order_id, status) VALUES ($1, 'released')`,
);
const HOLD = statement(
  'payments.hold-for-order',
  `INSERT INTO payments.order_payments
     (order_id, status, transaction_id, hold_id, wallet_id, customer_id, merchant_id, currency, amount)
   VALUES ($1, 'held', $2, $3, $4, $5, $6, $7, $8)`,
);
const MOVE = statement(
  'payments.move-order-payment',
  `UPDATE payments.order_payments AS payment SET status = $2, updated_at = $3 WHERE payment.order_id = $1`,
);

const GIVE_BACK = statement(
  'payments.give-back',
  `UPDATE payments.order_payments AS payment
   SET refunded = payment.refunded + $2, updated_at = $3,
     status = CASE WHEN payment.refunded + $2 = payment.amount THEN 'refunded' ELSE payment.status END
   WHERE payment.order_id = $1`,
);
const SET_DUE = statement(
  'payments.set-due',
  `UPDATE payments.order_payments AS payment SET due_at = $2 WHERE payment.order_id = $1 AND payment.due_at IS NULL`,
);
const LIST_DUE = statement(
  'payments.list-due',
  `SELECT payment.order_id FROM payments.order_payments AS payment
   WHERE payment.status = 'captured' AND payment.due_at <= $1 AND payment.order_id > $2
   ORDER BY payment.order_id LIMIT $3`,
);
const LIST_REFUNDS = statement(
  'payments.list-refunds',
  `SELECT refund.id, refund.amount, refund.reference, refund.created_at
   FROM payments.transactions AS refund WHERE refund.refund_of = $1 ORDER BY refund.created_at, refund.id`,
);

export function findOrderPayment(sql: Sql, orderId: OrderId): Promise<OrderPaymentRow | undefined> {
  return firstRow<OrderPaymentRow>(sql, FIND, [orderId]);
}

/** The payment of an order by the transaction that its customer sees; undefined for any other transaction. */
export function findPaymentOfOrder(sql: Sql, id: TransactionId): Promise<TakenRow | undefined> {
  return firstRow<TakenRow>(sql, FIND_BY_TRANSACTION, [id]);
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

export type NewTaking = {
  readonly orderId: OrderId;
  readonly holdId: string;
  readonly merchantId: UserId;
  readonly payment: NewTransaction;
};

/** Writes down what an order holds; its hold and its transaction are there. */
export async function insertTaken(tx: Tx, { orderId, holdId, merchantId, payment }: NewTaking): Promise<void> {
  const { id, walletId, userId, currency, minor } = payment;
  await tx.rows(HOLD, [orderId, id, holdId, walletId, userId, merchantId, currency, minor]);
}

export type OrderMove = {
  readonly status: Exclude<OrderPaymentStatus, 'held' | 'refunded'>;
  readonly at: Date;
};

/** Moves what an order took to its next state; the caller has locked it. */
export async function moveOrderPayment(tx: Tx, orderId: OrderId, to: OrderMove): Promise<void> {
  await tx.rows(MOVE, [orderId, to.status, to.at]);
}

/** Adds to what the customer has got back; the caller has locked the order, and all of it makes it `refunded`. */
export async function addRefund(tx: Tx, orderId: OrderId, minor: bigint, at: Date): Promise<void> {
  await tx.rows(GIVE_BACK, [orderId, minor, at]);
}

/** Leaves the order to the next settlement run. */
export async function setDue(tx: Tx, orderId: OrderId, at: Date): Promise<void> {
  await tx.rows(SET_DUE, [orderId, at]);
}

/** Orders that wait for a settlement run since `until` or longer, by id, after `after`. */
export async function listDue(sql: Sql, until: Date, after: string, limit: number): Promise<OrderId[]> {
  return (await sql.rows<{ order_id: OrderId }>(LIST_DUE, [until, after, limit])).map(({ order_id: id }) => id);
}

export type RefundRow = {
  readonly id: TransactionId;
  readonly amount: bigint;
  readonly reference: string | null;
  readonly created_at: Date;
};

/** What was given back of a payment, oldest first. */
export function listRefunds(sql: Sql, id: TransactionId): Promise<RefundRow[]> {
  return sql.rows<RefundRow>(LIST_REFUNDS, [id]);
}
