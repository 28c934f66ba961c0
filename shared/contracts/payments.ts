import { z } from 'zod';
import { defineCall } from '../http/call.ts';
import { Cursor, NextCursor, ShortListQuery, limit } from '../http/paging.ts';
import { TransactionId, UserId, WalletId } from '../ids.ts';
import { Currency, DecimalString, withMoney } from '../money.ts';
import { Timestamp } from '../wire-time.ts';
import { line } from './text.ts';

export const WALLET_STATUSES = ['active', 'suspended', 'closed'] as const;
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

const Wallet = z
  .object({
    id: WalletId,
    user_id: UserId,
    currency: Currency,
    balance: DecimalString.meta({ description: 'Everything in the wallet, held sums included' }),
    frozen_balance: DecimalString.meta({ description: 'Held for orders that are under way' }),
    available_balance: DecimalString.meta({ description: 'balance less frozen_balance' }),
    daily_limit: DecimalString,
    monthly_limit: DecimalString,
    used_this_month: DecimalString.meta({
      description: 'What left or is held this month, in the time zone of the home country',
    }),
    status: z.enum(WALLET_STATUSES),
    is_primary: z.boolean(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Wallet' });
export type WalletBody = z.input<typeof Wallet>;

const Fees = z.object({
  processing_fee: DecimalString,
  conversion_fee: DecimalString,
  total_fees: DecimalString,
});

const StatusChange = z.object({
  status: TransactionStatus,
  at: Timestamp,
  reason: z.string().nullable(),
});

const Transaction = z
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
    created_at: Timestamp,
    updated_at: Timestamp,
    completed_at: Timestamp.nullable(),
    expires_at: Timestamp.nullable().meta({ description: 'Until when a deposit waits for its payer' }),
    qr_code: z.string().optional().meta({ description: 'EMVCo payload to show, while a deposit waits for its payer' }),
    payment_url: z
      .string()
      .optional()
      .meta({ description: 'Where the payer goes, while a deposit waits for its payer' }),
  })
  .meta({ id: 'Transaction' });
export type TransactionBody = z.input<typeof Transaction>;

/** One transaction with its receipt: each status it has had, oldest first. */
const TransactionDetail = Transaction.extend({ history: z.array(StatusChange) }).meta({
  id: 'TransactionDetail',
});
export type TransactionDetailBody = z.input<typeof TransactionDetail>;

const PaymentMethod = z
  .object({
    type: z.string(),
    name: z.string(),
    supported_currencies: z.array(Currency),
    min_amount: DecimalString,
    max_amount: DecimalString,
    fee_percentage: z.string(),
    fee_fixed: DecimalString,
  })
  .meta({ id: 'PaymentMethod' });
export type PaymentMethodBody = z.input<typeof PaymentMethod>;

const walletParams = z.object({ id: WalletId });
const transactionParams = z.object({ id: TransactionId });

export const listWallets = defineCall({
  name: 'listWallets',
  method: 'GET',
  path: '/payments/wallets',
  summary: 'The wallets of the caller',
  tag: 'payments',
  access: 'user',
  query: ShortListQuery,
  answers: { 200: z.object({ wallets: z.array(Wallet), next_cursor: NextCursor }) },
  rate: 'read',
});

export const createWallet = defineCall({
  name: 'createWallet',
  method: 'POST',
  path: '/payments/wallets',
  summary: 'Open a wallet; there is one per currency, and the first one is the primary one',
  tag: 'payments',
  access: 'user',
  body: z.strictObject({ currency: Currency, is_primary: z.boolean().optional() }),
  answers: { 201: Wallet },
  idempotency: 'accepted',
  rate: 'write',
});

export const createDeposit = defineCall({
  name: 'createDeposit',
  method: 'POST',
  path: '/payments/wallets/{id}/deposit',
  summary: 'Ask a gateway to collect money into a wallet; the answer has a qr_code or a payment_url',
  tag: 'payments',
  access: 'user',
  params: walletParams,
  body: z.strictObject({
    amount: DecimalString,
    payment_method: line(1, 40),
    description: line(0, 200).optional(),
  }),
  answers: { 201: Transaction },
  refuses: ['LIMIT_EXCEEDED'],
  idempotency: 'required',
  rate: 'money',
});

export const createTransfer = defineCall({
  name: 'createTransfer',
  method: 'POST',
  path: '/payments/transfers',
  summary: 'Pay another user; needs the Step-Up header for someone never paid before, or for a large sum',
  tag: 'payments',
  access: 'user',
  body: z
    .strictObject({
      wallet_id: WalletId,
      recipient_id: UserId,
      amount: DecimalString,
      currency: Currency,
      description: line(0, 200).optional(),
      reference: line(0, 100).optional(),
    })
    .transform(withMoney),
  answers: { 201: Transaction },
  refuses: ['NOT_FOUND', 'STEP_UP_REQUIRED', 'INSUFFICIENT_FUNDS', 'LIMIT_EXCEEDED'],
  idempotency: 'required',
  rate: 'money',
});

const Moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()]).transform((text) => new Date(text));

export const listTransactions = defineCall({
  name: 'listTransactions',
  method: 'GET',
  path: '/payments/transactions',
  summary: 'The history of the caller, newest first',
  tag: 'payments',
  access: 'user',
  query: z.strictObject({
    wallet_id: WalletId.optional(),
    type: TransactionType.optional(),
    from: Moment.optional().meta({ description: 'From this moment on' }),
    to: Moment.optional().meta({ description: 'Before this moment' }),
    cursor: Cursor.optional(),
    limit: limit(20),
  }),
  answers: { 200: z.object({ transactions: z.array(Transaction), next_cursor: NextCursor }) },
  rate: 'read',
});

export const getTransaction = defineCall({
  name: 'getTransaction',
  method: 'GET',
  path: '/payments/transactions/{id}',
  summary: 'One transaction with every status it has had',
  tag: 'payments',
  access: 'user',
  params: transactionParams,
  answers: { 200: TransactionDetail },
  rate: 'read',
});

export const openPaymentPage = defineCall({
  name: 'openPaymentPage',
  method: 'GET',
  path: '/payments/transactions/{id}/pay',
  summary:
    'The payment_url of a deposit: leads a browser to the page of the gateway, 503 until the gateway has given it',
  tag: 'payments',
  access: 'public',
  params: transactionParams,
  answers: { 303: undefined },
  refuses: ['RETRY_LATER'],
  rate: 'read',
});

export const listPaymentMethods = defineCall({
  name: 'listPaymentMethods',
  method: 'GET',
  path: '/payments/methods',
  summary: 'How money can be deposited in the country of the caller',
  tag: 'payments',
  access: 'user',
  query: ShortListQuery,
  answers: { 200: z.object({ methods: z.array(PaymentMethod), next_cursor: NextCursor }) },
  rate: 'read',
});

export const receiveGatewayWebhook = defineCall({
  name: 'receiveGatewayWebhook',
  method: 'POST',
  path: '/payments/webhooks/{gateway}',
  summary: 'What a payment gateway reports, signed by it; a report that was heard before changes nothing',
  tag: 'payments',
  access: 'public',
  params: z.object({ gateway: z.string().regex(/^[a-z0-9_-]{1,40}$/) }),
  answers: { 200: z.object({ received: z.literal(true) }) },
  refuses: ['UNAUTHORIZED'],
  rate: 'webhook',
  raw: true,
});

export const paymentsCalls = [
  listWallets,
  createWallet,
  createDeposit,
  createTransfer,
  listTransactions,
  getTransaction,
  openPaymentPage,
  listPaymentMethods,
  receiveGatewayWebhook,
] as const;
