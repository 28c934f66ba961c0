import { z } from 'zod';
import { QuoteId, TransactionId, UserId, WalletId } from '../../ids.ts';
import { Currency, DecimalString } from '../../money.ts';
import { Timestamp } from '../../wire-time.ts';

export const TRANSACTION_TYPES = [
  'deposit',
  'withdrawal',
  'transfer_in',
  'transfer_out',
  'payment',
  'refund',
  'conversion',
  'fee',
] as const;
export const TRANSACTION_STATUSES = ['pending', 'processing', 'completed', 'failed', 'cancelled', 'expired'] as const;

export const TransactionType = z.enum(TRANSACTION_TYPES);
export type TransactionType = z.infer<typeof TransactionType>;
export const TransactionStatus = z.enum(TRANSACTION_STATUSES);
export type TransactionStatus = z.infer<typeof TransactionStatus>;

export const Fees = z.object({
  processing_fee: DecimalString,
  conversion_fee: DecimalString,
  total_fees: DecimalString,
});

const Conversion = z.object({
  quote_id: QuoteId,
  side: z.enum(['from', 'to']).meta({ description: 'from: the amount left this wallet; to: it came in' }),
  other_transaction_id: TransactionId.meta({ description: 'The same conversion in the other wallet' }),
  other_amount: DecimalString,
  other_currency: Currency,
});

const StatusChange = z.object({
  status: TransactionStatus,
  at: Timestamp,
  reason: z.string().nullable(),
});

export const Transaction = z
  .object({
    id: TransactionId,
    wallet_id: WalletId,
    type: TransactionType,
    amount: DecimalString,
    currency: Currency,
    status: TransactionStatus,
    payment_method: z.string().nullable(),
    gateway: z.string().nullable(),
    gateway_transaction_id: z.string().nullable(),
    exchange_rate: z.string().nullable(),
    fees: Fees,
    description: z.string().nullable(),
    reference: z.string().nullable(),
    counterpart_id: UserId.nullable().meta({ description: 'The user on the other side' }),
    order_id: z.string().nullable(),
    destination: z
      .object({
        type: z.string(),
        bank_code: z.string().nullable(),
        account_last4: z.string().meta({ description: 'The end of the number of the account' }),
      })
      .optional()
      .meta({ description: 'Where a withdrawal goes' }),
    created_at: Timestamp,
    updated_at: Timestamp,
    completed_at: Timestamp.nullable(),
    expires_at: Timestamp.nullable().meta({ description: 'Until when a deposit waits for its payer' }),
    conversion: Conversion.optional().meta({ description: 'The other side, of a conversion' }),
    qr_code: z.string().optional().meta({ description: 'EMVCo payload to show, while a deposit waits for its payer' }),
    payment_url: z
      .string()
      .optional()
      .meta({ description: 'Where the payer goes, while a deposit waits for its payer' }),
    virtual_account: z.object({ bank: z.string(), account_number: z.string() }).optional().meta({
      description: 'Account of this payment alone to transfer the exact sum to, while it waits for its payer',
    }),
  })
  .meta({ id: 'Transaction' });
export type TransactionBody = z.input<typeof Transaction>;

/** One transaction with its receipt: each status it has had, oldest first. */
export const TransactionDetail = Transaction.extend({ history: z.array(StatusChange) }).meta({
  id: 'TransactionDetail',
});
export type TransactionDetailBody = z.input<typeof TransactionDetail>;

export const transactionParams = z.object({ id: TransactionId });
