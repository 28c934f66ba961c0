import { z } from 'zod';
import { Currency, formatMoney, type Money, parseMoney } from '#shared/money.ts';
import type { Charge } from '../../frame/charges.ts';

const Moved = z.object({
  reference_id: z.string().min(1).max(255),
  amount: z.number().positive(),
  currency: Currency,
});

function withSum<Wanted extends z.output<typeof Moved>>(
  wanted: Wanted,
  context: z.RefinementCtx,
): Wanted & { money: Money } {
  const money = parseMoney(String(wanted.amount), wanted.currency);
  if (typeof money !== 'string') return { ...wanted, money };
  context.addIssue({ code: 'custom', path: ['amount'], message: money });
  return z.NEVER;
}

/** Body of POST /v2/payouts. Amounts count the currency itself. */
export const PayoutRequest = z
  .strictObject({
    ...Moved.shape,
    channel_code: z.string().regex(/^(?:ID|PH|VN|MY|TH)_[A-Z0-9_]{2,40}$/),
    channel_properties: z.strictObject({
      account_number: z.string().regex(/^\+?[0-9A-Z]{6,34}$/),
      account_holder_name: z.string().min(1).max(255),
    }),
    description: z.string().max(200).default(''),
  })
  .transform(withSum);
export type PayoutRequest = z.output<typeof PayoutRequest>;

/** Body of POST /refunds. */
export const RefundRequest = z
  .strictObject({
    ...Moved.shape,
    payment_request_id: z.string(),
    reason: z.enum(['FRAUDULENT', 'DUPLICATE', 'REQUESTED_BY_CUSTOMER', 'CANCELLATION', 'OTHERS']),
  })
  .transform(withSum);
export type RefundRequest = z.output<typeof RefundRequest>;

/** A payout as the second API writes it. The number of the account is nobody's business but its own. */
export function payoutObject(payout: Charge, { channel_code, description }: PayoutRequest): object {
  const status = {
    pending: 'ACCEPTED',
    successful: 'SUCCEEDED',
    failed: payout.returned === true ? 'REVERSED' : 'FAILED',
    expired: 'CANCELLED',
  }[payout.status];
  return {
    ...common(payout),
    channel_code,
    description,
    status,
    ...(payout.status === 'failed' ? { failure_code: 'INVALID_DESTINATION' } : {}),
  };
}

/** A refund as the API writes it. */
export function refundObject(refund: Charge, { payment_request_id, reason }: RefundRequest): object {
  const status = { pending: 'PENDING', successful: 'SUCCEEDED', failed: 'FAILED', expired: 'CANCELLED' }[refund.status];
  return {
    ...common(refund),
    payment_request_id,
    reason,
    status,
    ...(refund.status === 'failed' ? { failure_code: 'REFUND_FAILED' } : {}),
  };
}

function common(moved: Charge): object {
  return {
    id: moved.id,
    reference_id: moved.reference,
    business_id: 'sandbox',
    currency: moved.money.currency,
    amount: Number(formatMoney(moved.money)),
    created: moved.openedAt.toISOString(),
    updated: (moved.endedAt ?? moved.openedAt).toISOString(),
  };
}
