import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { NextCursor, ShortListQuery } from '../../http/paging.ts';
import { Currency, DecimalString } from '../../money.ts';
import { line } from '../text.ts';
import { Transaction, transactionParams } from './transaction.ts';
import { walletParams } from './wallets.ts';

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

export const openPaymentPage = defineCall({
  name: 'openPaymentPage',
  method: 'GET',
  path: '/payments/transactions/{id}/pay',
  summary:
    'The payment_url of a deposit: leads a browser to the page of the gateway, or shows the code or account that the gateway has given; 503 until then',
  tag: 'payments',
  access: 'public',
  params: transactionParams,
  answers: { 200: 'bytes', 303: undefined },
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
