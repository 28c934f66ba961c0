import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { OrderId, ProductId, UserId } from '../../ids.ts';
import { Timestamp } from '../../wire-time.ts';
import { words } from '../text.ts';

export const ReviewBody = z.strictObject({
  order_id: OrderId,
  rating: z.number().int().min(1).max(5),
  text: words(2000).optional(),
});
export type ReviewBody = z.infer<typeof ReviewBody>;

export const Review = z
  .object({
    id: z.string(),
    product_id: ProductId,
    order_id: OrderId,
    customer_id: UserId,
    rating: z.number().int(),
    text: z.string().nullable(),
    created_at: Timestamp,
  })
  .meta({ id: 'Review' });
export type Review = z.input<typeof Review>;

export const ReviewProduct = defineCall({
  name: 'reviewProduct',
  method: 'POST',
  path: '/commerce/products/{id}/reviews',
  summary: 'Review a product of a delivered order, once',
  tag: 'commerce',
  access: 'user',
  params: z.strictObject({ id: ProductId }),
  body: ReviewBody,
  answers: { 201: Review },
  idempotency: 'accepted',
  rate: 'write',
});
