import type { DisputeBody } from '#shared/contracts/payments/disputes.ts';
import { decimalOf } from '../wire.ts';
import type { DisputeRow } from './dispute-store.ts';

/** A dispute on the wire, without what people wrote. */
export function disputeBody(row: DisputeRow): DisputeBody {
  return {
    id: row.id,
    transaction_id: row.transaction_id,
    order_id: row.order_id,
    customer_id: row.customer_id,
    merchant_id: row.merchant_id,
    amount: decimalOf(row.amount, row.currency),
    currency: row.currency,
    reason: row.reason,
    status: row.status,
    outcome: row.outcome,
    decided_by: row.decided_by,
    refunded_amount: decimalOf(row.refunded, row.currency),
    answer_due_at: row.answer_due_at.toISOString(),
    review_due_at: row.review_due_at?.toISOString() ?? null,
    escalations: row.escalations,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    decided_at: row.decided_at?.toISOString() ?? null,
  };
}
