import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { UserId, WalletId } from '../../ids.ts';
import { Currency, DecimalString, withMoney } from '../../money.ts';
import { line } from '../text.ts';
import { Transaction } from './transaction.ts';

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
