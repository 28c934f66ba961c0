import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { NextCursor, ShortListQuery } from '../../http/paging.ts';
import { Currency, DecimalString } from '../../money.ts';
import { line } from '../text.ts';
import { Transaction } from './transaction.ts';
import { walletParams } from './wallets.ts';

const Destination = z.strictObject({
  type: line(1, 40).meta({ description: 'A `type` of GET /payments/payouts/methods: bank, promptpay, gcash, …' }),
  bank_code: line(1, 40).optional().meta({ description: 'One of the bank_codes of that type, where it has any' }),
  account_number: line(1, 40),
  account_name: line(1, 100),
});
export type DestinationBody = z.output<typeof Destination>;

export const createWithdrawal = defineCall({
  name: 'createWithdrawal',
  method: 'POST',
  path: '/payments/wallets/{id}/withdraw',
  summary: 'Pay money out to an account at a bank or e-wallet; always needs the Step-Up header',
  tag: 'payments',
  access: 'user',
  params: walletParams,
  body: z.strictObject({
    amount: DecimalString,
    destination: Destination,
    description: line(0, 200).optional(),
  }),
  answers: { 201: Transaction },
  refuses: ['STEP_UP_REQUIRED', 'INSUFFICIENT_FUNDS', 'LIMIT_EXCEEDED'],
  idempotency: 'required',
  rate: 'money',
});

const PayoutMethod = z
  .object({
    type: z.string(),
    name: z.string(),
    currency: Currency,
    min_amount: DecimalString,
    max_amount: DecimalString,
    fee: DecimalString.meta({ description: 'What a withdrawal costs on top of its sum' }),
    bank_codes: z
      .array(z.object({ code: z.string(), name: z.string() }))
      .meta({ description: 'The banks or e-wallets of which one is to be named; none where the type says it all' }),
  })
  .meta({ id: 'PayoutMethod' });
export type PayoutMethodBody = z.input<typeof PayoutMethod>;

export const listPayoutMethods = defineCall({
  name: 'listPayoutMethods',
  method: 'GET',
  path: '/payments/payouts/methods',
  summary: 'How money can be withdrawn in the country of the caller, and what that costs',
  tag: 'payments',
  access: 'user',
  query: ShortListQuery,
  answers: { 200: z.object({ methods: z.array(PayoutMethod), next_cursor: NextCursor }) },
  rate: 'read',
});
