import { z } from 'zod';
import { ORDER_STATUSES, PAYMENT_STATUSES } from '../contracts/commerce/order.ts';
import { PRODUCT_STATUSES } from '../contracts/commerce/product.ts';
import { VERIFICATION_STATUSES } from '../contracts/commerce/shop.ts';
import { OrderId, ProductId, ShopId, UserId, WalletId } from '../ids.ts';
import { Currency } from '../money.ts';
import { defineEvent } from './event.ts';

export const ShopChanged = defineEvent(
  'commerce.shop_changed',
  1,
  z.object({ shop_id: ShopId, owner_id: UserId, verification_status: z.enum(VERIFICATION_STATUSES) }),
  { says: 'A shop was opened, or its facts or its verification changed.', key: 'shop_id' },
);

export const ProductChanged = defineEvent(
  'commerce.product_changed',
  1,
  z.object({ product_id: ProductId, shop_id: ShopId, status: z.enum(PRODUCT_STATUSES) }),
  { says: 'A product was added or changed.', key: 'product_id' },
);

export const ProductReviewed = defineEvent(
  'commerce.product_reviewed',
  1,
  z.object({ product_id: ProductId, order_id: OrderId, customer_id: UserId, rating: z.number().int() }),
  { says: 'A customer reviewed what was delivered.', key: 'product_id' },
);

const Milliseconds = z.number().int().nonnegative();

export const OrderPlaced = defineEvent(
  'commerce.order_placed',
  1,
  z.object({
    order_id: OrderId,
    shop_id: ShopId,
    customer_id: UserId,
    owner_id: UserId.describe('The merchant who is paid.'),
    wallet_id: WalletId,
    amount: z.string().describe('The total as a decimal string.'),
    currency: Currency,
    confirm_within_ms: Milliseconds,
    auto_deliver_after_ms: Milliseconds,
    dispute_window_ms: Milliseconds,
  }),
  {
    says: "A checkout reserved its stock; starts the order's workflow, which finds here all that it needs.",
    key: 'order_id',
  },
);

export const OrderUpdated = defineEvent(
  'commerce.order_updated',
  1,
  z.object({
    order_id: OrderId,
    shop_id: ShopId,
    customer_id: UserId,
    owner_id: UserId,
    status: z.enum(ORDER_STATUSES),
    payment_status: z.enum(PAYMENT_STATUSES),
    step: z.string(),
  }),
  { says: 'An order took a step; what the live `order:updated` tells both sides.', key: 'order_id' },
);
