import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, limit, NextCursor } from '../../http/paging.ts';
import { OrderId, SettlementId, TransactionId } from '../../ids.ts';
import { Currency, DecimalString } from '../../money.ts';
import { Timestamp } from '../../wire-time.ts';

const sums = {
  gross: DecimalString.meta({ description: 'What the customers paid' }),
  refunded: DecimalString.meta({ description: 'What of it went back to them' }),
  commission: DecimalString,
  processing_fee: DecimalString,
  tax: DecimalString.meta({ description: 'VAT, GST or service tax on both fees' }),
  net: z.string().meta({ description: 'What the wallet got; below zero is what it gave' }),
};

/** What a merchant was paid in a currency on a day of their own calendar. */
const Settlement = z
  .object({
    id: SettlementId,
    day: z.string().meta({ description: 'As in 2026-11-24' }),
    currency: Currency,
    orders: z.number().int(),
    ...sums,
    created_at: Timestamp,
  })
  .meta({ id: 'Settlement' });
export type SettlementBody = z.input<typeof Settlement>;

const SettlementLine = z.object({
  kind: z.enum(['order', 'refund']).meta({ description: 'refund: given back after the order was paid out' }),
  order_id: OrderId,
  payment_id: TransactionId.meta({ description: 'The payment, which a refund names' }),
  transaction_id: TransactionId.meta({ description: 'The movement in the wallet of the merchant' }),
  ...sums,
  created_at: Timestamp,
});
export type SettlementLineBody = z.input<typeof SettlementLine>;

const SettlementDetail = Settlement.extend({ lines: z.array(SettlementLine) }).meta({ id: 'SettlementDetail' });
export type SettlementDetailBody = z.input<typeof SettlementDetail>;

const byId = z.strictObject({ id: SettlementId });

export const listSettlements = defineCall({
  name: 'listSettlements',
  method: 'GET',
  path: '/payments/settlements',
  summary: 'What the caller was paid for orders, a statement for each day and currency, the newest first',
  tag: 'payments',
  access: 'user',
  query: z.strictObject({ currency: Currency.optional(), cursor: Cursor.optional(), limit: limit(20) }),
  answers: { 200: z.object({ settlements: z.array(Settlement), next_cursor: NextCursor }) },
  rate: 'read',
});

export const getSettlement = defineCall({
  name: 'getSettlement',
  method: 'GET',
  path: '/payments/settlements/{id}',
  summary: 'One statement with its orders: what was paid, given back, charged, and reached the wallet',
  tag: 'payments',
  access: 'user',
  params: byId,
  answers: { 200: SettlementDetail },
  rate: 'read',
});

export const exportSettlement = defineCall({
  name: 'exportSettlement',
  method: 'GET',
  path: '/payments/settlements/{id}/csv',
  summary: 'The same as a table for spreadsheets (text/csv)',
  tag: 'payments',
  access: 'user',
  params: byId,
  answers: { 200: 'bytes' },
  rate: 'read',
});

const Refund = z.object({
  id: TransactionId,
  amount: DecimalString,
  reason: z.string().nullable(),
  created_at: Timestamp,
});

const OrderPayment = z
  .object({
    order_id: OrderId,
    transaction_id: TransactionId.meta({ description: 'The payment, which a refund or a dispute names' }),
    status: z.enum(['held', 'captured', 'released', 'refunded', 'settled']),
    amount: DecimalString,
    refunded_amount: DecimalString,
    currency: Currency,
    refunds: z.array(Refund),
  })
  .meta({ id: 'OrderPayment' });
export type OrderPaymentBody = z.input<typeof OrderPayment>;

export const getOrderPayment = defineCall({
  name: 'getOrderPayment',
  method: 'GET',
  path: '/payments/orders/{id}',
  summary: 'The payment of an order and what went back of it, for its customer and its merchant',
  tag: 'payments',
  access: 'user',
  params: z.strictObject({ id: OrderId }),
  answers: { 200: OrderPayment },
  rate: 'read',
});
