import { z } from 'zod';
import type { GatewayStatements, StatementLine } from '#services/payments/reconciliation/ports.ts';
import { Currency } from '#shared/money.ts';
import { foundOrAbsent, makeOmiseCall, type OmiseAccess, omiseAway, type OmiseCall } from './omise-call.ts';

const PAGE = 100;
/** Charges of a page that are asked for side by side. */
const AT_ONCE = 8;

const amount = z.int().nonnegative();
const Metadata = z.record(z.string(), z.unknown()).nullish();

/** The parts of Omise's transaction object (version 2019-05-29) that we read. */
const OmiseTransaction = z.object({
  object: z.literal('transaction'),
  id: z.string().regex(/^trxn_\w{1,80}$/),
  amount: z.int().positive(),
  currency: z.string().toUpperCase().pipe(Currency),
  direction: z.enum(['credit', 'debit']),
  origin: z.string().regex(/^\w{1,100}$/),
  created_at: z.iso.datetime({ offset: true }),
});
type OmiseTransaction = z.output<typeof OmiseTransaction>;

const OmiseTransactionList = z.object({ object: z.literal('list'), data: z.array(OmiseTransaction) });
const ChargeCosts = z.object({ fee: amount, fee_vat: amount, metadata: Metadata });
const TransferCosts = z.object({ total_fee: amount, metadata: Metadata });

/**
 * The movements of an account at Omise (https://docs.omise.co/transactions-api). Its list has what was added to and taken
 * from the balance; what a charge cost, and what we called it, is asked of the charge itself.
 */
export function makeOmiseStatements(access: OmiseAccess): GatewayStatements {
  const call = makeOmiseCall(access);
  return {
    gateway: 'omise',
    page: async ({ from, to }, cursor) => {
      const offset = cursor === undefined ? 0 : Number(cursor);
      // Omise includes the end of a period.
      const end = new Date(to.getTime() - 1);
      const query = new URLSearchParams({
        from: from.toISOString(),
        to: end.toISOString(),
        order: 'chronological',
        limit: PAGE.toString(),
        offset: offset.toString(),
      });
      const list = foundOrAbsent(OmiseTransactionList, await call('GET', `/transactions?${query.toString()}`));
      if (list === undefined) throw omiseAway('there is no list of transactions');
      const lines: StatementLine[] = [];
      for (let at = 0; at < list.data.length; at += AT_ONCE) {
        lines.push(...(await Promise.all(list.data.slice(at, at + AT_ONCE).map((one) => lineOf(call, one)))));
      }
      return { lines, next: list.data.length < PAGE ? undefined : (offset + PAGE).toString() };
    },
  };
}

async function lineOf(call: OmiseCall, transaction: OmiseTransaction): Promise<StatementLine> {
  const { id: lineId, origin: objectId, currency, direction, created_at } = transaction;
  const minor = BigInt(transaction.amount);
  const common = { lineId, objectId, currency, at: new Date(created_at) };
  const plain = { ...common, reference: undefined, minor, feeMinor: 0n };
  switch (objectId.slice(0, objectId.indexOf('_'))) {
    case 'chrg': {
      const charge = foundOrAbsent(ChargeCosts, await call('GET', `/charges/${objectId}`));
      const feeMinor = BigInt((charge?.fee ?? 0) + (charge?.fee_vat ?? 0));
      return {
        ...common,
        kind: 'charge',
        reference: referenceIn(charge?.metadata),
        // The balance gets what the fee leaves.
        minor: minor + feeMinor,
        feeMinor,
      };
    }
    case 'rfnd':
      return { ...plain, kind: 'refund' };
    case 'trsf': {
      if (direction === 'credit') return { ...plain, kind: 'return' };
      const transfer = foundOrAbsent(TransferCosts, await call('GET', `/transfers/${objectId}`));
      const reference = referenceIn(transfer?.metadata);
      if (transfer === undefined || reference !== undefined) return { ...plain, kind: 'payout', reference };
      // Without a word of ours it goes to the bank account of the house.
      const feeMinor = BigInt(transfer.total_fee);
      return { ...plain, kind: 'bank_payout', minor: minor - feeMinor, feeMinor };
    }
    default:
      return { ...plain, kind: direction === 'credit' ? 'charge' : 'payout' };
  }
}

function referenceIn(metadata: z.output<typeof Metadata>): string | undefined {
  const reference = metadata?.['reference'];
  return typeof reference === 'string' && reference !== '' ? reference.toLowerCase() : undefined;
}
