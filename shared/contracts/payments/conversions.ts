import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { QuoteId } from '../../ids.ts';
import { Currency, DecimalString } from '../../money.ts';
import { line } from '../text.ts';
import { Timestamp } from '../../wire-time.ts';
import { Transaction } from './transaction.ts';

const Quote = z
  .object({
    quote_id: QuoteId,
    from: Currency,
    to: Currency,
    amount: DecimalString.meta({ description: 'What is exchanged, in `from`' }),
    rate: z.string().meta({ description: 'What one unit of `from` buys in `to`, a plain decimal' }),
    fee: DecimalString.meta({ description: 'In `from`, on top of the amount' }),
    receive_amount: DecimalString.meta({ description: 'What comes out in `to`: amount × rate, cut down' }),
    expires_at: Timestamp,
  })
  .meta({ id: 'Quote' });
export type QuoteBody = z.input<typeof Quote>;

export const createQuote = defineCall({
  name: 'createQuote',
  method: 'POST',
  path: '/payments/quotes',
  summary: 'A rate between two currencies that is yours until it expires',
  tag: 'payments',
  access: 'user',
  body: z.strictObject({ from: Currency, to: Currency, amount: DecimalString }),
  answers: { 201: Quote },
  refuses: ['RETRY_LATER'],
  idempotency: 'accepted',
  rate: 'money',
});

export const createConversion = defineCall({
  name: 'createConversion',
  method: 'POST',
  path: '/payments/conversions',
  summary:
    'Exchange money between two of your wallets at the rate of a quote, which is spent; needs the Step-Up header for a large sum',
  tag: 'payments',
  access: 'user',
  body: z.strictObject({ quote_id: QuoteId, description: line(0, 200).optional() }),
  answers: { 201: Transaction },
  refuses: ['NOT_FOUND', 'STEP_UP_REQUIRED', 'INSUFFICIENT_FUNDS', 'LIMIT_EXCEEDED', 'RETRY_LATER'],
  idempotency: 'required',
  rate: 'money',
});

const FxCurrency = z.object({
  currency: Currency,
  state: z
    .enum(['good', 'stale', 'held', 'missing'])
    .meta({ description: 'Quotes are given for `good`; a rate is `held` that has jumped and was not accepted' }),
  per_usd: z.string().nullable().meta({ description: 'What one US dollar buys' }),
  rated_at: Timestamp.nullable(),
  position: z.string().meta({ description: 'What the house is long in it; below zero it is short' }),
  exposure_usd: z.string().nullable(),
});

const FxStanding = z
  .object({
    currencies: z.array(FxCurrency),
    exposure_max_usd: z.string().meta({ description: 'How far the house may be out in one currency' }),
  })
  .meta({ id: 'FxStanding' });
export type FxStandingBody = z.input<typeof FxStanding>;

export const showFx = defineCall({
  name: 'showFx',
  method: 'GET',
  path: '/ops/fx',
  summary: 'Which currencies are quoted, at what rate, and where the house stands in each',
  tag: 'ops',
  access: ['ops'],
  answers: { 200: FxStanding },
  rate: 'read',
});

export const acceptRate = defineCall({
  name: 'acceptRate',
  method: 'POST',
  path: '/ops/fx/accept',
  summary: 'Believe a rate that had jumped, so that it is quoted',
  tag: 'ops',
  access: ['ops'],
  body: z.strictObject({ currency: Currency, rated_at: Timestamp, reason: line(1, 200) }),
  answers: { 204: undefined },
  refuses: ['NOT_FOUND'],
  rate: 'write',
});
