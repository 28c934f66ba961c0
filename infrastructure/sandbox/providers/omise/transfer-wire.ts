import { z } from 'zod';
import { Currency } from '#shared/money.ts';
import type { Charge } from '../../frame/charges.ts';

const METADATA_VALUE_MAX = 512;
const Metadata = z.record(z.string(), z.coerce.string().max(METADATA_VALUE_MAX)).default({});
const Amount = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** Body of POST /recipients. In a form everything is text. */
export const RecipientRequest = z.strictObject({
  name: z.string().min(1).max(255),
  type: z.enum(['individual', 'corporation']),
  bank_account: z.strictObject({
    brand: z.string().min(1).max(40),
    number: z.string().regex(/^\+?[0-9A-Z]{6,34}$/),
    name: z.string().min(1).max(255),
  }),
  metadata: Metadata,
});
export type RecipientRequest = z.output<typeof RecipientRequest>;

/** Body of POST /transfers. `amount` is in the currency's smallest unit. */
export const TransferRequest = z.strictObject({
  amount: Amount,
  currency: z.string().toUpperCase().pipe(Currency),
  recipient: z.string(),
  fail_fast: z.enum(['true', 'false']).default('false'),
  metadata: Metadata,
});
export type TransferRequest = z.output<typeof TransferRequest>;

/** Body of POST /charges/{id}/refunds. */
export const RefundRequest = z.strictObject({ amount: Amount, metadata: Metadata });
export type RefundRequest = z.output<typeof RefundRequest>;

/** A recipient as the API writes it; in test mode each is verified at once. */
export function recipientObject(
  id: string,
  { name, type, bank_account: account, metadata }: RecipientRequest,
  at: Date,
) {
  return {
    object: 'recipient',
    id,
    location: `/recipients/${id}`,
    livemode: false,
    deleted: false,
    name,
    type,
    email: null,
    description: null,
    tax_id: null,
    metadata,
    bank_account: {
      object: 'bank_account',
      brand: account.brand,
      last_digits: account.number.slice(-4),
      name: account.name,
    },
    active: true,
    verified: true,
    verified_at: at.toISOString(),
    activated_at: at.toISOString(),
    failure_code: null,
    created_at: at.toISOString(),
  };
}

/** A transfer as version 2019-05-29 of the API writes it. */
export function transferObject(transfer: Charge, { recipient, fail_fast, metadata }: TransferRequest): object {
  const amount = Number(transfer.money.minor);
  const endedAt = transfer.endedAt?.toISOString() ?? null;
  const hasFailed = transfer.status === 'failed';
  const wasPaid = transfer.status === 'successful' || (hasFailed && transfer.returned === true);
  return {
    object: 'transfer',
    id: transfer.id,
    location: `/transfers/${transfer.id}`,
    livemode: false,
    deleted: false,
    amount,
    net: amount,
    fee: 0,
    fee_vat: 0,
    total_fee: 0,
    currency: transfer.money.currency,
    recipient,
    bank_account: null,
    fail_fast: fail_fast === 'true',
    sendable: true,
    sent: true,
    sent_at: transfer.openedAt.toISOString(),
    paid: wasPaid,
    paid_at: wasPaid ? endedAt : null,
    failure_code: hasFailed ? 'account_not_found' : null,
    failure_message: hasFailed ? 'the bank refused the transfer' : null,
    metadata,
    transactions: [],
    created_at: transfer.openedAt.toISOString(),
  };
}

/** A refund as the API writes it. */
export function refundObject(refund: Charge, chargeId: string, { metadata }: RefundRequest): object {
  const status = { pending: 'pending', successful: 'closed', failed: 'failed', expired: 'failed' }[refund.status];
  return {
    object: 'refund',
    id: refund.id,
    location: `/charges/${chargeId}/refunds/${refund.id}`,
    livemode: false,
    amount: Number(refund.money.minor),
    currency: refund.money.currency,
    charge: chargeId,
    voided: false,
    status,
    metadata,
    transaction: refund.id.replace('rfnd_', 'trxn_'),
    created_at: refund.openedAt.toISOString(),
  };
}
