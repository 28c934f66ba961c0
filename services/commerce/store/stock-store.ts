import type { ProductId, ShopId, VariantId } from '#shared/ids.ts';
import { type Sql, statement, type Tx } from '#shared/sql.ts';

/** The id of what is counted: a product, or one of its variants. */
export type ItemId = ProductId | VariantId;

export type Wanted = { readonly itemId: ItemId; readonly quantity: number };

/** One place for the rows of {@link wantedValues}. */
const WANTED = 'unnest($1::uuid[], $2::bigint[]) AS wanted (item_id, quantity)';

function wantedValues(wanted: readonly Wanted[]): unknown[] {
  return [wanted.map((item) => item.itemId), wanted.map((item) => item.quantity)];
}

const RESERVE = statement(
  'commerce.reserve-stock',
  `WITH locked AS MATERIALIZED (
     SELECT stock.item_id, wanted.quantity FROM commerce.stock JOIN ${WANTED} USING (item_id)
     WHERE stock.quantity >= wanted.quantity
     ORDER BY stock.item_id
     FOR NO KEY UPDATE OF stock
   )
   UPDATE commerce.stock SET quantity = stock.quantity - locked.quantity
   FROM locked WHERE stock.item_id = locked.item_id AND stock.quantity >= locked.quantity
   RETURNING stock.item_id`,
);

/**
 * Takes what is wanted off the stock, all or as much as there is, locking rows in id order so that two checkouts never
 * wait for each other in a circle.
 *
 * @returns the items that were there in the wanted quantity; the caller gives up the transaction when one is missing
 */
export async function reserveStock(tx: Tx, wanted: readonly Wanted[]): Promise<Set<string>> {
  const rows = await tx.rows<{ item_id: string }>(RESERVE, wantedValues(wanted));
  return new Set(rows.map((row) => row.item_id));
}

const RELEASE = statement(
  'commerce.release-stock',
  `WITH locked AS MATERIALIZED (
     SELECT stock.item_id, item.quantity FROM commerce.stock
     JOIN commerce.order_items AS item ON stock.item_id = COALESCE(item.variant_id, item.product_id)
     WHERE item.order_id = $1
     ORDER BY stock.item_id
     FOR NO KEY UPDATE OF stock
   )
   UPDATE commerce.stock SET quantity = stock.quantity + locked.quantity
   FROM locked WHERE stock.item_id = locked.item_id`,
);

/** Puts an order's items back. The caller makes sure that this happens once. */
export async function releaseStock(tx: Tx, orderId: string): Promise<void> {
  await tx.rows(RELEASE, [orderId]);
}

export type StockRow = {
  readonly item_id: ItemId;
  readonly product_id: ProductId;
  readonly shop_id: ShopId;
  readonly sku: string | null;
  readonly quantity: number;
};

const SAVE = statement(
  'commerce.save-stock',
  `INSERT INTO commerce.stock (item_id, product_id, shop_id, sku, quantity)
   SELECT item.item_id, item.product_id, item.shop_id, item.sku, item.quantity
   FROM jsonb_populate_recordset(NULL::commerce.stock, $1::jsonb) AS item
   ORDER BY item.item_id
   ON CONFLICT (item_id) DO UPDATE SET sku = excluded.sku, quantity = excluded.quantity`,
);

/** Counts items anew. */
export async function saveStock(tx: Tx, rows: readonly StockRow[]): Promise<void> {
  await tx.rows(SAVE, [JSON.stringify(rows)]);
}

const RELABEL = statement('commerce.relabel-stock', 'UPDATE commerce.stock SET sku = $2 WHERE stock.item_id = $1');

/** Gives an item another SKU and leaves its count, which checkouts change meanwhile. */
export async function relabelStock(tx: Tx, itemId: ItemId, sku: string | null): Promise<void> {
  await tx.rows(RELABEL, [itemId, sku]);
}

const TAKEN = statement(
  'commerce.taken-sku',
  `SELECT stock.sku FROM commerce.stock
   WHERE stock.shop_id = $1 AND stock.sku = ANY($2::text[]) AND stock.item_id <> ALL($3::uuid[]) LIMIT 1`,
);

/** One of these SKUs that another item of the shop has already. */
export async function takenSku(sql: Sql, shopId: ShopId, rows: readonly StockRow[]): Promise<string | undefined> {
  const skus = rows.flatMap((row) => (row.sku === null ? [] : [row.sku]));
  const [found] = await sql.rows<{ sku: string }>(TAKEN, [shopId, skus, rows.map((row) => row.item_id)]);
  return found?.sku;
}
