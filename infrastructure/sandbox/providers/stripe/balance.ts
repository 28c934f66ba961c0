import type { Request } from 'express';
import { z } from 'zod';
import { SECOND } from '#shared/time.ts';
import type { Answer } from '../../frame/endpoint.ts';
import { feeOf, type Moved } from '../../frame/statements.ts';
import type { World } from '../../frame/world.ts';
import { invalidRequest } from './errors.ts';

const BalanceQuery = z.object({
  'created[gte]': z.coerce.number().int().min(0).default(0),
  'created[lt]': z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(10),
  starting_after: z.string().max(200).optional(),
});

const TYPES = {
  charge: 'payment',
  refund: 'payment_refund',
  payout: 'transfer',
  return: 'transfer_failure',
  bank_payout: 'payout',
} as const;

/** Stripe's balance transactions, each with its source shown. */
export function makeStripeBalance({ statements, clock }: World) {
  return {
    /** GET /v1/balance_transactions: newest first. */
    list: (request: Request): Answer => {
      const parsed = BalanceQuery.safeParse(request.query);
      if (!parsed.success) return invalidRequest(parsed.error);
      const { 'created[gte]': from, 'created[lt]': to, limit, starting_after: after } = parsed.data;
      const last = to === undefined ? clock() : new Date(to * SECOND - 1);
      const moved = statements.of('stripe', new Date(from * SECOND), last).toReversed();
      const first = after === undefined ? 0 : moved.findIndex(({ id }) => `txn_${id}` === after) + 1;
      const data = moved.slice(first, first + limit).map(balanceObject);
      const has_more = first + limit < moved.length;
      return { status: 200, body: { object: 'list', url: '/v1/balance_transactions', has_more, data } };
    },
  };
}

function balanceObject(moved: Moved): object {
  const { id, as, objectId, reference, money, at } = moved;
  const { fee, vat } = feeOf(moved);
  const sign = as === 'charge' || as === 'return' ? 1 : -1;
  const amount = sign * Number(money.minor);
  const kept = Number(fee + vat);
  const metadata = reference === undefined ? {} : { reference };
  const source =
    as === 'charge'
      ? { object: 'charge', id: `py_${id}`, payment_intent: objectId, metadata }
      : { object: as === 'bank_payout' ? 'payout' : as, id: objectId, metadata };
  return {
    object: 'balance_transaction',
    id: `txn_${id}`,
    amount,
    fee: kept,
    net: amount - kept,
    currency: money.currency.toLowerCase(),
    type: TYPES[as],
    created: Math.floor(at.getTime() / SECOND),
    status: 'available',
    source,
  };
}
