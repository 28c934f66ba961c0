import type { Request } from 'express';
import { BoundedMap } from '../../frame/bounded-map.ts';
import type { Charge } from '../../frame/charges.ts';
import type { Answer } from '../../frame/endpoint.ts';
import { makeKeptAnswers } from '../../frame/kept-answers.ts';
import { Timeline } from '../../frame/timeline.ts';
import type { World } from '../../frame/world.ts';
import { ChargeListQuery } from './charge-request.ts';
import { badRequest, faultOf, keyReused, notFound } from './errors.ts';
import { omiseId } from './ids.ts';
import { RecipientRequest, recipientObject, TransferRequest, transferObject } from './transfer-wire.ts';
import { objectEvent, type Receiver } from './webhook.ts';

const RECIPIENTS_MAX = 200_000;
/** The latest transfers that the list shows. */
const LISTED_MAX = 200_000;

/** A bank refuses accounts that end so. */
const REFUSED = /00$/;

const EVENTS = {
  pending: 'transfer.send',
  successful: 'transfer.pay',
  failed: 'transfer.fail',
  expired: 'transfer.fail',
};

/** Omise's Recipient and Transfer APIs. A transfer waits until someone settles it, unless its description says `auto`. */
export function makeOmiseTransfers(world: World, receiver: Receiver) {
  const answers = makeKeptAnswers(keyReused);
  const recipients = new BoundedMap<string, RecipientRequest>(RECIPIENTS_MAX);
  const timeline = new Timeline<Charge>(LISTED_MAX, ({ openedAt }) => openedAt);
  const details = new WeakMap<Charge, TransferRequest>();

  function shown(transfer: Charge): object {
    return transferObject(transfer, details.get(transfer)!);
  }

  function open(request: Request, wanted: TransferRequest, to: RecipientRequest): Charge {
    const id = omiseId('trsf');
    const transfer = world.charges.open({
      gateway: 'omise',
      leaves: true,
      endsAs: REFUSED.test(to.bank_account.number) ? 'failed' : undefined,
      id,
      reference: wanted.metadata['reference'] ?? id,
      money: { minor: BigInt(wanted.amount), currency: wanted.currency },
      idempotencyKey: request.get('idempotency-key'),
      description: wanted.metadata['description'] ?? '',
      expiresAt: undefined,
      webhook: (transfer, claims) =>
        objectEvent(receiver, transfer, claims, {
          key: EVENTS[claims.status ?? transfer.status],
          data: (claimed) => transferObject(claimed, wanted),
        }),
    });
    details.set(transfer, wanted);
    timeline.append(transfer);
    return transfer;
  }

  return {
    /** Counts the attempt by the reference that the request names, valid or not. */
    noticed: (request: Request): void => {
      const { metadata } = (request.body ?? {}) as { metadata?: { reference?: unknown } };
      if (typeof metadata?.reference === 'string') world.charges.attempted(metadata.reference);
    },

    /** POST /recipients */
    createRecipient: (request: Request): Answer => {
      const parsed = RecipientRequest.safeParse(request.body);
      if (!parsed.success) return badRequest(faultOf(parsed.error));
      const id = omiseId('recp');
      recipients.set(id, parsed.data);
      return { status: 200, body: recipientObject(id, parsed.data, world.clock()) };
    },

    /** POST /transfers */
    create: (request: Request): Answer => {
      const parsed = TransferRequest.safeParse(request.body);
      if (!parsed.success) return badRequest(faultOf(parsed.error));
      const to = recipients.get(parsed.data.recipient);
      if (to === undefined) return notFound('recipient');
      return answers(request.get('idempotency-key'), { ...parsed.data, recipient: to }, () => ({
        status: 200,
        body: shown(open(request, parsed.data, to)),
      }));
    },

    /** GET /transfers/{id} */
    retrieve: (request: Request): Answer => {
      const transfer = world.charges.byId(String(request.params['id']));
      if (transfer === undefined || !details.has(transfer)) return notFound('transfer');
      return { status: 200, body: shown(transfer) };
    },

    /** GET /transfers?from=…&to=…&order=…&limit=…&offset=…: those made then. */
    list: (request: Request): Answer => {
      const parsed = ChargeListQuery.safeParse(request.query);
      if (!parsed.success) return badRequest(faultOf(parsed.error));
      const { from, to, order, limit, offset } = parsed.data;
      const made = timeline.between(new Date(from ?? 0), to === undefined ? world.clock() : new Date(to));
      if (order === 'reverse_chronological') made.reverse();
      const data = made.slice(offset, offset + limit).map(shown);
      return {
        status: 200,
        body: { object: 'list', location: '/transfers', order, limit, offset, total: made.length, data },
      };
    },
  };
}
