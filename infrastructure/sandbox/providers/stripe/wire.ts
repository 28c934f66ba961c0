import { SECOND } from '#shared/time.ts';
import type { Charge } from '../../frame/charges.ts';
import { acquirerQr } from '../../frame/emv-qr.ts';

/** What Stripe keeps of a charge beside what every gateway knows. */
export type StripeDetails = {
  readonly kind: 'intent' | 'session';
  readonly method: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly returnUrl: string | undefined;
  /** The page for the payer. */
  readonly pageUrl: string;
  /** A session's own intent. */
  readonly intentId: string;
};

const INTENT_STATUS = {
  pending: 'requires_action',
  successful: 'succeeded',
  failed: 'requires_payment_method',
  expired: 'canceled',
} as const satisfies Record<Charge['status'], string>;

const DECLINE = {
  type: 'card_error',
  code: 'payment_intent_payment_attempt_failed',
  message: 'The payment was declined',
};

/** A payment intent or a checkout session, as it is now. Times are in seconds. */
export function stripeObject(charge: Charge, details: StripeDetails): object {
  return details.kind === 'intent' ? intentObject(charge, details) : sessionObject(charge, details);
}

function intentObject(charge: Charge, details: StripeDetails): object {
  const amount = Number(charge.money.minor);
  return {
    id: charge.id,
    object: 'payment_intent',
    amount,
    amount_received: charge.status === 'successful' ? amount : 0,
    capture_method: 'automatic',
    client_secret: `${charge.id}_secret_sandbox`,
    created: seconds(charge.openedAt),
    currency: charge.money.currency.toLowerCase(),
    description: charge.description === '' ? null : charge.description,
    last_payment_error: charge.status === 'failed' ? DECLINE : null,
    latest_charge: charge.status === 'successful' ? charge.id.replace('pi_', 'ch_') : null,
    livemode: false,
    metadata: details.metadata,
    next_action: charge.status === 'pending' ? nextAction(charge, details) : null,
    payment_method_types: [details.method],
    status: INTENT_STATUS[charge.status],
  };
}

function nextAction(charge: Charge, { method, pageUrl, returnUrl }: StripeDetails): object {
  if (method !== 'paynow') {
    return { type: 'redirect_to_url', redirect_to_url: { url: pageUrl, return_url: returnUrl ?? null } };
  }
  const data = acquirerQr('SG.PAYNOW', charge.reference, charge.money);
  return {
    type: 'paynow_display_qr_code',
    paynow_display_qr_code: {
      data,
      hosted_instructions_url: pageUrl,
      image_url_png: `${pageUrl}.png`,
      image_url_svg: `${pageUrl}.svg`,
    },
  };
}

function sessionObject(charge: Charge, details: StripeDetails): object {
  const amount = Number(charge.money.minor);
  const status = { pending: 'open', successful: 'complete', failed: 'complete', expired: 'expired' }[charge.status];
  return {
    id: charge.id,
    object: 'checkout.session',
    amount_subtotal: amount,
    amount_total: amount,
    client_reference_id: charge.reference,
    created: seconds(charge.openedAt),
    currency: charge.money.currency.toLowerCase(),
    livemode: false,
    metadata: {},
    mode: 'payment',
    payment_intent: status === 'open' || status === 'expired' ? null : details.intentId,
    payment_method_types: [details.method],
    payment_status: charge.status === 'successful' ? 'paid' : 'unpaid',
    status,
    success_url: details.returnUrl ?? null,
    url: status === 'open' ? details.pageUrl : null,
  };
}

/** A session whose intent was asked for whole. */
export function expandedSession(charge: Charge, details: StripeDetails): object {
  const { payment_intent: intent, ...session } = sessionObject(charge, details) as { payment_intent: string | null };
  if (intent === null) return { ...session, payment_intent: null };
  const whole = { ...charge, id: details.intentId };
  return { ...session, payment_intent: intentObject(whole, details) };
}

const REFUND_STATUS = {
  pending: 'pending',
  successful: 'succeeded',
  failed: 'failed',
  expired: 'canceled',
} as const satisfies Record<Charge['status'], string>;

/** A refund, as it is now. */
export function refundObject(
  refund: Charge,
  { intentId, metadata }: { readonly intentId: string; readonly metadata: Readonly<Record<string, string>> },
): object {
  return {
    id: refund.id,
    object: 'refund',
    amount: Number(refund.money.minor),
    charge: intentId.replace('pi_', 'ch_'),
    created: seconds(refund.openedAt),
    currency: refund.money.currency.toLowerCase(),
    ...(refund.status === 'failed' ? { failure_reason: 'declined' } : {}),
    metadata,
    payment_intent: intentId,
    reason: 'requested_by_customer',
    receipt_number: null,
    status: REFUND_STATUS[refund.status],
  };
}

export function seconds(at: Date): number {
  return Math.floor(at.getTime() / SECOND);
}
