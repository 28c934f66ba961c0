import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, NextCursor, limit } from '../../http/paging.ts';
import { MoneyRequestId, TransactionId, UserId } from '../../ids.ts';
import { Currency, DecimalString, withMoney } from '../../money.ts';
import { Timestamp } from '../../wire-time.ts';
import { line } from '../text.ts';
import { Transaction } from './transaction.ts';

export const MONEY_REQUEST_STATUSES = ['open', 'paid', 'declined', 'cancelled', 'expired'] as const;

const MoneyRequest = z
  .object({
    id: MoneyRequestId,
    requester_id: UserId,
    payer_id: UserId,
    amount: DecimalString,
    currency: Currency,
    note: z.string().nullable(),
    status: z.enum(MONEY_REQUEST_STATUSES),
    transaction_id: TransactionId.nullable().meta({
      description: 'The payer’s, once it is paid; only the payer sees it',
    }),
    created_at: Timestamp,
    updated_at: Timestamp,
    expires_at: Timestamp,
  })
  .meta({ id: 'MoneyRequest' });
export type MoneyRequestBody = z.input<typeof MoneyRequest>;

const requestParams = z.object({ id: MoneyRequestId });
const ofRequest = { tag: 'payments', access: 'user', params: requestParams } as const;

export const createMoneyRequest = defineCall({
  name: 'createMoneyRequest',
  method: 'POST',
  path: '/payments/requests',
  summary: 'Ask someone for money; there are at most five open ones to one person, and fifty a day (429)',
  tag: 'payments',
  access: 'user',
  body: z
    .strictObject({
      payer_id: UserId,
      amount: DecimalString,
      currency: Currency,
      note: line(0, 200).optional(),
      expires_at: z.iso.datetime({ offset: true }).optional().meta({ description: 'Within 30 days; else in 7 days' }),
    })
    .transform(withMoney),
  answers: { 201: MoneyRequest },
  refuses: ['NOT_FOUND', 'CONFLICT', 'RATE_LIMIT_EXCEEDED'],
  idempotency: 'accepted',
  rate: 'write',
});

export const listMoneyRequests = defineCall({
  name: 'listMoneyRequests',
  method: 'GET',
  path: '/payments/requests',
  summary: 'What the caller is asked for, or asks others for, newest first',
  tag: 'payments',
  access: 'user',
  query: z.strictObject({
    direction: z.enum(['incoming', 'outgoing']).default('incoming'),
    cursor: Cursor.optional(),
    limit: limit(20),
  }),
  answers: { 200: z.object({ requests: z.array(MoneyRequest), next_cursor: NextCursor }) },
  rate: 'read',
});

export const getMoneyRequest = defineCall({
  ...ofRequest,
  name: 'getMoneyRequest',
  method: 'GET',
  path: '/payments/requests/{id}',
  summary: 'One request, for either side',
  answers: { 200: MoneyRequest },
  rate: 'read',
});

export const payMoneyRequest = defineCall({
  ...ofRequest,
  name: 'payMoneyRequest',
  method: 'POST',
  path: '/payments/requests/{id}/pay',
  summary: 'Pay what one is asked for, once, by a transfer; needs the Step-Up header where a transfer does',
  body: z.strictObject({ description: line(0, 200).optional() }),
  answers: { 201: Transaction },
  refuses: ['STEP_UP_REQUIRED', 'INSUFFICIENT_FUNDS', 'LIMIT_EXCEEDED'],
  idempotency: 'required',
  rate: 'money',
});

export const declineMoneyRequest = defineCall({
  ...ofRequest,
  name: 'declineMoneyRequest',
  method: 'POST',
  path: '/payments/requests/{id}/decline',
  summary: 'Decline what one is asked for; again: changes nothing',
  answers: { 200: MoneyRequest },
  rate: 'write',
});

export const cancelMoneyRequest = defineCall({
  ...ofRequest,
  name: 'cancelMoneyRequest',
  method: 'POST',
  path: '/payments/requests/{id}/cancel',
  summary: 'Take back what one has asked for; again: changes nothing',
  answers: { 200: MoneyRequest },
  rate: 'write',
});
