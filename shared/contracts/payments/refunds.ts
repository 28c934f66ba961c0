import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { DecimalString } from '../../money.ts';
import { Transaction, transactionParams } from './transaction.ts';

export const refundTransaction = defineCall({
  name: 'refundTransaction',
  method: 'POST',
  path: '/payments/transactions/{id}/refund',
  summary:
    'Give money back, all that is left unless an amount is named: a deposit to whom it came from, by its owner; the payment of an order to the customer, by the merchant',
  tag: 'payments',
  access: 'user',
  params: transactionParams,
  body: z.strictObject({ amount: DecimalString.optional() }),
  answers: { 201: Transaction },
  refuses: ['INSUFFICIENT_FUNDS'],
  idempotency: 'required',
  rate: 'money',
});
