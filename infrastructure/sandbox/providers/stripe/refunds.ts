import { randomBytes } from 'node:crypto';
import type { Request } from 'express';
import type { Charge } from '../../frame/charges.ts';
import type { Answer } from '../../frame/endpoint.ts';
import { makeKeptAnswers } from '../../frame/kept-answers.ts';
import type { World } from '../../frame/world.ts';
import { invalidRequest, keyReused, notFound, wrongState } from './errors.ts';
import { RefundListQuery, RefundRequest } from './requests.ts';
import { type Receiver, signedEvent } from './webhook.ts';
import { refundObject } from './wire.ts';

/** Refunds of a payment with this description wait until someone settles them. */
const SLOW = 'slow refund';

type Known = { readonly intentId: string; readonly metadata: Readonly<Record<string, string>> };

/** Stripe's refunds: of payments that were made, up to what was paid. They are made by themselves after a moment. */
export function makeStripeRefunds(
  world: World,
  receiver: Receiver,
  /** The charge of an intent, be it one of ours or that of a session. */
  byIntent: (intentId: string) => Charge | undefined,
) {
  const answers = makeKeptAnswers(keyReused);
  const refunds = new WeakMap<Charge, Charge[]>();
  const details = new WeakMap<Charge, Known>();

  function refundsOf(charge: Charge): readonly Charge[] {
    return refunds.get(charge) ?? [];
  }

  function shown(refund: Charge): object {
    return refundObject(refund, details.get(refund)!);
  }

  function open(request: Request, charge: Charge, amount: bigint, known: Known): Charge {
    const id = `re_${randomBytes(12).toString('hex')}`;
    const refund = world.charges.open({
      gateway: 'stripe',
      leaves: true,
      endsAs: charge.description === SLOW ? undefined : 'successful',
      id,
      reference: known.metadata['reference'] ?? id,
      money: { minor: amount, currency: charge.money.currency },
      idempotencyKey: request.get('idempotency-key'),
      description: '',
      expiresAt: undefined,
      webhook: (refund, claims) =>
        signedEvent(receiver, refund, claims, (claimed) => ({
          type: claimed.status === 'failed' ? 'refund.failed' : 'refund.updated',
          object: refundObject(claimed, known),
        })),
    });
    details.set(refund, known);
    refunds.set(charge, [...refundsOf(charge), refund]);
    return refund;
  }

  return {
    noticed: (request: Request): void => {
      const { metadata } = (request.body ?? {}) as { metadata?: { reference?: unknown } };
      if (typeof metadata?.reference === 'string') world.charges.attempted(metadata.reference);
    },

    /** POST /v1/refunds */
    create: (request: Request): Answer => {
      const parsed = RefundRequest.safeParse(request.body);
      if (!parsed.success) return invalidRequest(parsed.error);
      const { payment_intent: intentId, amount: wanted, metadata } = parsed.data;
      const charge = byIntent(intentId);
      if (charge === undefined) return notFound('payment_intent');
      return answers(request.get('idempotency-key'), request.body, () => {
        if (charge.status !== 'successful') return wrongState('payment_intent_unexpected_state');
        const live = refundsOf(charge).filter(({ status }) => status !== 'failed');
        const left = live.reduce((rest, { money }) => rest - money.minor, charge.money.minor);
        if (left === 0n) return wrongState('charge_already_refunded');
        const minor = wanted === undefined ? left : BigInt(wanted);
        if (minor > left) return wrongState('amount_too_large');
        return { status: 200, body: shown(open(request, charge, minor, { intentId, metadata })) };
      });
    },

    /** GET /v1/refunds/{id} */
    retrieve: (request: Request): Answer => {
      const refund = world.charges.byId(String(request.params['id']));
      if (refund === undefined || !details.has(refund)) return notFound('refund');
      return { status: 200, body: shown(refund) };
    },

    /** GET /v1/refunds of one payment: newest first. */
    list: (request: Request): Answer => {
      const parsed = RefundListQuery.safeParse(request.query);
      if (!parsed.success) return invalidRequest(parsed.error);
      const { payment_intent: intentId, limit, starting_after: after } = parsed.data;
      const charge = byIntent(intentId);
      if (charge === undefined) return notFound('payment_intent');
      const made = refundsOf(charge).toReversed();
      const from = after === undefined ? 0 : made.findIndex(({ id }) => id === after) + 1;
      const data = made.slice(from, from + limit).map(shown);
      return { status: 200, body: { object: 'list', url: '/v1/refunds', has_more: from + limit < made.length, data } };
    },
  };
}
