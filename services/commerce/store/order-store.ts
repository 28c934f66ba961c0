import type { OrderStatus, PaymentStatus } from '#shared/contracts/commerce/order.ts';
import type { OrderId, ProductId, ShopId, UserId, VariantId, WalletId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

export type OrderItemRow = {
  readonly product_id: ProductId;
  readonly variant_id: VariantId | null;
  readonly name: string;
  readonly quantity: number;
  /** Minor units, as text: JSON numbers would lose digits. */
  readonly unit_price: string;
  readonly total: string;
};

export type OrderRow = {
  readonly id: OrderId;
  readonly shop_id: ShopId;
  readonly customer_id: UserId;
  readonly owner_id: UserId;
  readonly wallet_id: WalletId;
  readonly currency: Currency;
  readonly subtotal: bigint;
  readonly shipping: bigint;
  readonly total: bigint;
  readonly tax: bigint;
  readonly tax_basis_points: number;
  readonly status: OrderStatus;
  readonly payment_status: PaymentStatus;
  /** What the customer has got back. */
  readonly refunded: bigint;
  readonly tracking_number: string | null;
  readonly carrier: string | null;
  readonly confirm_within_ms: bigint;
  readonly auto_deliver_after_ms: bigint;
  readonly dispute_window_ms: bigint;
  readonly shipped_at: Date | null;
  readonly delivered_at: Date | null;
  readonly closed_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly items: readonly OrderItemRow[];
};

const COLUMNS = `orders.id, orders.shop_id, orders.customer_id, orders.owner_id, orders.wallet_id, orders.currency,
  orders.subtotal, orders.shipping, orders.total, orders.tax, orders.tax_basis_points, orders.status,
  orders.payment_status, orders.refunded, orders.tracking_number, orders.carrier, orders.confirm_within_ms,
  orders.auto_deliver_after_ms, orders.dispute_window_ms, orders.shipped_at, orders.delivered_at, orders.closed_at,
  orders.created_at, orders.updated_at,
  (SELECT jsonb_agg(jsonb_build_object('product_id', item.product_id, 'variant_id', item.variant_id, 'name', item.name,
       'quantity', item.quantity, 'unit_price', item.unit_price::text, 'total', item.total::text) ORDER BY item.line)
   FROM commerce.order_items AS item WHERE item.order_id = orders.id) AS items`;

const INSERT = statement(
  'commerce.insert-order',
  `WITH placed AS (
     INSERT INTO commerce.orders (id, shop_id, customer_id, owner_id, wallet_id, currency, subtotal, shipping, total,
       tax, tax_basis_points, confirm_within_ms, auto_deliver_after_ms, dispute_window_ms, created_at, updated_at,
       is_limited)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $17)
   )
   INSERT INTO commerce.order_items (order_id, line, product_id, variant_id, name, quantity, unit_price, total)
   SELECT $1, row_number() OVER (), item.product_id, item.variant_id, item.name, item.quantity, item.unit_price, item.total
   FROM jsonb_to_recordset($16::jsonb)
     AS item (product_id uuid, variant_id uuid, name text, quantity integer, unit_price bigint, total bigint)`,
);

/** @param isLimited whether its price is taken under lowered limits */
export async function insertOrder(tx: Tx, order: OrderRow, isLimited: boolean): Promise<void> {
  await tx.rows(INSERT, [
    order.id,
    order.shop_id,
    order.customer_id,
    order.owner_id,
    order.wallet_id,
    order.currency,
    order.subtotal,
    order.shipping,
    order.total,
    order.tax,
    order.tax_basis_points,
    order.confirm_within_ms,
    order.auto_deliver_after_ms,
    order.dispute_window_ms,
    order.created_at,
    JSON.stringify(order.items),
    isLimited,
  ]);
}

const IS_LIMITED = statement(
  'commerce.is-limited-order',
  'SELECT orders.is_limited FROM commerce.orders WHERE orders.id = $1',
);

/** Whether an order was placed under lowered limits; false for one that is not there. For other domains. */
export async function isLimitedOrder(sql: Sql, id: OrderId): Promise<boolean> {
  return (await firstRow<{ is_limited: boolean }>(sql, IS_LIMITED, [id]))?.is_limited ?? false;
}

const CATEGORY = statement(
  'commerce.category-of-order',
  `SELECT shop.category FROM commerce.orders JOIN commerce.shops AS shop ON shop.id = orders.shop_id
   WHERE orders.id = $1`,
);

/** The category of the shop that sells an order, if it has one. For other domains. */
export async function categoryOfOrder(sql: Sql, id: OrderId): Promise<string | undefined> {
  return (await firstRow<{ category: string | null }>(sql, CATEGORY, [id]))?.category ?? undefined;
}

const FIND = statement('commerce.find-order', `SELECT ${COLUMNS} FROM commerce.orders WHERE orders.id = $1`);

export function findOrder(sql: Sql, id: OrderId): Promise<OrderRow | undefined> {
  return firstRow<OrderRow>(sql, FIND, [id]);
}

export type LockedOrder = Pick<
  OrderRow,
  'id' | 'shop_id' | 'customer_id' | 'owner_id' | 'status' | 'payment_status' | 'updated_at'
>;

const LOCK = statement(
  'commerce.lock-order',
  `SELECT orders.id, orders.shop_id, orders.customer_id, orders.owner_id, orders.status, orders.payment_status,
     orders.updated_at
   FROM commerce.orders WHERE orders.id = $1 FOR NO KEY UPDATE`,
);

export function lockOrder(tx: Tx, id: string): Promise<LockedOrder | undefined> {
  return firstRow<LockedOrder>(tx, LOCK, [id]);
}

export type OrderChange = {
  readonly status: OrderStatus;
  readonly paymentStatus: PaymentStatus;
  readonly trackingNumber?: string | undefined;
  readonly carrier?: string | undefined;
  readonly closes: boolean;
  readonly at: Date;
};

const MOVE = statement(
  'commerce.move-order',
  `UPDATE commerce.orders SET status = $2, payment_status = $3,
     tracking_number = COALESCE($4, orders.tracking_number), carrier = COALESCE($5, orders.carrier),
     shipped_at = CASE WHEN $2 = 'shipped' THEN COALESCE(orders.shipped_at, $7) ELSE orders.shipped_at END,
     delivered_at = CASE WHEN $2 = 'delivered' THEN COALESCE(orders.delivered_at, $7) ELSE orders.delivered_at END,
     closed_at = CASE WHEN $6 THEN $7 ELSE orders.closed_at END, updated_at = $7
   WHERE orders.id = $1`,
);

export async function moveOrder(tx: Tx, id: string, change: OrderChange): Promise<void> {
  await tx.rows(MOVE, [
    id,
    change.status,
    change.paymentStatus,
    change.trackingNumber ?? null,
    change.carrier ?? null,
    change.closes,
    change.at,
  ]);
}

const ADD_REFUNDED = statement(
  'commerce.add-refunded',
  `UPDATE commerce.orders SET refunded = $2, updated_at = $4,
     payment_status = CASE WHEN $3 THEN 'refunded' ELSE orders.payment_status END
   WHERE orders.id = $1 AND orders.refunded < $2
   RETURNING orders.id, orders.shop_id, orders.customer_id, orders.owner_id, orders.status, orders.payment_status,
     orders.updated_at`,
);

/**
 * Writes how much an order's customer has got back so far; undefined when as much or more is written already.
 *
 * @param isWhole whether that is all of it
 */
export function addRefunded(
  tx: Tx,
  id: OrderId,
  minor: bigint,
  isWhole: boolean,
  at: Date,
): Promise<LockedOrder | undefined> {
  return firstRow<LockedOrder>(tx, ADD_REFUNDED, [id, minor, isWhole, at]);
}

export type OrderFilter = {
  readonly userId: UserId;
  readonly side?: 'customer' | 'merchant' | undefined;
  readonly shopId?: ShopId | undefined;
  readonly status?: OrderStatus | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
};

/** Each side has its index, so each is read on its own and the two are merged. */
const LIST = statement(
  'commerce.list-orders',
  `SELECT ${COLUMNS} FROM commerce.orders WHERE orders.id = ANY (ARRAY(
     SELECT found.id FROM (
       (SELECT placed.id FROM commerce.orders AS placed
        WHERE placed.customer_id = $1 AND $2::text IS DISTINCT FROM 'merchant'
          AND ($3::uuid IS NULL OR placed.shop_id = $3) AND ($4::text IS NULL OR placed.status = $4)
          AND ($5::uuid IS NULL OR placed.id < $5)
        ORDER BY placed.id DESC LIMIT $6)
       UNION
       (SELECT received.id FROM commerce.orders AS received
        WHERE received.owner_id = $1 AND $2::text IS DISTINCT FROM 'customer'
          AND ($3::uuid IS NULL OR received.shop_id = $3) AND ($4::text IS NULL OR received.status = $4)
          AND ($5::uuid IS NULL OR received.id < $5)
        ORDER BY received.id DESC LIMIT $6)
     ) AS found ORDER BY found.id DESC LIMIT $6))
   ORDER BY orders.id DESC`,
);

/** Orders that someone placed or received, newest first. */
export function listOrders(sql: Sql, filter: OrderFilter): Promise<OrderRow[]> {
  const { userId, side, shopId, status, after, limit } = filter;
  return sql.rows<OrderRow>(LIST, [userId, side ?? null, shopId ?? null, status ?? null, after ?? null, limit]);
}
