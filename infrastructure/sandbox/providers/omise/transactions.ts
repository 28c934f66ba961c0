import type { Request } from 'express';
import type { Answer } from '../../frame/endpoint.ts';
import { feeOf, type Moved } from '../../frame/statements.ts';
import type { World } from '../../frame/world.ts';
import { ChargeListQuery } from './charge-request.ts';
import { badRequest, faultOf } from './errors.ts';

const KEYS = {
  charge: 'charge.captured.net',
  refund: 'refund.closed',
  payout: 'transfer.sent',
  return: 'transfer.failed',
  bank_payout: 'transfer.sent',
} as const;

/** Omise's Transaction API: what was added to the balance of the account, and what was taken from it. */
export function makeOmiseTransactions({ statements, clock }: World) {
  return {
    /** GET /transactions?from=…&to=…&order=…&limit=…&offset=… */
    list: (request: Request): Answer => {
      const parsed = ChargeListQuery.safeParse(request.query);
      if (!parsed.success) return badRequest(faultOf(parsed.error));
      const { from, to, order, limit, offset } = parsed.data;
      const moved = [...statements.of('omise', new Date(from ?? 0), to === undefined ? clock() : new Date(to))];
      if (order === 'reverse_chronological') moved.reverse();
      const data = moved.slice(offset, offset + limit).map(transactionObject);
      return {
        status: 200,
        body: { object: 'list', location: '/transactions', order, limit, offset, total: moved.length, data },
      };
    },

    /** A transfer to the bank of the account itself, which carries nothing of ours; undefined for others. */
    paidOver: (request: Request): Answer | undefined => {
      const moved = statements.byObject('omise', String(request.params['id']));
      if (moved?.as !== 'bank_payout') return undefined;
      const { objectId: id, money, at } = moved;
      const time = at.toISOString();
      const fees = { fee: 0, fee_vat: 0, total_fee: 0 };
      const sum = { amount: Number(money.minor), net: Number(money.minor), ...fees, currency: money.currency };
      const paid = { sent: true, sent_at: time, paid: true, paid_at: time, failure_code: null };
      return {
        status: 200,
        body: { object: 'transfer', id, livemode: false, ...sum, ...paid, metadata: {}, created_at: time },
      };
    },
  };
}

/** A transaction as version 2019-05-29 of the API writes it: for a charge, what is left of it after the fee. */
function transactionObject(moved: Moved): object {
  const { id, as, objectId: origin, money, at } = moved;
  const { fee, vat } = feeOf(moved);
  return {
    object: 'transaction',
    id: `trxn_test_${id}`,
    location: `/transactions/trxn_test_${id}`,
    livemode: false,
    amount: Number(money.minor - fee - vat),
    currency: money.currency,
    direction: as === 'charge' || as === 'return' ? 'credit' : 'debit',
    key: KEYS[as],
    origin,
    transferable_at: at.toISOString(),
    created_at: at.toISOString(),
  };
}
