import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { NextCursor } from '../../http/paging.ts';
import { OrderId } from '../../ids.ts';
import {
  CancelBody,
  ConfirmBody,
  DeliverBody,
  Order,
  OrderQuery,
  PlaceOrderBody,
  ReturnBody,
  ShipBody,
  Timeline,
} from './order.ts';

const byId = z.strictObject({ id: OrderId });

export const PlaceOrder = defineCall({
  name: 'placeOrder',
  method: 'POST',
  path: '/commerce/orders',
  summary: 'Check out: reserves the stock and answers at once; the workflow takes the payment',
  tag: 'commerce',
  access: 'user',
  body: PlaceOrderBody,
  answers: { 201: Order },
  refuses: ['NOT_FOUND', 'OUT_OF_STOCK', 'STEP_UP_REQUIRED', 'LIMIT_EXCEEDED'],
  idempotency: 'required',
  rate: 'money',
});

export const ListOrders = defineCall({
  name: 'listOrders',
  method: 'GET',
  path: '/commerce/orders',
  summary: 'Orders that the caller placed or received, newest first',
  tag: 'commerce',
  access: 'user',
  query: OrderQuery,
  answers: { 200: z.object({ orders: z.array(Order), next_cursor: NextCursor }) },
  rate: 'read',
});

export const GetOrder = defineCall({
  name: 'getOrder',
  method: 'GET',
  path: '/commerce/orders/{id}',
  summary: 'One order, to its two sides',
  tag: 'commerce',
  access: 'user',
  params: byId,
  answers: { 200: Order },
  rate: 'read',
});

export const GetTimeline = defineCall({
  name: 'getOrderTimeline',
  method: 'GET',
  path: '/commerce/orders/{id}/timeline',
  summary: 'What happened to an order, step by step',
  tag: 'commerce',
  access: 'user',
  params: byId,
  answers: { 200: Timeline },
  rate: 'read',
});

export const ConfirmOrder = defineCall({
  name: 'confirmOrder',
  method: 'POST',
  path: '/commerce/orders/{id}/confirm',
  summary: 'The merchant accepts the order; the payment is captured',
  tag: 'commerce',
  access: 'user',
  params: byId,
  body: ConfirmBody,
  answers: { 200: Order },
  rate: 'write',
});

export const ShipOrder = defineCall({
  name: 'shipOrder',
  method: 'POST',
  path: '/commerce/orders/{id}/ship',
  summary: 'The merchant hands the parcel over',
  tag: 'commerce',
  access: 'user',
  params: byId,
  body: ShipBody,
  answers: { 200: Order },
  rate: 'write',
});

export const DeliverOrder = defineCall({
  name: 'deliverOrder',
  method: 'POST',
  path: '/commerce/orders/{id}/deliver',
  summary: 'The parcel has arrived, says the customer, or the merchant with proof',
  tag: 'commerce',
  access: 'user',
  params: byId,
  body: DeliverBody,
  answers: { 200: Order },
  rate: 'write',
});

export const CancelOrder = defineCall({
  name: 'cancelOrder',
  method: 'POST',
  path: '/commerce/orders/{id}/cancel',
  summary: 'Either side calls the order off before it is shipped; the money goes back',
  tag: 'commerce',
  access: 'user',
  params: byId,
  body: CancelBody,
  answers: { 200: Order },
  rate: 'write',
});

export const ReturnOrder = defineCall({
  name: 'returnOrder',
  method: 'POST',
  path: '/commerce/orders/{id}/return',
  summary: 'The customer opens a return within the dispute window; the merchant or ops accepts it, which refunds',
  tag: 'commerce',
  access: 'user',
  params: byId,
  body: ReturnBody,
  answers: { 200: Order },
  rate: 'write',
});
