import { randomInt, randomUUID } from 'node:crypto';
import type { Request } from 'express';
import type { Charge } from '../../frame/charges.ts';
import type { Answer } from '../../frame/endpoint.ts';
import { makeKeptAnswers } from '../../frame/kept-answers.ts';
import { paymentPage } from '../../frame/payment-page.ts';
import type { World } from '../../frame/world.ts';
import { invalidRequest, keyReused, notFound, noVersion, wrongState } from './errors.ts';
import { PaymentRequest } from './request.ts';
import { paymentWebhook, type Receiver } from './webhook.ts';
import { requestObject, transactionObject, type XenditDetails } from './wire.ts';

/** A bank's number and eleven digits of its own. */
const ACCOUNT_PREFIX = '88908';
const ACCOUNT_RANDOM_MAX = 100_000_000_000;

/** Xendit's payment requests over the common ledger. */
export function makeXenditCharges(world: World, receiver: Receiver) {
  const answers = makeKeptAnswers(keyReused);
  const details = new WeakMap<Charge, XenditDetails>();

  function own(id: unknown): Charge | undefined {
    const charge = world.charges.byId(String(id));
    return charge !== undefined && details.has(charge) ? charge : undefined;
  }

  function shown(charge: Charge): object {
    return requestObject(charge, details.get(charge)!);
  }

  function open(request: Request, wanted: PaymentRequest): Charge {
    const id = `pr-${randomUUID()}`;
    const { channel_code, country, channel_properties, by } = wanted;
    const known: XenditDetails = {
      channel_code,
      country,
      channel_properties,
      by,
      accountNumber: ACCOUNT_PREFIX + String(randomInt(ACCOUNT_RANDOM_MAX)).padStart(11, '0'),
      paymentId: `py-${randomUUID()}`,
      pageUrl: `${request.protocol}://${request.get('host')}${request.baseUrl}/pay/${id}`,
    };
    const charge = world.charges.open({
      gateway: 'xendit',
      id,
      reference: wanted.reference_id,
      money: wanted.money,
      idempotencyKey: request.get('idempotency-key'),
      description: wanted.description,
      expiresAt: undefined,
      webhook: (charge, claims) => paymentWebhook(receiver, charge, known, claims),
    });
    details.set(charge, known);
    return charge;
  }

  return {
    /** Counts the attempt by the reference that the request names, valid or not. */
    noticed: (request: Request): void => {
      const reference = (request.body as { reference_id?: unknown } | undefined)?.reference_id;
      if (typeof reference === 'string') world.charges.attempted(reference);
    },

    /** POST /v3/payment_requests */
    create: (request: Request): Answer => {
      if (request.get('api-version') === undefined) return noVersion;
      const parsed = PaymentRequest.safeParse(request.body);
      if (!parsed.success) return invalidRequest(parsed.error);
      return answers(request.get('idempotency-key'), request.body, () => ({
        status: 201,
        body: shown(open(request, parsed.data)),
      }));
    },

    /** GET /v3/payment_requests/{id} */
    retrieve: (request: Request): Answer => {
      const charge = own(request.params['id']);
      return charge === undefined ? notFound('payment request') : { status: 200, body: shown(charge) };
    },

    /** POST /v3/payment_requests/{id}/cancel: only an open one can be withdrawn. */
    cancel: (request: Request): Answer => {
      const charge = own(request.params['id']);
      if (charge === undefined) return notFound('payment request');
      if (!world.charges.end(charge, 'expired')) return wrongState;
      return { status: 200, body: shown(charge) };
    },

    /** GET /transactions?reference_id=… */
    transactions: (request: Request): Answer => {
      const { reference_id: reference } = request.query;
      const made = world.charges
        .byReference(typeof reference === 'string' ? reference : '')
        .filter((charge) => details.has(charge));
      const data = made.map((charge) => transactionObject(charge, details.get(charge)!));
      return { status: 200, body: { has_more: false, data, links: [] } };
    },

    /** GET /pay/{id}: where a payer is sent. */
    page: (request: Request): string | undefined => {
      const charge = own(request.params['id']);
      return charge && paymentPage(charge);
    },
  };
}
