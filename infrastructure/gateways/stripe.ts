import { Stripe } from 'stripe';
import type { Charge, Declined, NotMade, PaymentGateway, WebhookReport } from '#services/payments/ports.ts';
import { AppError } from '#shared/errors.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import { jsonOf } from '../webhooks/json-of.ts';
import { neverSent } from './never-sent.ts';
import { openStripe, type StripeOptions } from './open-stripe.ts';
import { stripeAway, stripeObject } from './stripe-answers.ts';
import { intentRequest, isConfirmedAtOnce, sessionRequest } from './stripe-requests.ts';
import { isStripeRefund, makeStripeRefunds, readStripeRefund } from './stripe-refunds.ts';
import { checkStripeSignature } from './stripe-signature.ts';
import { StripeEvent, StripeIntent, StripeSession } from './stripe-wire.ts';
import { confirmed } from './webhook-claims.ts';

/** Codes of Stripe for sums that it does not take: the payer may ask for another. */
const DECLINED = new Set(['amount_too_small', 'amount_too_large']);
/** What is answered while a first request with the same key runs, or when it was another one: it may have made a charge. */
const BUSY_STATUS = 409;
const PAGE = 100;
/** How many charges a search by reference looks through: as many as are made within its few minutes, and to spare. */
const CHARGES_MAX = 5_000;
/** Our clock and Stripe's may differ by this. */
const CLOCK_SKEW_MS = 2 * MINUTE;

/**
 * Stripe, https://docs.stripe.com/api: PayNow and GrabPay as payment intents, and cards, FPX and PromptPay on Stripe's own
 * page, because these ask the payer for a card, a bank or a mail address.
 *
 * The reference is the Idempotency-Key of the creation. Charges are found by listing what was made since: Stripe's search
 * is a copy that lags behind.
 */
export function makeStripe(options: StripeOptions & { readonly webhookSecret: string }): PaymentGateway {
  const stripe = openStripe(options);
  const refunds = makeStripeRefunds(options);

  async function fetchCharge(chargeId: string): Promise<Charge | undefined> {
    try {
      return isSession(chargeId)
        ? stripeObject(StripeSession, await stripe.checkout.sessions.retrieve(chargeId, { expand: ['payment_intent'] }))
        : stripeObject(StripeIntent, await stripe.paymentIntents.retrieve(chargeId));
    } catch (error) {
      if (error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 404) return undefined;
      throw stripeAway(error);
    }
  }

  return {
    name: 'stripe',

    create: async (charge) => {
      const key = { idempotencyKey: charge.reference };
      try {
        return isConfirmedAtOnce(charge.method)
          ? stripeObject(StripeIntent, await stripe.paymentIntents.create(intentRequest(charge), key))
          : stripeObject(StripeSession, await stripe.checkout.sessions.create(sessionRequest(charge), key));
      } catch (error) {
        return refusalOf(error);
      }
    },

    find: async (reference, askedAt) => {
      const since = { gte: Math.floor((askedAt.getTime() - CLOCK_SKEW_MS) / SECOND) };
      const query = { created: since, limit: PAGE };
      // One after the other: a list begins to be fetched when it is made.
      const intent = await firstWith(reference, stripe.paymentIntents.list(query), StripeIntent);
      return intent ?? (await firstWith(reference, stripe.checkout.sessions.list(query), StripeSession));
    },

    fetch: fetchCharge,

    expire: async (chargeId) => {
      try {
        return isSession(chargeId)
          ? stripeObject(StripeSession, await stripe.checkout.sessions.expire(chargeId))
          : stripeObject(StripeIntent, await stripe.paymentIntents.cancel(chargeId));
      } catch (error) {
        // Stripe refuses to end what is no longer open; what it is instead, the charge itself tells.
        if (error instanceof Stripe.errors.StripeInvalidRequestError) return await fetchCharge(chargeId);
        throw stripeAway(error);
      }
    },

    readWebhook: async (headers, body, now): Promise<WebhookReport> => {
      checkStripeSignature(options.webhookSecret, headers['stripe-signature'] ?? '', body, now);
      const event = StripeEvent.safeParse(jsonOf(body));
      if (!event.success) throw new AppError('VALIDATION_ERROR', { details: 'This is no event of Stripe' });
      const { id, type: kind, data } = event.data;
      if (isStripeRefund(kind)) return await readStripeRefund(refunds, { id, kind, object: data.object });
      const schema = schemaOf(kind);
      if (schema === undefined) return { id, kind, charge: undefined };
      const reported = schema.safeParse(data.object);
      if (!reported.success) throw new AppError('VALIDATION_ERROR', { details: 'The charge cannot be read' });
      // An intent without our reference is that of a session, which is told of by events of its own.
      if (schema === StripeIntent && reported.data.reference === '') return { id, kind, charge: undefined };
      return { id, kind, ...confirmed(reported.data, await fetchCharge(reported.data.id)) };
    },
  };
}

function isSession(chargeId: string): boolean {
  return chargeId.startsWith('cs_');
}

function schemaOf(kind: string): typeof StripeIntent | typeof StripeSession | undefined {
  if (kind.startsWith('payment_intent.')) return StripeIntent;
  return kind.startsWith('checkout.session.') ? StripeSession : undefined;
}

/** The first of what is listed that is our reference's. What others made with this account may look otherwise. */
async function firstWith(
  reference: string,
  list: AsyncIterable<unknown>,
  schema: typeof StripeIntent | typeof StripeSession,
): Promise<Charge | undefined> {
  let seen = 0;
  try {
    for await (const item of list) {
      const found = schema.safeParse(item);
      if (found.success && found.data.reference === reference) return found.data;
      if (++seen >= CHARGES_MAX) throw new Error(`${CHARGES_MAX} charges do not show ${reference}`);
    }
    return undefined;
  } catch (error) {
    throw stripeAway(error);
  }
}

/**
 * What a failed creation says of the charge.
 *
 * @throws {AppError} UPSTREAM_UNAVAILABLE when it may have been made
 */
function refusalOf(error: unknown): Declined | NotMade {
  const unreached = neverSent(error);
  if (unreached !== undefined) return { status: 'not_made', failure: unreached, isPassing: true };
  if (!(error instanceof Stripe.errors.StripeError)) throw error instanceof AppError ? error : stripeAway(error);
  const failure = error.decline_code ?? error.code ?? error.type;
  if (error instanceof Stripe.errors.StripeIdempotencyError || error.statusCode === BUSY_STATUS)
    throw stripeAway(error);
  if (error instanceof Stripe.errors.StripeCardError || DECLINED.has(failure)) return { status: 'declined', failure };
  const status = error.statusCode ?? 0;
  if (status < 400 || status >= 500) throw stripeAway(error);
  return { status: 'not_made', failure, isPassing: status === 429 };
}
