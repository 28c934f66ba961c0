import { z } from 'zod';
import type { Payout } from '#services/payments/payout/payout-gateway.ts';
import type { Charge, ChargeStatus } from '#services/payments/ports.ts';
import { Currency, type Money } from '#shared/money.ts';
import { fromUnits, toUnits } from './minor-units.ts';

/**
 * Decimals of Stripe's integers (docs.stripe.com/currencies): two for each currency of ours but the dong, which it counts
 * whole. The rupiah has two there, though nobody pays with them.
 */
const STRIPE_DECIMALS: Readonly<Record<Currency, number>> = { THB: 2, SGD: 2, IDR: 2, MYR: 2, PHP: 2, VND: 0, USD: 2 };

/** Stripe's count of smallest units, exact up to 2^53; our largest amount is far below. */
export function stripeAmount(money: Money): number {
  return Number(toUnits(money, STRIPE_DECIMALS[money.currency]));
}

const StripeMoney = {
  currency: z.string().toUpperCase().pipe(Currency),
  amount: z.int().nonnegative(),
};

function moneyOf(amount: number, currency: Currency): Money {
  // Never finer than ours: the scales agree, and a test says so.
  return fromUnits(BigInt(amount), currency, STRIPE_DECIMALS[currency])!;
}

const page = z.url({ protocol: /^https?$/ });
const Reference = z.object({ reference: z.string().optional() }).nullish();
const Failure = z.object({ code: z.string().nullish(), decline_code: z.string().nullish() }).nullish();

/** What a payer of an intent is to be shown, by how its method is paid. */
const NextAction = z
  .object({
    paynow_display_qr_code: z.object({ data: z.string(), hosted_instructions_url: page.nullish() }).nullish(),
    redirect_to_url: z.object({ url: page.nullish() }).nullish(),
  })
  .nullish();

const IntentStatus = z.enum([
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'requires_capture',
  'canceled',
  'succeeded',
]);

/** The parts of a payment intent that we read. */
export const StripeIntent = z
  .object({
    object: z.literal('payment_intent'),
    id: z.string().regex(/^pi_\w{1,80}$/),
    ...StripeMoney,
    status: IntentStatus,
    metadata: Reference,
    next_action: NextAction,
    last_payment_error: Failure,
  })
  .transform(({ id, amount, currency, status, metadata, next_action, last_payment_error: error }): Charge => ({
    id,
    reference: metadata?.reference ?? '',
    status: intentStatus(status, error !== null && error !== undefined),
    money: moneyOf(amount, currency),
    pageUrl:
      next_action?.redirect_to_url?.url ?? next_action?.paynow_display_qr_code?.hosted_instructions_url ?? undefined,
    qrCode: next_action?.paynow_display_qr_code?.data,
    account: undefined,
    failure: error?.decline_code ?? error?.code ?? undefined,
  }));

/** An intent whose attempt failed goes back to its start; nobody tries a second time, because nobody has its secret. */
function intentStatus(status: z.output<typeof IntentStatus>, hasFailed: boolean): ChargeStatus {
  if (status === 'succeeded') return 'paid';
  if (status === 'canceled') return 'expired';
  return status === 'requires_payment_method' && hasFailed ? 'failed' : 'pending';
}

/** The parts of a checkout session that we read: Stripe's own page for methods that need to know more of the payer. */
export const StripeSession = z
  .object({
    object: z.literal('checkout.session'),
    id: z.string().regex(/^cs_\w{1,120}$/),
    amount_total: StripeMoney.amount,
    currency: StripeMoney.currency,
    client_reference_id: z.string().nullish(),
    status: z.enum(['open', 'complete', 'expired']),
    payment_status: z.enum(['paid', 'unpaid', 'no_payment_required']),
    url: page.nullish(),
    /** Whole where it was asked for so. */
    payment_intent: z.union([z.string(), z.object({ last_payment_error: Failure })]).nullish(),
  })
  .transform((session): Charge => {
    const intent = typeof session.payment_intent === 'object' ? session.payment_intent : null;
    const error = intent?.last_payment_error ?? undefined;
    return {
      id: session.id,
      reference: session.client_reference_id ?? '',
      status: sessionStatus(session, error !== undefined),
      money: moneyOf(session.amount_total, session.currency),
      pageUrl: session.url ?? undefined,
      qrCode: undefined,
      account: undefined,
      failure: error?.decline_code ?? error?.code ?? undefined,
    };
  });

/** While a session is open its payer may try again; one that was completed and is not paid was declined afterwards. */
function sessionStatus(
  { status, payment_status }: { status: string; payment_status: string },
  hasFailed: boolean,
): ChargeStatus {
  if (payment_status === 'paid') return 'paid';
  if (status === 'expired') return 'expired';
  return status === 'complete' && hasFailed ? 'failed' : 'pending';
}

const REFUND_STATUS = {
  pending: 'pending',
  requires_action: 'pending',
  succeeded: 'paid',
  failed: 'failed',
  canceled: 'failed',
} as const satisfies Record<string, Payout['status']>;

/** The parts of a refund that we read. */
export const StripeRefund = z
  .object({
    object: z.literal('refund'),
    id: z.string().regex(/^(re|pyr)_\w{1,80}$/),
    ...StripeMoney,
    status: z.enum(['pending', 'requires_action', 'succeeded', 'failed', 'canceled']),
    metadata: Reference,
    failure_reason: z.string().max(100).nullish(),
  })
  .transform(({ id, amount, currency, status, metadata, failure_reason: failure }): Payout => ({
    id,
    reference: metadata?.reference ?? '',
    status: REFUND_STATUS[status],
    money: moneyOf(amount, currency),
    failure: failure ?? undefined,
  }));

/** What happened, and to what. */
export const StripeEvent = z.object({
  object: z.literal('event'),
  id: z.string().min(1).max(100),
  type: z.string().max(100),
  data: z.object({ object: z.unknown() }),
});
