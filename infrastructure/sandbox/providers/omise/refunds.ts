import type { Request } from 'express';
import type { Charge } from '../../frame/charges.ts';
import type { Answer } from '../../frame/endpoint.ts';
import { makeKeptAnswers } from '../../frame/kept-answers.ts';
import type { World } from '../../frame/world.ts';
import { ChargeListQuery } from './charge-request.ts';
import { badRequest, faultOf, keyReused, notFound } from './errors.ts';
import { omiseId } from './ids.ts';
import { RefundRequest, refundObject } from './transfer-wire.ts';
import { objectEvent, type Receiver } from './webhook.ts';

/** Refunds of a charge with this description wait until someone settles them. */
const SLOW = 'slow refund';

/** Omise's Refund API: of charges that were paid, up to what was paid. Refunds are made by themselves after a moment. */
export function makeOmiseRefunds(world: World, receiver: Receiver) {
  const answers = makeKeptAnswers(keyReused);
  const refunds = new WeakMap<Charge, Charge[]>();
  const details = new WeakMap<Charge, RefundRequest>();

  function paid(request: Request): Charge | undefined {
    const charge = world.charges.byId(String(request.params['id']));
    return charge?.gateway === 'omise' && charge.leaves === undefined ? charge : undefined;
  }

  function refundsOf(charge: Charge): Charge[] {
    return refunds.get(charge) ?? [];
  }

  function shown(refund: Charge, charge: Charge): object {
    return refundObject(refund, charge.id, details.get(refund)!);
  }

  function open(request: Request, charge: Charge, wanted: RefundRequest): Charge {
    const id = omiseId('rfnd');
    const refund = world.charges.open({
      gateway: 'omise',
      leaves: true,
      endsAs: charge.description === SLOW ? undefined : 'successful',
      id,
      reference: wanted.metadata['reference'] ?? id,
      money: { minor: BigInt(wanted.amount), currency: charge.money.currency },
      idempotencyKey: request.get('idempotency-key'),
      description: '',
      expiresAt: undefined,
      webhook: (refund, claims) =>
        objectEvent(receiver, refund, claims, {
          key: 'refund.update',
          data: (claimed) => refundObject(claimed, charge.id, wanted),
        }),
    });
    details.set(refund, wanted);
    refunds.set(charge, [...refundsOf(charge), refund]);
    return refund;
  }

  return {
    noticed: (request: Request): void => {
      const { metadata } = (request.body ?? {}) as { metadata?: { reference?: unknown } };
      if (typeof metadata?.reference === 'string') world.charges.attempted(metadata.reference);
    },

    /** POST /charges/{id}/refunds */
    create: (request: Request): Answer => {
      const charge = paid(request);
      if (charge === undefined) return notFound('charge');
      const parsed = RefundRequest.safeParse(request.body);
      if (!parsed.success) return badRequest(faultOf(parsed.error));
      return answers(request.get('idempotency-key'), { charge: charge.id, ...parsed.data }, () => {
        if (charge.status !== 'successful') return badRequest('charge was not paid');
        const live = refundsOf(charge).filter(({ status }) => status !== 'failed');
        const before = live.reduce((sum, { money }) => sum + money.minor, 0n);
        if (before + BigInt(parsed.data.amount) > charge.money.minor) return badRequest('amount exceeds what is left');
        return { status: 200, body: shown(open(request, charge, parsed.data), charge) };
      });
    },

    /** GET /charges/{id}/refunds/{refund} */
    retrieve: (request: Request): Answer => {
      const charge = paid(request);
      const refund = charge && refundsOf(charge).find(({ id }) => id === request.params['refund']);
      if (charge === undefined || refund === undefined) return notFound('refund');
      return { status: 200, body: shown(refund, charge) };
    },

    /** GET /charges/{id}/refunds */
    list: (request: Request): Answer => {
      const charge = paid(request);
      if (charge === undefined) return notFound('charge');
      const parsed = ChargeListQuery.safeParse(request.query);
      if (!parsed.success) return badRequest(faultOf(parsed.error));
      const { limit, offset } = parsed.data;
      const made = refundsOf(charge);
      const data = made.slice(offset, offset + limit).map((refund) => shown(refund, charge));
      return { status: 200, body: { object: 'list', limit, offset, total: made.length, data } };
    },
  };
}
