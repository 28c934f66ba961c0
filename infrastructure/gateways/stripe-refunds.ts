import { Stripe } from 'stripe';
import type { RefundGateway } from '#services/payments/payout/payout-gateway.ts';
import type { Declined, WebhookReport } from '#services/payments/ports.ts';
import { AppError } from '#shared/errors.ts';
import { openStripe, type StripeOptions } from './open-stripe.ts';
import { stripeAway, stripeObject } from './stripe-answers.ts';
import { StripeRefund, stripeAmount } from './stripe-wire.ts';

const PAGE = 100;
/** Of one payment, more refunds than these were never made by us: our parts of it are at most as many. */
const REFUNDS_MAX = 5_000;
/** With these Stripe says that it made nothing: the request was wrong, the payment refused, or there is no such payment. */
const DECLINED = new Set([400, 402, 404]);

/**
 * Stripe's refunds of payments, in part or whole: https://docs.stripe.com/api/refunds. What was paid on Stripe's own page is
 * known to us by its session, and given back by the intent of that session.
 *
 * The reference is the Idempotency-Key, and rests with the refund as metadata, by which it is found among those of its
 * payment.
 */
export function makeStripeRefunds(options: StripeOptions): RefundGateway {
  const stripe = openStripe(options);

  /** @throws {AppError} UPSTREAM_UNAVAILABLE, also when the session has no payment: it was paid, so that it must have one */
  async function intentOf(chargeId: string): Promise<string> {
    if (!chargeId.startsWith('cs_')) return chargeId;
    const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(chargeId).catch(throwAway);
    if (intent === null) throw stripeAway(new Error(`${chargeId} has no payment`));
    return typeof intent === 'string' ? intent : intent.id;
  }

  return {
    name: 'stripe',
    honoursKeys: true,

    create: async ({ reference, money, chargeId }) => {
      const intent = await intentOf(chargeId);
      const wanted = refundRequest(reference, stripeAmount(money), intent);
      try {
        return stripeObject(StripeRefund, await stripe.refunds.create(wanted, { idempotencyKey: reference }));
      } catch (error) {
        return declinedOr(error);
      }
    },

    find: async (reference, chargeId) => {
      const intent = await intentOf(chargeId);
      let seen = 0;
      try {
        for await (const item of stripe.refunds.list({ payment_intent: intent, limit: PAGE })) {
          const found = StripeRefund.safeParse(item);
          if (found.success && found.data.reference === reference) return found.data;
          if (++seen >= REFUNDS_MAX) throw new Error(`${REFUNDS_MAX} refunds do not show ${reference}`);
        }
        return undefined;
      } catch (error) {
        throw stripeAway(error);
      }
    },

    fetch: async (refundId) => {
      try {
        return stripeObject(StripeRefund, await stripe.refunds.retrieve(refundId));
      } catch (error) {
        if (error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 404) return undefined;
        throw stripeAway(error);
      }
    },
  };
}

/** The same refund makes the same request: that is what Stripe compares under a key. */
function refundRequest(reference: string, amount: number, intent: string): Stripe.RefundCreateParams {
  return { payment_intent: intent, amount, reason: 'requested_by_customer', metadata: { reference } };
}

/** Events that carry a refund. `charge.refunded` carries the charge, and comes beside one of these. */
export function isStripeRefund(kind: string): boolean {
  return kind.startsWith('refund.') || kind === 'charge.refund.updated';
}

/**
 * What a signed event says of a refund. Stripe is asked before it is believed, since events overtake each other: the sum and
 * the reference stay as claimed, to be found out where they are compared with what was asked for.
 *
 * @throws {AppError} VALIDATION_ERROR, CONFLICT when Stripe does not confirm it, UPSTREAM_UNAVAILABLE
 */
export async function readStripeRefund(
  refunds: RefundGateway,
  { id, kind, object }: { readonly id: string; readonly kind: string; readonly object: unknown },
): Promise<WebhookReport> {
  const claimed = StripeRefund.safeParse(object);
  if (!claimed.success) throw new AppError('VALIDATION_ERROR', { details: 'The refund cannot be read' });
  const { id: refundId, status, reference, money } = claimed.data;
  // Someone made it at Stripe's own desk: reconciliation shows it.
  if (reference === '') return { id, kind, charge: undefined };
  const asked = await refunds.fetch(refundId, '');
  if (asked === undefined) throw unconfirmed('The gateway has no such refund');
  if (status !== 'pending' && asked.status === 'pending') throw unconfirmed('The gateway says that it is pending');
  return { id, kind, charge: undefined, payout: { ...asked, reference, money } };
}

/** @throws {AppError} UPSTREAM_UNAVAILABLE when the refund may have been made */
function declinedOr(error: unknown): Declined {
  if (error instanceof Stripe.errors.StripeIdempotencyError || !(error instanceof Stripe.errors.StripeError)) {
    throw stripeAway(error);
  }
  if (!DECLINED.has(error.statusCode ?? 0)) throw stripeAway(error);
  return { status: 'declined', failure: error.decline_code ?? error.code ?? error.type };
}

function throwAway(cause: unknown): never {
  throw stripeAway(cause);
}

function unconfirmed(details: string): AppError {
  return new AppError('CONFLICT', { message: 'The gateway does not confirm this webhook', details });
}
