import { z } from 'zod';
import { DISPUTE_OUTCOMES, DISPUTE_REASONS, DISPUTE_STATUSES } from '../contracts/payments/disputes.ts';
import { DisputeId, OrderId, TransactionId, UserId } from '../ids.ts';
import { Currency } from '../money.ts';
import { defineEvent } from './event.ts';

/** Plain decimals as on the wire: an amount in an event is never a number. */
const Amount = z.string();

export const OrderRefunded = defineEvent(
  'payments.order_refunded',
  1,
  z.object({
    order_id: OrderId,
    transaction_id: TransactionId.describe("The customer's payment."),
    refund_id: TransactionId.describe("The customer's refund."),
    customer_id: UserId,
    merchant_id: UserId,
    amount: Amount.describe('What was given back this time.'),
    refunded_amount: Amount.describe('What was given back so far, this included.'),
    currency: Currency,
    is_whole: z.boolean().describe('Nothing is left of the payment.'),
    reason: z.string().describe('A word for why, such as `returned`.'),
  }),
  { says: "A part of an order's payment, or all of it, went back to the customer.", key: 'order_id' },
);

const Sides = { dispute_id: DisputeId, order_id: OrderId, customer_id: UserId, merchant_id: UserId };

export const DisputeOpened = defineEvent(
  'payments.dispute_opened',
  1,
  z.object({
    ...Sides,
    transaction_id: TransactionId,
    amount: Amount,
    currency: Currency,
    reason: z.enum(DISPUTE_REASONS),
    answer_within_ms: z.number().int().positive(),
    review_within_ms: z.number().int().positive(),
  }),
  { says: 'A customer contests a payment; starts the workflow that keeps its deadlines.', key: 'dispute_id' },
);

export const DisputeChanged = defineEvent(
  'payments.dispute_changed',
  1,
  z.object({
    ...Sides,
    status: z.enum(DISPUTE_STATUSES),
    outcome: z.enum(DISPUTE_OUTCOMES).nullable(),
    refunded_amount: Amount,
    currency: Currency,
  }),
  { says: 'A dispute was answered, decided or taken back.', key: 'dispute_id' },
);
