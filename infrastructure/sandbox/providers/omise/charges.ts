import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { BoundedMap } from '../../frame/bounded-map.ts';
import type { Charge } from '../../frame/charges.ts';
import type { Answer } from '../../frame/endpoint.ts';
import { paymentPage } from '../../frame/payment-page.ts';
import { Timeline } from '../../frame/timeline.ts';
import type { World } from '../../frame/world.ts';
import { ChargeListQuery, ChargeRequest, SOURCES } from './charge-request.ts';
import { badRequest, faultOf, keyReused, notFound } from './errors.ts';
import { omiseId } from './ids.ts';
import { chargeEvent } from './webhook.ts';
import { chargeObject, type OmiseDetails } from './wire.ts';

/** Keys are kept for 24 hours there; here, the latest. */
const KEYS_MAX = 200_000;

/** The latest charges that the list shows. */
const LISTED_MAX = 200_000;

type Known = { readonly digest: string; readonly chargeId: string };

/** Omise's Charge API over the common ledger. */
export function makeOmiseCharges(world: World, receiver: { readonly url: string; readonly webhookSecret: string }) {
  const keys = new BoundedMap<string, Known>(KEYS_MAX);
  const timeline = new Timeline<Charge>(LISTED_MAX, ({ openedAt }) => openedAt);
  const details = new WeakMap<Charge, OmiseDetails>();

  function shown(charge: Charge): object {
    const known = details.get(charge);
    if (known === undefined) throw new Error(`${charge.id} is no charge of Omise`);
    return chargeObject(charge, known);
  }

  function own(id: unknown): Charge | undefined {
    const charge = world.charges.byId(String(id));
    return charge !== undefined && details.has(charge) ? charge : undefined;
  }

  function open(wanted: ChargeRequest, idempotencyKey: string | undefined, pages: string): Charge {
    const id = omiseId('chrg');
    const { source, metadata, return_uri } = wanted;
    const flow = SOURCES[source.type].flow;
    const authorizeUri = `${pages}/${id}`;
    const known: OmiseDetails = { source, metadata, return_uri, flow, authorizeUri, sourceId: omiseId('src') };
    const charge = world.charges.open({
      gateway: 'omise',
      id,
      reference: metadata['reference'] ?? id,
      money: { minor: BigInt(wanted.amount), currency: wanted.currency },
      idempotencyKey,
      description: wanted.description,
      expiresAt: wanted.expires_at === undefined ? undefined : new Date(wanted.expires_at),
      webhook: (charge, claims) => chargeEvent(receiver, charge, known, claims),
    });
    details.set(charge, known);
    timeline.append(charge);
    return charge;
  }

  return {
    /** Counts the attempt by the reference that the request names, valid or not. */
    noticed: (request: Request): void => {
      const reference: unknown = (request.body as { metadata?: { reference?: unknown } } | undefined)?.metadata
        ?.reference;
      if (typeof reference === 'string') world.charges.attempted(reference);
    },

    /** POST /charges. The same Idempotency-Key with the same body answers the first charge as it is now. */
    create: (request: Request): Answer => {
      const parsed = ChargeRequest.safeParse(request.body);
      if (!parsed.success) return badRequest(faultOf(parsed.error));
      const key = request.get('idempotency-key');
      const digest = createHash('sha256').update(JSON.stringify(parsed.data)).digest('base64');
      const known = key === undefined ? undefined : keys.get(key);
      if (known !== undefined && known.digest !== digest) return keyReused;
      const charge = own(known?.chargeId) ?? open(parsed.data, key, pagesOf(request));
      if (key !== undefined) keys.set(key, { digest, chargeId: charge.id });
      return { status: 200, body: shown(charge) };
    },

    /** GET /pay/{id}: where a payer is sent, or sees the code to scan. */
    page: (request: Request): string | undefined => {
      const charge = own(request.params['id']);
      return charge && paymentPage(charge);
    },

    /** GET /charges/{id} */
    retrieve: (request: Request): Answer => {
      const charge = own(request.params['id']);
      return charge === undefined ? notFound('charge') : { status: 200, body: shown(charge) };
    },

    /** POST /charges/{id}/expire: only a pending charge can be withdrawn. */
    expire: (request: Request): Answer => {
      const charge = own(request.params['id']);
      if (charge === undefined) return notFound('charge');
      if (!world.charges.end(charge, 'expired')) return badRequest('charge is not pending');
      return { status: 200, body: shown(charge) };
    },

    /** GET /charges?from=…&to=…&order=…&limit=…&offset=…: those made then. */
    list: (request: Request): Answer => {
      const parsed = ChargeListQuery.safeParse(request.query);
      if (!parsed.success) return badRequest(faultOf(parsed.error));
      const { from, to, order, limit, offset } = parsed.data;
      const [first, last] = [new Date(from ?? 0), to === undefined ? world.clock() : new Date(to)];
      const made = timeline.between(first, last);
      if (order === 'reverse_chronological') made.reverse();
      const period = { from: first.toISOString(), to: last.toISOString() };
      const data = made.slice(offset, offset + limit).map(shown);
      return {
        status: 200,
        body: { object: 'list', location: '/charges', ...period, order, limit, offset, total: made.length, data },
      };
    },
  };
}

/** Where this server's payment pages are, as the caller reaches it. */
function pagesOf(request: Request): string {
  return `${request.protocol}://${request.get('host')}${request.baseUrl}/pay`;
}
