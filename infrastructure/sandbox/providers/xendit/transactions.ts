import type { Request } from 'express';
import { z } from 'zod';
import { formatMoney } from '#shared/money.ts';
import type { Answer } from '../../frame/endpoint.ts';
import { feeOf, type Moved } from '../../frame/statements.ts';
import type { World } from '../../frame/world.ts';
import { invalidRequest } from './errors.ts';

const TransactionsQuery = z.object({
  'updated[gte]': z.iso.datetime({ offset: true }).optional(),
  'updated[lte]': z.iso.datetime({ offset: true }).optional(),
  limit: z.coerce.number().int().min(1).max(50).default(10),
  after_id: z.string().max(200).optional(),
});

const TYPES = {
  charge: 'PAYMENT',
  refund: 'REFUND',
  payout: 'DISBURSEMENT',
  return: 'DISBURSEMENT',
  bank_payout: 'WITHDRAWAL',
} as const;

/** Xendit's list of transactions: what has moved, oldest first. */
export function makeXenditTransactions({ statements, clock }: World) {
  return {
    list: (request: Request): Answer => {
      const parsed = TransactionsQuery.safeParse(request.query);
      if (!parsed.success) return invalidRequest(parsed.error);
      const { 'updated[gte]': from, 'updated[lte]': to, limit, after_id: after } = parsed.data;
      const last = to === undefined ? clock() : new Date(to);
      const moved = statements.of('xendit', new Date(from ?? 0), last);
      const first = after === undefined ? 0 : moved.findIndex(({ id }) => `txn_${id}` === after) + 1;
      const data = moved.slice(first, first + limit).map(transactionOf);
      return { status: 200, body: { has_more: first + limit < moved.length, data, links: [] } };
    },
  };
}

function transactionOf(moved: Moved): object {
  const { id, as, objectId, reference, money, at } = moved;
  const { fee, vat } = feeOf(moved);
  const decimal = (minor: bigint) => Number(formatMoney({ ...money, minor }));
  return {
    id: `txn_${id}`,
    product_id: objectId,
    type: TYPES[as],
    status: as === 'return' ? 'REVERSED' : 'SUCCESS',
    reference_id: reference ?? '',
    currency: money.currency,
    amount: decimal(money.minor),
    cashflow: as === 'charge' || as === 'return' ? 'MONEY_IN' : 'MONEY_OUT',
    fee: { xendit_fee: decimal(fee), value_added_tax: decimal(vat), status: 'COMPLETED' },
    created: at.toISOString(),
    updated: at.toISOString(),
  };
}
