import { z } from 'zod';
import type { GatewayStatements, LineKind, StatementLine } from '#services/payments/reconciliation/ports.ts';
import { Currency } from '#shared/money.ts';
import { SECOND } from '#shared/time.ts';
import { openStripe, type StripeOptions } from './open-stripe.ts';
import { stripeAway } from './stripe-answers.ts';

const PAGE = 100;

/** What each type of balance transaction is to us (docs.stripe.com/reports/balance-transaction-types). */
const KINDS: Readonly<Record<string, LineKind>> = {
  charge: 'charge',
  payment: 'charge',
  refund: 'refund',
  payment_refund: 'refund',
  payout: 'bank_payout',
  transfer: 'payout',
  transfer_failure: 'return',
  transfer_refund: 'return',
};

const Metadata = z.object({ reference: z.string().optional(), session_reference: z.string().optional() }).nullish();

/** The parts of a balance transaction that we read. Its amount is below zero for what leaves. */
const StripeBalance = z.object({
  object: z.literal('balance_transaction'),
  id: z.string().regex(/^txn_\w{1,80}$/),
  amount: z.int(),
  fee: z.int(),
  currency: z.string().toUpperCase().pipe(Currency),
  type: z.string(),
  created: z.int(),
  source: z.object({ id: z.string(), payment_intent: z.string().nullish(), metadata: Metadata }).nullish(),
});

/**
 * Stripe's balance transactions: what was added to and taken from the balance, in the currency of the account's balance. An
 * account is to have a balance in each currency that it collects, else sums would come converted.
 *
 * Fees that Stripe bills apart are lines of no kind of ours, and are passed over: they are on its invoice.
 */
export function makeStripeStatements(options: StripeOptions): GatewayStatements {
  const stripe = openStripe(options);
  return {
    gateway: 'stripe',
    page: async ({ from, to }, cursor) => {
      const found = await stripe.balanceTransactions
        .list({
          created: { gte: Math.floor(from.getTime() / SECOND), lt: Math.ceil(to.getTime() / SECOND) },
          limit: PAGE,
          expand: ['data.source'],
          ...(cursor === undefined ? {} : { starting_after: cursor }),
        })
        .catch((cause: unknown) => {
          throw stripeAway(cause);
        });
      const read = z.array(StripeBalance).safeParse(found.data);
      if (!read.success) throw stripeAway(read.error);
      return {
        lines: read.data.flatMap((one) => lineOf(one) ?? []),
        next: found.has_more ? read.data.at(-1)?.id : undefined,
      };
    },
  };
}

function lineOf({ id, amount, fee, currency, type, created, source }: z.output<typeof StripeBalance>) {
  const kind = KINDS[type];
  if (kind === undefined || amount === 0) return undefined;
  const line: StatementLine = {
    lineId: id,
    kind,
    // A payment is known to us by its intent.
    objectId: source?.payment_intent ?? source?.id,
    reference: (source?.metadata?.reference ?? source?.metadata?.session_reference)?.toLowerCase(),
    currency,
    // Stripe's scale is ours for every currency that we have.
    minor: BigInt(Math.abs(amount)),
    feeMinor: BigInt(Math.max(fee, 0)),
    at: new Date(created * SECOND),
  };
  return line;
}
