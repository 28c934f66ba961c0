import { z } from 'zod';
import type { Charge, ChargeStatus } from '#services/payments/ports.ts';
import { Currency, type Money } from '#shared/money.ts';

const STATUS: Readonly<Record<'pending' | 'successful' | 'failed' | 'expired' | 'reversed', ChargeStatus>> = {
  pending: 'pending',
  successful: 'paid',
  failed: 'failed',
  expired: 'expired',
  // An authorisation that was let go: no money moved.
  reversed: 'failed',
};

/** An address that a browser may be sent to. */
const page = z.url({ protocol: /^https?$/ });

/**
 * The parts of Omise's charge object (version 2019-05-29) that we read. Amounts count the currency's smallest unit as
 * ISO 4217 has it, which is our own minor unit for every currency that we use with Omise.
 */
export const OmiseCharge = z
  .object({
    object: z.literal('charge'),
    id: z.string().regex(/^chrg_\w{1,80}$/),
    amount: z.int().nonnegative(),
    currency: z.string().toUpperCase().pipe(Currency),
    status: z.enum(['pending', 'successful', 'failed', 'expired', 'reversed']),
    metadata: z.record(z.string(), z.unknown()).nullish(),
    /** The page for the payer, for methods that redirect. */
    authorize_uri: page.nullish(),
    /** The QR code to scan, for those that do not. */
    source: z
      .object({ scannable_code: z.object({ image: z.object({ download_uri: page.nullish() }).nullish() }).nullish() })
      .nullish(),
    failure_code: z.string().nullish(),
  })
  .transform((charge): Charge => ({
    id: charge.id,
    reference: typeof charge.metadata?.reference === 'string' ? charge.metadata.reference : '',
    status: STATUS[charge.status],
    money: { minor: BigInt(charge.amount), currency: charge.currency },
    pageUrl: charge.authorize_uri ?? charge.source?.scannable_code?.image?.download_uri ?? undefined,
    qrCode: undefined,
    account: undefined,
    failure: charge.failure_code ?? undefined,
  }));

export const OmiseChargeList = z.object({ object: z.literal('list'), data: z.array(z.unknown()), total: z.int() });

export const OmiseError = z.object({ object: z.literal('error'), code: z.string(), message: z.string() });

export const OmiseEvent = z.object({
  object: z.literal('event'),
  id: z.string().min(1).max(100),
  key: z.string().max(80),
  data: z.unknown(),
});

/** Omise's count of smallest units, exact up to 2^53; our largest amount is far below. */
export function omiseAmount({ minor }: Money): string {
  return minor.toString();
}
