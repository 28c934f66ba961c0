import { randomBytes } from 'node:crypto';
import type { Request } from 'express';
import { SECOND } from '#shared/time.ts';
import { BoundedMap } from '../../frame/bounded-map.ts';
import type { Charge } from '../../frame/charges.ts';
import type { Answer } from '../../frame/endpoint.ts';
import { makeKeptAnswers } from '../../frame/kept-answers.ts';
import { paymentPage } from '../../frame/payment-page.ts';
import { Timeline } from '../../frame/timeline.ts';
import type { World } from '../../frame/world.ts';
import { invalidRequest, keyReused, notFound, wrongState } from './errors.ts';
import { IntentRequest, ListQuery, SessionRequest } from './requests.ts';
import { type Receiver, stripeEvent } from './webhook.ts';
import { expandedSession, type StripeDetails, stripeObject } from './wire.ts';

type Kind = StripeDetails['kind'];

/** The latest charges that the lists show. */
const LISTED_MAX = 200_000;
const NAMES: Readonly<Record<Kind, string>> = { intent: 'payment_intent', session: 'checkout.session' };

/** Stripe's payment intents and checkout sessions over the common ledger. */
export function makeStripeCharges(world: World, receiver: Receiver) {
  const answers = makeKeptAnswers(keyReused);
  const timelines = { intent: newTimeline(), session: newTimeline() };
  const details = new WeakMap<Charge, StripeDetails>();
  const intents = new BoundedMap<string, Charge>(LISTED_MAX);

  function newTimeline(): Timeline<Charge> {
    return new Timeline<Charge>(LISTED_MAX, ({ openedAt }) => openedAt);
  }

  function shown(charge: Charge): object {
    return stripeObject(charge, details.get(charge)!);
  }

  function own(kind: Kind, id: unknown): Charge | undefined {
    const charge = world.charges.byId(String(id));
    return charge !== undefined && details.get(charge)?.kind === kind ? charge : undefined;
  }

  function open(
    request: Request,
    kind: Kind,
    wanted: Pick<IntentRequest, 'money' | 'description'> & { readonly reference: string; readonly method: string },
    known: Pick<StripeDetails, 'metadata' | 'returnUrl'>,
  ): Charge {
    const intentId = `pi_${randomBytes(12).toString('hex')}`;
    const id = kind === 'intent' ? intentId : `cs_test_${randomBytes(24).toString('hex')}`;
    const pageUrl = `${request.protocol}://${request.get('host')}${request.baseUrl}/pay/${id}`;
    const whole: StripeDetails = { ...known, kind, method: wanted.method, pageUrl, intentId };
    const charge = world.charges.open({
      gateway: 'stripe',
      id,
      reference: wanted.reference,
      money: wanted.money,
      idempotencyKey: request.get('idempotency-key'),
      description: wanted.description,
      expiresAt: undefined,
      webhook: (charge, claims) => stripeEvent(receiver, charge, whole, claims),
    });
    details.set(charge, whole);
    intents.set(intentId, charge);
    timelines[kind].append(charge);
    return charge;
  }

  return {
    /** What was opened with this intent, by itself or behind a session. */
    byIntent: (intentId: string): Charge | undefined => intents.get(intentId),

    /** Counts the attempt by the reference that the request names, valid or not. */
    noticed: (request: Request): void => {
      const body = request.body as { metadata?: { reference?: unknown }; client_reference_id?: unknown } | undefined;
      const reference = body?.client_reference_id ?? body?.metadata?.reference;
      if (typeof reference === 'string') world.charges.attempted(reference);
    },

    /** POST /v1/payment_intents, confirmed at once. */
    createIntent: (request: Request): Answer => {
      const parsed = IntentRequest.safeParse(request.body);
      if (!parsed.success) return invalidRequest(parsed.error);
      const { metadata, return_url: returnUrl } = parsed.data;
      const reference = metadata['reference'] ?? '';
      return answers(request.get('idempotency-key'), request.body, () => ({
        status: 200,
        body: shown(open(request, 'intent', { ...parsed.data, reference }, { metadata, returnUrl })),
      }));
    },

    /** POST /v1/checkout/sessions */
    createSession: (request: Request): Answer => {
      const parsed = SessionRequest.safeParse(request.body);
      if (!parsed.success) return invalidRequest(parsed.error);
      const { client_reference_id: reference, payment_intent_data: intent, success_url: returnUrl } = parsed.data;
      return answers(request.get('idempotency-key'), request.body, () => ({
        status: 200,
        body: shown(open(request, 'session', { ...parsed.data, reference }, { metadata: intent.metadata, returnUrl })),
      }));
    },

    /** GET of one, a session's intent whole where it is asked for so. */
    retrieve:
      (kind: Kind) =>
      (request: Request): Answer => {
        const charge = own(kind, request.params['id']);
        if (charge === undefined) return notFound(NAMES[kind]);
        const isWhole = Object.values(request.query).includes('payment_intent');
        const body = kind === 'session' && isWhole ? expandedSession(charge, details.get(charge)!) : shown(charge);
        return { status: 200, body };
      },

    /** POST …/cancel of an intent, …/expire of a session: only an open one can be withdrawn. */
    close:
      (kind: Kind) =>
      (request: Request): Answer => {
        const charge = own(kind, request.params['id']);
        if (charge === undefined) return notFound(NAMES[kind]);
        if (!world.charges.end(charge, 'expired')) return wrongState(`${NAMES[kind]}_unexpected_state`);
        return { status: 200, body: shown(charge) };
      },

    /** GET of the list: newest first. */
    list:
      (kind: Kind) =>
      (request: Request): Answer => {
        const parsed = ListQuery.safeParse(request.query);
        if (!parsed.success) return invalidRequest(parsed.error);
        const { 'created[gte]': since, limit, starting_after: after } = parsed.data;
        const made = timelines[kind].between(new Date(since * SECOND), world.clock()).toReversed();
        const from = after === undefined ? 0 : made.findIndex(({ id }) => id === after) + 1;
        const page = made.slice(from, from + limit);
        const body = { object: 'list', url: request.path, has_more: from + limit < made.length, data: page.map(shown) };
        return { status: 200, body };
      },

    /** GET /pay/{id}: where a payer is sent. */
    page: (request: Request): string | undefined => {
      const charge = own('intent', request.params['id']) ?? own('session', request.params['id']);
      return charge && paymentPage(charge);
    },
  };
}
