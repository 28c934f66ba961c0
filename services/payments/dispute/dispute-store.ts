import type {
  DISPUTE_REASONS,
  DisputeBody,
  DisputeOutcome,
  DisputeStatus,
} from '#shared/contracts/payments/disputes.ts';
import type { DisputeId, OrderId, TransactionId, UserId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

export type DisputeRow = {
  readonly id: DisputeId;
  readonly transaction_id: TransactionId;
  readonly order_id: OrderId;
  readonly customer_id: UserId;
  readonly merchant_id: UserId;
  readonly currency: Currency;
  readonly amount: bigint;
  readonly reason: (typeof DISPUTE_REASONS)[number];
  readonly status: DisputeStatus;
  readonly outcome: DisputeOutcome | null;
  readonly decided_by: DisputeBody['decided_by'];
  readonly refunded: bigint;
  readonly answer_due_at: Date;
  readonly review_due_at: Date | null;
  readonly escalations: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly decided_at: Date | null;
};

export type NewDispute = Pick<
  DisputeRow,
  | 'id'
  | 'transaction_id'
  | 'order_id'
  | 'customer_id'
  | 'merchant_id'
  | 'currency'
  | 'amount'
  | 'reason'
  | 'answer_due_at'
>;

const INSERT = statement(
  'payments.insert-dispute',
  `INSERT INTO payments.disputes (id, transaction_id, order_id, customer_id, merchant_id, currency, amount, reason, status,
     answer_due_at, created_at, updated_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'awaiting_merchant', $9, $10, $10)
   ON CONFLICT (transaction_id) WHERE status <> 'withdrawn' DO NOTHING
   RETURNING *`,
);
const FIND = statement(
  'payments.find-dispute',
  'SELECT dispute.* FROM payments.disputes AS dispute WHERE dispute.id = $1',
);
const LOCK = statement(
  'payments.lock-dispute',
  'SELECT dispute.* FROM payments.disputes AS dispute WHERE dispute.id = $1 FOR UPDATE',
);
const IS_OPEN = statement(
  'payments.is-disputed',
  `SELECT EXISTS (SELECT FROM payments.disputes AS dispute
     WHERE dispute.order_id = $1 AND dispute.status IN ('awaiting_merchant', 'in_review')) AS disputed`,
);
const CHANGE = statement(
  'payments.change-dispute',
  `UPDATE payments.disputes AS dispute
   SET status = $2, outcome = $3, decided_by = $4, refunded = $5, review_due_at = $6, escalations = $7, updated_at = $8,
     decided_at = $9
   WHERE dispute.id = $1 RETURNING dispute.*`,
);
const LIST = statement(
  'payments.list-disputes',
  `SELECT dispute.* FROM payments.disputes AS dispute
   WHERE ($1::uuid IS NULL OR dispute.customer_id = $1 OR dispute.merchant_id = $1)
     AND ($2::text IS NULL OR dispute.status = $2) AND ($3::uuid IS NULL OR dispute.id < $3)
   ORDER BY dispute.id DESC LIMIT $4`,
);
const VOTE = statement(
  'payments.vote-on-dispute',
  `INSERT INTO payments.dispute_votes (dispute_id, reviewer_id, outcome, refund, at) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (dispute_id, reviewer_id) DO UPDATE SET outcome = excluded.outcome, refund = excluded.refund, at = excluded.at`,
);
const VOTES = statement(
  'payments.votes-on-dispute',
  `SELECT vote.reviewer_id, vote.outcome, vote.refund, vote.at FROM payments.dispute_votes AS vote
   WHERE vote.dispute_id = $1 ORDER BY vote.at, vote.reviewer_id`,
);

/** Undefined when the payment is, or was, disputed before. */
export function insertDispute(tx: Tx, made: NewDispute, at: Date): Promise<DisputeRow | undefined> {
  const { id, transaction_id: paymentId, order_id: orderId, customer_id: customerId, merchant_id: merchantId } = made;
  const { currency, amount, reason, answer_due_at: dueAt } = made;
  const values = [id, paymentId, orderId, customerId, merchantId, currency, amount, reason, dueAt, at];
  return firstRow<DisputeRow>(tx, INSERT, values);
}

export function findDispute(sql: Sql, id: DisputeId): Promise<DisputeRow | undefined> {
  return firstRow<DisputeRow>(sql, FIND, [id]);
}

/** The dispute, for the caller to change; they have locked its order first. */
export async function lockDispute(tx: Tx, id: DisputeId): Promise<DisputeRow> {
  return (await firstRow<DisputeRow>(tx, LOCK, [id]))!;
}

/** Whether the payment of an order is being disputed; the caller has locked the order. */
export async function isDisputed(tx: Tx, orderId: OrderId): Promise<boolean> {
  return (await firstRow<{ disputed: boolean }>(tx, IS_OPEN, [orderId]))!.disputed;
}

export async function changeDispute(tx: Tx, to: DisputeRow): Promise<DisputeRow> {
  const { id, status, outcome, decided_by: by, refunded, review_due_at: dueAt, escalations, updated_at: at } = to;
  const values = [id, status, outcome, by, refunded, dueAt, escalations, at, to.decided_at];
  return (await firstRow<DisputeRow>(tx, CHANGE, values))!;
}

/** Disputes of someone, on either side, or of everyone, the newest first. */
export function listDisputesOf(
  sql: Sql,
  userId: UserId | undefined,
  { status, after, limit }: { status: DisputeStatus | undefined; after: DisputeId | undefined; limit: number },
): Promise<DisputeRow[]> {
  return sql.rows<DisputeRow>(LIST, [userId ?? null, status ?? null, after ?? null, limit]);
}

export type VoteRow = {
  readonly reviewer_id: UserId;
  readonly outcome: DisputeOutcome;
  readonly refund: bigint;
  readonly at: Date;
};

export async function saveVote(
  tx: Tx,
  id: DisputeId,
  { reviewer_id: by, outcome, refund, at }: VoteRow,
): Promise<void> {
  await tx.rows(VOTE, [id, by, outcome, refund, at]);
}

export function votesOn(sql: Sql, id: DisputeId): Promise<VoteRow[]> {
  return sql.rows<VoteRow>(VOTES, [id]);
}
