import { z } from 'zod';
import type { GatewayStatements, LineKind, StatementLine } from '#services/payments/reconciliation/ports.ts';
import { Currency, parseMoney } from '#shared/money.ts';
import { AppError } from '#shared/errors.ts';
import { foundAtXendit, makeXenditCall, type XenditAccess } from './xendit-call.ts';

const PAGE = 50;

const KINDS: Readonly<Record<string, LineKind>> = {
  PAYMENT: 'charge',
  REFUND: 'refund',
  DISBURSEMENT: 'payout',
  REMITTANCE_PAYOUT: 'payout',
  WITHDRAWAL: 'bank_payout',
};

const Amount = z.number().nonnegative();
const XenditMoved = z.object({
  id: z.string().regex(/^[\w-]{1,100}$/),
  product_id: z.string().max(100),
  type: z.string(),
  status: z.string(),
  reference_id: z.string().max(255).nullish(),
  currency: Currency,
  amount: Amount,
  fee: z.object({ xendit_fee: Amount, value_added_tax: Amount }).nullish(),
  updated: z.iso.datetime({ offset: true }),
});
const XenditMovedList = z.object({ has_more: z.boolean(), data: z.array(XenditMoved) });

/**
 * Xendit's transactions (https://docs.xendit.co/apidocs/list-transactions), by when they took effect. One that the bank
 * gave back is the same transaction as before, REVERSED: a line of its own.
 */
export function makeXenditStatements(access: XenditAccess): GatewayStatements {
  const call = makeXenditCall(access);
  return {
    gateway: 'xendit',
    page: async ({ from, to }, cursor) => {
      const query = new URLSearchParams({
        'updated[gte]': from.toISOString(),
        // Xendit includes the end of a period.
        'updated[lte]': new Date(to.getTime() - 1).toISOString(),
        limit: PAGE.toString(),
        ...(cursor === undefined ? {} : { after_id: cursor }),
      });
      for (const status of ['SUCCESS', 'REVERSED']) query.append('statuses', status);
      const list = foundAtXendit(XenditMovedList, await call('GET', `/transactions?${query.toString()}`));
      if (list === undefined) throw unreadable('there is no list of transactions');
      return {
        lines: list.data.flatMap((one) => lineOf(one) ?? []),
        next: list.has_more ? list.data.at(-1)?.id : undefined,
      };
    },
  };
}

function lineOf(one: z.output<typeof XenditMoved>): StatementLine | undefined {
  const isReversed = one.status === 'REVERSED';
  const kind = isReversed ? 'return' : KINDS[one.type];
  if (kind === undefined || (!isReversed && one.status !== 'SUCCESS')) return undefined;
  const minor = minorOf(one.amount, one.currency);
  if (minor === 0n) return undefined;
  const { xendit_fee: fee = 0, value_added_tax: tax = 0 } = one.fee ?? {};
  return {
    lineId: isReversed ? `${one.id}:reversed` : one.id,
    kind,
    objectId: one.product_id,
    reference: one.reference_id?.toLowerCase() || undefined,
    currency: one.currency,
    minor,
    feeMinor: isReversed ? 0n : minorOf(fee, one.currency) + minorOf(tax, one.currency),
    at: new Date(one.updated),
  };
}

function minorOf(amount: number, currency: Currency): bigint {
  const money = parseMoney(String(amount), currency);
  if (typeof money === 'string') throw unreadable(`${amount} ${currency} ${money}`);
  return money.minor;
}

function unreadable(cause: string): AppError {
  return new AppError('UPSTREAM_UNAVAILABLE', { message: 'Xendit answers what cannot be read', cause });
}
