import { z } from 'zod';
import type { Payout } from '#services/payments/payout/payout-gateway.ts';
import { Currency } from '#shared/money.ts';

const Metadata = z.record(z.string(), z.unknown()).nullish();
const code = z.string().toUpperCase().pipe(Currency);

function referenceIn(metadata: z.output<typeof Metadata>): string {
  return typeof metadata?.['reference'] === 'string' ? metadata['reference'] : '';
}

/** The parts of Omise's transfer object (version 2019-05-29) that we read. Amounts count as in its charges. */
export const OmiseTransfer = z
  .object({
    object: z.literal('transfer'),
    id: z.string().regex(/^trsf_\w{1,80}$/),
    amount: z.int().nonnegative(),
    currency: code,
    sent: z.boolean(),
    paid: z.boolean(),
    failure_code: z.string().nullish(),
    metadata: Metadata,
  })
  .transform((transfer): Payout => ({
    id: transfer.id,
    reference: referenceIn(transfer.metadata),
    status: statusOf(transfer),
    money: { minor: BigInt(transfer.amount), currency: transfer.currency },
    failure: transfer.failure_code ?? undefined,
  }));

/** A bank may give back what it had taken: then the transfer has been paid, and has failed. */
function statusOf(transfer: {
  readonly paid: boolean;
  readonly failure_code?: string | null | undefined;
}): Payout['status'] {
  const hasFailed = (transfer.failure_code ?? null) !== null;
  if (transfer.paid) return hasFailed ? 'returned' : 'paid';
  return hasFailed ? 'failed' : 'pending';
}

export const OmiseRecipient = z.object({
  object: z.literal('recipient'),
  id: z.string().regex(/^recp_\w{1,80}$/),
  active: z.boolean(),
  failure_code: z.string().nullish(),
});

/** The parts of Omise's refund object that we read. One of a method that takes its time is `pending` first. */
export const OmiseRefund = z
  .object({
    object: z.literal('refund'),
    id: z.string().regex(/^rfnd_\w{1,80}$/),
    amount: z.int().nonnegative(),
    currency: code,
    status: z.enum(['pending', 'closed', 'failed']),
    metadata: Metadata,
  })
  .transform((refund): Payout => ({
    id: refund.id,
    reference: referenceIn(refund.metadata),
    status: refund.status === 'closed' ? 'paid' : refund.status,
    money: { minor: BigInt(refund.amount), currency: refund.currency },
    failure: refund.status === 'failed' ? 'refund_failed' : undefined,
  }));

/**
 * What an event of Omise says of a payout or a refund.
 *
 * @param key such as `transfer.pay`
 * @returns `unreadable` where it is to be about one, and is not; undefined for events about something else
 */
export function payoutInOmiseEvent(key: string, data: unknown): Payout | 'unreadable' | undefined {
  const schema = key.startsWith('transfer.') ? OmiseTransfer : key.startsWith('refund.') ? OmiseRefund : undefined;
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(data);
  if (!parsed.success) return 'unreadable';
  // Staff pay out by hand too, from Omise's own pages: that is nothing that we asked for.
  return parsed.data.reference === '' ? undefined : parsed.data;
}
