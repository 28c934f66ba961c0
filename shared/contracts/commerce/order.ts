import { z } from 'zod';
import { Cursor, limit } from '../../http/paging.ts';
import { OrderId, ProductId, ShopId, UserId, VariantId, WalletId } from '../../ids.ts';
import { Currency } from '../../money.ts';
import { Timestamp } from '../../wire-time.ts';
import { prose, words } from '../text.ts';
import { checkPostcode, placeFields } from './fields.ts';

export const ORDER_STATUSES = [
  'pending',
  'confirmed',
  'processing',
  'shipped',
  'delivered',
  'cancelled',
  'refunded',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];
export const PAYMENT_STATUSES = ['pending', 'paid', 'failed', 'refunded'] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

export const ShippingAddress = z
  .strictObject({
    /** Without a name the parcel is for the account holder. */
    name: words(100).optional(),
    phone: z
      .string()
      .regex(/^\+[1-9]\d{7,14}$/, 'must be in E.164 form, such as +66812345678')
      .optional(),
    ...placeFields,
  })
  .superRefine(checkPostcode);
export type ShippingAddress = z.infer<typeof ShippingAddress>;

const ItemBody = z.strictObject({
  product_id: ProductId,
  variant_id: VariantId.optional(),
  quantity: z.number().int().min(1).max(999),
});

/** What a customer asks for. Prices are not among it: the server computes every amount. */
export const PlaceOrderBody = z
  .strictObject({
    shop_id: ShopId,
    items: z.array(ItemBody).min(1).max(50),
    currency: Currency,
    wallet_id: WalletId.optional(),
    payment_method: words(50).optional(),
    shipping_address: ShippingAddress,
    notes: prose(500).optional(),
  })
  .superRefine((body, context) => {
    if ((body.wallet_id === undefined) === (body.payment_method === undefined)) {
      context.addIssue({ code: 'custom', path: ['wallet_id'], message: 'give either wallet_id or payment_method' });
    }
    const seen = new Set<string>();
    for (const [index, item] of body.items.entries()) {
      const sold = item.variant_id ?? item.product_id;
      if (seen.has(sold))
        context.addIssue({ code: 'custom', path: ['items', index], message: 'is in the order already' });
      seen.add(sold);
    }
  });
export type PlaceOrderBody = z.infer<typeof PlaceOrderBody>;

const OrderItem = z.object({
  product_id: ProductId,
  variant_id: VariantId.nullable(),
  name: z.string(),
  quantity: z.number().int(),
  unit_price: z.string(),
  total_price: z.string(),
});

/**
 * Amounts are decimal strings in `currency`. Prices include tax, so `total_amount` is `subtotal` plus `shipping_cost`,
 * and `tax_amount` is the tax contained in it.
 */
export const Order = z
  .object({
    id: OrderId,
    workflow_id: z.string(),
    shop_id: ShopId,
    customer_id: UserId,
    items: z.array(OrderItem),
    subtotal: z.string(),
    tax_amount: z.string(),
    tax_included: z.literal(true),
    shipping_cost: z.string(),
    total_amount: z.string(),
    currency: Currency,
    payment_status: z.enum(PAYMENT_STATUSES),
    /** What the customer has got back of it. */
    refunded_amount: z.string(),
    status: z.enum(ORDER_STATUSES),
    tracking_number: z.string().nullable(),
    carrier: z.string().nullable(),
    /** Left out of lists. */
    shipping_address: ShippingAddress.nullable().optional(),
    notes: z.string().nullable().optional(),
    shipped_at: Timestamp.nullable(),
    delivered_at: Timestamp.nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Order' });
export type Order = z.input<typeof Order>;

export const OrderQuery = z.strictObject({
  /** Only the orders that the caller placed, or only those that the caller's shops received. */
  side: z.enum(['customer', 'merchant']).optional(),
  shop_id: ShopId.optional(),
  status: z.enum(ORDER_STATUSES).optional(),
  cursor: Cursor.optional(),
  limit: limit(20),
});
export type OrderQuery = z.infer<typeof OrderQuery>;

export const STORY_STATUSES = ['started', 'completed', 'failed', 'compensated', 'waiting'] as const;
export type StoryStatus = (typeof STORY_STATUSES)[number];

/** One line of an order's story. */
export const StoryEvent = z.object({
  at: Timestamp,
  step: z.string(),
  status: z.enum(STORY_STATUSES),
  attempt: z.number().int(),
  actor: z.enum(['customer', 'merchant', 'ops', 'system']),
  reason: z.string().optional(),
});
export type StoryEvent = z.input<typeof StoryEvent>;

export const Timeline = z.object({ workflow_id: z.string(), events: z.array(StoryEvent) });
export type Timeline = z.input<typeof Timeline>;

const Reason = words(500);

export const ConfirmBody = z.strictObject({}).optional();
export const ShipBody = z
  .strictObject({ tracking_number: words(64).optional(), carrier: words(50).optional() })
  .optional();
export const DeliverBody = z.strictObject({ proof: Reason.optional(), reason: Reason.optional() }).optional();
export const CancelBody = z.strictObject({ reason: Reason.optional() }).optional();
export const ReturnBody = z
  .strictObject({ reason: Reason.optional(), accepted: z.literal(true).optional() })
  .optional();
