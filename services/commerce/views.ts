import type { Order } from '#shared/contracts/commerce/order.ts';
import type { Product } from '#shared/contracts/commerce/product.ts';
import type { Review } from '#shared/contracts/commerce/review.ts';
import type { Shop } from '#shared/contracts/commerce/shop.ts';
import { workflowId } from '#shared/workflows/command.ts';
import { type OrderMark, OrderWorkflow } from '#shared/workflows/order.ts';
import { written } from './pricing.ts';
import type { OrderRow } from './store/order-store.ts';
import type { Shipping, ShopContactRow } from './store/personal-store.ts';
import { type ProductRow, shownStatus } from './store/product-store.ts';
import type { ReviewRow } from './store/review-store.ts';
import type { ShopRow } from './store/shop-store.ts';

/** A shop on the wire; how to reach it only with `contact`, for those who may know. */
export function shopView(row: ShopRow, contact?: ShopContactRow | 'none'): Shop {
  const reach = contact === 'none' ? { contact: null, address: null } : contact;
  return {
    id: row.id,
    owner_id: row.owner_id,
    name: row.name,
    description: row.description,
    category: row.category,
    country: row.country,
    verification_status: row.verification_status,
    settings: row.settings,
    ...(reach === undefined ? {} : { contact: reach.contact, address: reach.address }),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

export function productView(row: ProductRow): Product {
  return {
    id: row.id,
    shop_id: row.shop_id,
    name: row.name,
    description: row.description,
    category: row.category,
    brand: row.brand,
    sku: row.sku,
    price: written(row.price, row.currency),
    currency: row.currency,
    stock_quantity: Number(row.quantity),
    status: shownStatus(row),
    images: row.images,
    attributes: row.attributes,
    variants: row.variants.map((variant) => ({
      id: variant.id,
      name: variant.name,
      sku: variant.sku,
      price_adjustment: written(BigInt(variant.price_adjustment), row.currency),
      stock_quantity: variant.quantity,
      attributes: variant.attributes,
    })),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

/** An order on the wire, without where it goes: see {@link withShipping}. */
export function orderView(row: OrderRow): Order {
  return {
    id: row.id,
    workflow_id: workflowId(OrderWorkflow, row.id),
    shop_id: row.shop_id,
    customer_id: row.customer_id,
    items: row.items.map((item) => ({
      product_id: item.product_id,
      variant_id: item.variant_id,
      name: item.name,
      quantity: item.quantity,
      unit_price: written(BigInt(item.unit_price), row.currency),
      total_price: written(BigInt(item.total), row.currency),
    })),
    subtotal: written(row.subtotal, row.currency),
    tax_amount: written(row.tax, row.currency),
    tax_included: true,
    shipping_cost: written(row.shipping, row.currency),
    total_amount: written(row.total, row.currency),
    currency: row.currency,
    payment_status: row.payment_status,
    refunded_amount: written(row.refunded, row.currency),
    status: row.status,
    tracking_number: row.tracking_number,
    carrier: row.carrier,
    shipped_at: row.shipped_at?.toISOString() ?? null,
    delivered_at: row.delivered_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

export function withShipping(order: Order, shipping: Shipping | undefined): Order {
  return { ...order, shipping_address: shipping?.address ?? null, notes: shipping?.notes ?? null };
}

/** The order as a step left it, though its workflow may have gone on since. */
export function asLeftBy(order: Order, mark: OrderMark): Order {
  return { ...order, status: mark.status, payment_status: mark.paymentStatus, updated_at: mark.at };
}

export function reviewView(row: ReviewRow): Review {
  return {
    id: row.id,
    product_id: row.product_id,
    order_id: row.order_id,
    customer_id: row.customer_id,
    rating: row.rating,
    text: row.text,
    created_at: row.created_at.toISOString(),
  };
}
