import { z } from 'zod';
import type { NewPayout, Payout } from '#services/payments/payout/payout-gateway.ts';
import { Currency, parseMoney } from '#shared/money.ts';

type Status = Payout['status'];

const PAYOUT_STATUS: Readonly<Record<string, Status>> = {
  ACCEPTED: 'pending',
  REQUESTED: 'pending',
  SUCCEEDED: 'paid',
  FAILED: 'failed',
  CANCELLED: 'failed',
  REVERSED: 'returned',
};

const REFUND_STATUS: Readonly<Record<string, Status>> = {
  PENDING: 'pending',
  SUCCEEDED: 'paid',
  FAILED: 'failed',
  CANCELLED: 'failed',
};

/** What payouts and refunds have in common. Xendit counts in the currency itself, as a JSON number. */
function moved(id: RegExp, statuses: Readonly<Record<string, Status>>) {
  return z
    .object({
      id: z.string().regex(id),
      reference_id: z.string().max(255),
      currency: Currency,
      amount: z.number(),
      status: z.string().refine((status) => Object.hasOwn(statuses, status), 'is no status that is known here'),
      failure_code: z.string().max(100).nullish(),
    })
    .transform((object, context): Payout => {
      const money = parseMoney(String(object.amount), object.currency);
      if (typeof money === 'string') {
        context.addIssue({ code: 'custom', path: ['amount'], message: money });
        return z.NEVER;
      }
      return {
        id: object.id,
        reference: object.reference_id,
        status: statuses[object.status]!,
        money,
        failure: object.failure_code?.toLowerCase(),
      };
    });
}

/** The parts of Xendit's payout object (v2) that we read. */
export const XenditPayout = moved(/^disb[-_][\w-]{1,80}$/, PAYOUT_STATUS);

/** The parts of its refund object that we read. */
export const XenditRefund = moved(/^rfd[-_][\w-]{1,80}$/, REFUND_STATUS);

export const XenditList = z.object({ data: z.array(z.unknown()) });

/** What types of destination that name no bank are called there. Names of banks and e-wallets are Xendit's own. */
const CHANNELS: Readonly<Record<string, string>> = {
  duitnow: 'DUITNOW',
  gcash: 'GCASH',
  maya: 'PAYMAYA',
  momo: 'MOMO',
};

/** Xendit's channel for a destination, such as `ID_BCA`; undefined for a type that it does not pay to. */
export function xenditPayoutChannel({ country, method, destination }: NewPayout): string | undefined {
  const name = destination.bankCode ?? CHANNELS[method];
  return name === undefined ? undefined : `${country}_${name}`;
}
