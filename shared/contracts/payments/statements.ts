import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, NextCursor, limit } from '../../http/paging.ts';
import { TransactionId, UserId, WalletId } from '../../ids.ts';
import { Currency, DecimalString } from '../../money.ts';
import { Timestamp } from '../../wire-time.ts';
import { Moment } from './history.ts';
import { Fees, transactionParams, TransactionType } from './transaction.ts';
import { walletParams } from './wallets.ts';

/** What came in is above zero, what went out below it. */
const SignedDecimal = z.string().regex(/^-?\d+(\.\d+)?$/);

const StatementEntry = z
  .object({
    seq: z.number().int().meta({ description: 'Counts the entries of the wallet from 1, without a gap' }),
    kind: z.string().meta({ description: 'Of the movement: transfer, deposit, hold, release, refund, settlement, …' }),
    amount: SignedDecimal,
    balance_after: DecimalString.meta({ description: 'What could be spent then' }),
    transfer_id: z.string().meta({ description: 'The ledger’s; the same on both sides' }),
    transaction_id: TransactionId.nullable().meta({ description: 'Null for sums that orders hold and let go' }),
    posted_at: Timestamp,
  })
  .meta({ id: 'StatementEntry' });

export const getStatement = defineCall({
  name: 'getStatement',
  method: 'GET',
  path: '/payments/wallets/{id}/statement',
  summary: 'Every entry of a wallet, newest first, with what could be spent before, between and after',
  tag: 'payments',
  access: 'user',
  params: walletParams,
  query: z.strictObject({
    from: Moment.optional().meta({ description: 'From this moment on' }),
    to: Moment.optional().meta({ description: 'Before this moment' }),
    cursor: Cursor.optional(),
    limit: limit(50),
  }),
  answers: {
    200: z
      .object({
        wallet_id: WalletId,
        currency: Currency,
        opening_balance: DecimalString.meta({ description: 'Before the first entry of the whole range' }),
        closing_balance: DecimalString.meta({ description: 'After the last entry of the whole range' }),
        entries: z.array(StatementEntry),
        next_cursor: NextCursor,
      })
      .meta({ id: 'Statement' }),
  },
  rate: 'read',
});
export type StatementBody = z.input<(typeof getStatement)['answers'][200]>;

const Party = z.object({
  user_id: UserId.nullable(),
  name: z
    .string()
    .nullable()
    .meta({ description: 'Null for a gateway, and for people whose name the caller may not see' }),
});

const Receipt = z
  .object({
    receipt_number: z.string(),
    transaction_id: TransactionId,
    type: TransactionType,
    payer: Party,
    payee: Party,
    amount: DecimalString,
    currency: Currency,
    fees: Fees,
    total: DecimalString.meta({ description: 'The amount with its fees' }),
    exchange_rate: z.string().nullable(),
    payment_method: z.string().nullable(),
    description: z.string().nullable(),
    reference: z.string().nullable(),
    order_id: z.string().nullable(),
    created_at: Timestamp,
    completed_at: Timestamp,
  })
  .meta({ id: 'Receipt' });
export type ReceiptBody = z.input<typeof Receipt>;

export const getReceipt = defineCall({
  name: 'getReceipt',
  method: 'GET',
  path: '/payments/transactions/{id}/receipt',
  summary: 'The receipt of a transaction of the caller that is completed (else 409)',
  tag: 'payments',
  access: 'user',
  params: transactionParams,
  answers: { 200: Receipt },
  refuses: ['CONFLICT'],
  rate: 'read',
});

export const printReceipt = defineCall({
  name: 'printReceipt',
  method: 'GET',
  path: '/payments/transactions/{id}/receipt/page',
  summary: 'The same as a page to read and to print, in the language and time zone of the caller',
  tag: 'payments',
  access: 'user',
  params: transactionParams,
  answers: { 200: 'bytes' },
  refuses: ['CONFLICT'],
  rate: 'read',
});
