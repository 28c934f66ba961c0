import { z } from 'zod';
import { OrderId, TransactionId, UserId } from '../ids.ts';
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
