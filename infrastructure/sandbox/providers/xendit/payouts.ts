import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import type { Charge } from '../../frame/charges.ts';
import type { Answer } from '../../frame/endpoint.ts';
import { makeKeptAnswers } from '../../frame/kept-answers.ts';
import type { World } from '../../frame/world.ts';
import { invalidRequest, keyReused, notFound, refundRefused } from './errors.ts';
import { payoutObject, PayoutRequest, refundObject, RefundRequest } from './payout-wire.ts';
import { type Receiver, xenditWebhook } from './webhook.ts';

/** A bank refuses accounts that end so. */
const REFUSED = /00$/;
/** Refunds of a charge with this description wait until someone settles them. */
const SLOW = 'slow refund';

/** Xendit's payouts and refunds over the common ledger, as far as we use them. */
export function makeXenditPayouts(world: World, receiver: Receiver) {
  const answers = makeKeptAnswers(keyReused);
  const payouts = new WeakMap<Charge, PayoutRequest>();
  const refunds = new WeakMap<Charge, RefundRequest>();
  /** The refunds of each charge, oldest first. */
  const given = new WeakMap<Charge, Charge[]>();

  const common = (request: Request, { reference_id: reference, money }: PayoutRequest | RefundRequest) =>
    ({
      gateway: 'xendit',
      leaves: true,
      reference,
      money,
      idempotencyKey: request.get('idempotency-key'),
      expiresAt: undefined,
    }) as const;

  function openPayout(request: Request, wanted: PayoutRequest): Charge {
    const payout = world.charges.open({
      ...common(request, wanted),
      id: `disb-${randomUUID()}`,
      endsAs: REFUSED.test(wanted.channel_properties.account_number) ? 'failed' : undefined,
      description: wanted.description,
      webhook: (payout, claims) =>
        xenditWebhook(receiver, payout, claims, {
          kinds: {
            pending: 'payout.accepted',
            successful: 'payout.succeeded',
            failed: payout.returned === true ? 'payout.reversed' : 'payout.failed',
            expired: 'payout.failed',
          },
          data: (claimed) => payoutObject(claimed, wanted),
        }),
    });
    payouts.set(payout, wanted);
    return payout;
  }

  function openRefund(request: Request, charge: Charge, wanted: RefundRequest): Charge {
    const refund = world.charges.open({
      ...common(request, wanted),
      id: `rfd-${randomUUID()}`,
      endsAs: charge.description === SLOW ? undefined : 'successful',
      description: '',
      webhook: (refund, claims) =>
        xenditWebhook(receiver, refund, claims, {
          kinds: {
            pending: 'refund.pending',
            successful: 'refund.succeeded',
            failed: 'refund.failed',
            expired: 'refund.failed',
          },
          data: (claimed) => refundObject(claimed, wanted),
        }),
    });
    refunds.set(refund, wanted);
    given.set(charge, [...(given.get(charge) ?? []), refund]);
    return refund;
  }

  const shownPayout = (payout: Charge) => payoutObject(payout, payouts.get(payout)!);
  const shownRefund = (refund: Charge) => refundObject(refund, refunds.get(refund)!);

  function retrieve(known: WeakMap<Charge, unknown>, shown: (one: Charge) => object, what: string) {
    return (request: Request): Answer => {
      const one = world.charges.byId(String(request.params['id']));
      return one !== undefined && known.has(one) ? { status: 200, body: shown(one) } : notFound(what);
    };
  }

  return {
    /** POST /v2/payouts */
    createPayout: (request: Request): Answer => {
      const parsed = PayoutRequest.safeParse(request.body);
      if (!parsed.success) return invalidRequest(parsed.error);
      return answers(request.get('idempotency-key'), request.body, () => ({
        status: 200,
        body: shownPayout(openPayout(request, parsed.data)),
      }));
    },

    /** GET /v2/payouts/{id} */
    retrievePayout: retrieve(payouts, shownPayout, 'payout'),

    /** GET /v2/payouts?reference_id=… */
    listPayouts: (request: Request): Answer => {
      const made = world.charges.byReference(asked(request, 'reference_id'));
      return { status: 200, body: { has_more: false, data: made.filter((one) => payouts.has(one)).map(shownPayout) } };
    },

    /** POST /refunds: of payment requests that were paid, up to what was paid. */
    createRefund: (request: Request): Answer => {
      const parsed = RefundRequest.safeParse(request.body);
      if (!parsed.success) return invalidRequest(parsed.error);
      const charge = world.charges.byId(parsed.data.payment_request_id);
      if (charge?.gateway !== 'xendit' || charge.leaves !== undefined) return notFound('payment request');
      return answers(request.get('idempotency-key'), request.body, () => {
        const live = (given.get(charge) ?? []).filter(({ status }) => status !== 'failed');
        const before = live.reduce((sum, { money }) => sum + money.minor, 0n);
        const isLeft = before + parsed.data.money.minor <= charge.money.minor;
        if (charge.status !== 'successful' || !isLeft) return refundRefused;
        return { status: 200, body: shownRefund(openRefund(request, charge, parsed.data)) };
      });
    },

    /** GET /refunds/{id} */
    retrieveRefund: retrieve(refunds, shownRefund, 'refund'),

    /** GET /refunds?payment_request_id=… */
    listRefunds: (request: Request): Answer => {
      const charge = world.charges.byId(asked(request, 'payment_request_id'));
      const made = charge === undefined ? [] : (given.get(charge) ?? []);
      return { status: 200, body: { has_more: false, data: made.map(shownRefund) } };
    },
  };
}

/** What a query names; empty for one that is missing, or is no text. */
function asked(request: Request, name: string): string {
  const value = request.query[name];
  return typeof value === 'string' ? value : '';
}
