import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, limit, NextCursor } from '../../http/paging.ts';
import { DisputeId, OrderId, TransactionId, UserId } from '../../ids.ts';
import { Currency, DecimalString } from '../../money.ts';
import { Timestamp } from '../../wire-time.ts';
import { prose } from '../text.ts';

export const DISPUTE_REASONS = [
  'not_received',
  'not_as_described',
  'damaged',
  'unauthorised',
  'charged_twice',
  'other',
] as const;
export const DISPUTE_STATUSES = ['awaiting_merchant', 'in_review', 'resolved', 'withdrawn'] as const;
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number];
export const DISPUTE_OUTCOMES = ['customer', 'merchant'] as const;
export type DisputeOutcome = (typeof DISPUTE_OUTCOMES)[number];

/** A payment that its customer contests. Its merchant is not paid before it ends. */
const Dispute = z
  .object({
    id: DisputeId,
    transaction_id: TransactionId,
    order_id: OrderId,
    customer_id: UserId,
    merchant_id: UserId,
    amount: DecimalString.meta({ description: 'What the customer wants back' }),
    currency: Currency,
    reason: z.enum(DISPUTE_REASONS),
    status: z.enum(DISPUTE_STATUSES),
    outcome: z.enum(DISPUTE_OUTCOMES).nullable().meta({ description: 'In whose favour it was decided' }),
    decided_by: z.enum(['merchant', 'ops', 'deadline']).nullable(),
    refunded_amount: DecimalString,
    answer_due_at: Timestamp.meta({ description: 'Without an answer by then, it is decided for the customer' }),
    review_due_at: Timestamp.nullable(),
    escalations: z.number().int(),
    created_at: Timestamp,
    updated_at: Timestamp,
    decided_at: Timestamp.nullable(),
  })
  .meta({ id: 'Dispute' });
export type DisputeBody = z.input<typeof Dispute>;

const Vote = z.object({
  reviewer_id: UserId,
  outcome: z.enum(DISPUTE_OUTCOMES),
  refund_amount: DecimalString,
  at: Timestamp,
});

/** With what both sides wrote. */
const DisputeDetail = Dispute.extend({
  customer_text: z.string().nullable(),
  merchant_text: z.string().nullable(),
}).meta({ id: 'DisputeDetail' });
export type DisputeDetailBody = z.input<typeof DisputeDetail>;

const DisputeReview = DisputeDetail.extend({
  votes_needed: z.number().int().meta({ description: 'How many reviewers must say the same' }),
  votes: z.array(Vote),
}).meta({ id: 'DisputeReview' });
export type DisputeReviewBody = z.input<typeof DisputeReview>;

const byId = z.strictObject({ id: DisputeId });
const mine = { tag: 'payments', access: 'user' } as const;
const ops = { tag: 'ops', access: ['ops'] } as const;

export const openDispute = defineCall({
  ...mine,
  name: 'openDispute',
  method: 'POST',
  path: '/payments/disputes',
  summary: 'Contest the payment of an order, until its merchant is paid; what is left of it unless an amount is named',
  body: z.strictObject({
    transaction_id: TransactionId,
    reason: z.enum(DISPUTE_REASONS),
    amount: DecimalString.optional(),
    text: prose(2000).optional(),
  }),
  answers: { 201: Dispute },
  refuses: ['NOT_FOUND'],
  idempotency: 'accepted',
  rate: 'write',
});

const DisputesQuery = z.strictObject({
  status: z.enum(DISPUTE_STATUSES).optional(),
  cursor: Cursor.optional(),
  limit: limit(20),
});
export type DisputesQuery = z.output<typeof DisputesQuery>;
const Disputes = z.object({ disputes: z.array(Dispute), next_cursor: NextCursor });

export const listDisputes = defineCall({
  ...mine,
  name: 'listDisputes',
  method: 'GET',
  path: '/payments/disputes',
  summary: 'Disputes that the caller opened or has to answer, the newest first',
  query: DisputesQuery,
  answers: { 200: Disputes },
  rate: 'read',
});

export const getDispute = defineCall({
  ...mine,
  name: 'getDispute',
  method: 'GET',
  path: '/payments/disputes/{id}',
  summary: 'One dispute with what both sides wrote',
  params: byId,
  answers: { 200: DisputeDetail },
  rate: 'read',
});

export const answerDispute = defineCall({
  ...mine,
  name: 'answerDispute',
  method: 'POST',
  path: '/payments/disputes/{id}/answer',
  summary: 'The merchant accepts, and the money goes back at once, or contests, and ops decide',
  params: byId,
  body: z.strictObject({ answer: z.enum(['accept', 'contest']), text: prose(2000).optional() }),
  answers: { 200: Dispute },
  rate: 'write',
});

export const withdrawDispute = defineCall({
  ...mine,
  name: 'withdrawDispute',
  method: 'POST',
  path: '/payments/disputes/{id}/withdraw',
  summary: 'The customer takes it back, and the merchant is paid as if there had been none',
  params: byId,
  answers: { 200: Dispute },
  rate: 'write',
});

export const listOpsDisputes = defineCall({
  ...ops,
  name: 'listOpsDisputes',
  method: 'GET',
  path: '/ops/disputes',
  summary: 'Disputes of everyone, the newest first',
  query: DisputesQuery,
  answers: { 200: Disputes },
  rate: 'read',
});

export const getOpsDispute = defineCall({
  ...ops,
  name: 'getOpsDispute',
  method: 'GET',
  path: '/ops/disputes/{id}',
  summary: 'One dispute with what both sides wrote and what reviewers said. Each reading is audited',
  params: byId,
  answers: { 200: DisputeReview },
  rate: 'read',
});

export const decideDispute = defineCall({
  ...ops,
  name: 'decideDispute',
  method: 'POST',
  path: '/ops/disputes/{id}/decision',
  summary:
    'Decide a contested dispute: for the customer, who gets all of it back or the amount named, or for the merchant. Above the step-up sum two reviewers must say the same; nobody decides their own',
  params: byId,
  body: z.strictObject({ outcome: z.enum(DISPUTE_OUTCOMES), amount: DecimalString.optional() }),
  answers: { 200: DisputeReview },
  rate: 'write',
});
