import type { Stripe } from 'stripe';
import type { NewCharge } from '#services/payments/ports.ts';
import { stripeAmount } from './stripe-wire.ts';

/** Methods that are confirmed at once: Stripe answers with the code to scan, or the page to go to. */
const CONFIRMED = new Set(['paynow', 'grabpay']);

/** Whether a method is an intent of ours; the others are paid on Stripe's own page, which asks for card, bank or mail. */
export function isConfirmedAtOnce(method: string): boolean {
  return CONFIRMED.has(method);
}

/** The request for a payment intent. The same charge makes the same request: that is what Stripe compares under a key. */
export function intentRequest({
  reference,
  money,
  method,
  description,
  returnUrl,
}: NewCharge): Stripe.PaymentIntentCreateParams {
  return {
    amount: stripeAmount(money),
    currency: money.currency.toLowerCase(),
    confirm: true,
    allowed_payment_method_types: [method],
    payment_method_data: { type: method },
    metadata: { reference },
    // Stripe takes it for methods that redirect, and refuses it for none.
    return_url: returnUrl,
    ...(description === undefined ? {} : { description }),
  };
}

/** The request for a checkout session. Its intent carries no reference of ours, so that one payment is one charge to us. */
export function sessionRequest({
  reference,
  money,
  method,
  description,
  returnUrl,
}: NewCharge): Stripe.Checkout.SessionCreateParams {
  return {
    mode: 'payment',
    allowed_payment_method_types: [method],
    client_reference_id: reference,
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: money.currency.toLowerCase(),
          unit_amount: stripeAmount(money),
          product_data: { name: 'Deposit' },
        },
      },
    ],
    payment_intent_data: {
      metadata: { session_reference: reference },
      ...(description === undefined ? {} : { description }),
    },
    success_url: returnUrl,
  };
}
