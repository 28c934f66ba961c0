import type { Product } from '#shared/contracts/commerce/product.ts';
import type { ProductId, ShopId, UserId, VariantId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

export type VariantRow = {
  readonly id: VariantId;
  readonly name: string;
  readonly sku: string | null;
  /** Minor units, as text: JSON numbers would lose digits. */
  readonly price_adjustment: string;
  readonly quantity: number;
  readonly attributes: Record<string, string>;
};

export type ProductRow = {
  readonly id: ProductId;
  readonly shop_id: ShopId;
  readonly name: string;
  readonly description: string;
  readonly category: string | null;
  readonly brand: string | null;
  readonly price: bigint;
  readonly currency: Currency;
  readonly status: 'active' | 'inactive';
  readonly images: string[];
  readonly attributes: Record<string, string>;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly sku: string | null;
  readonly quantity: bigint;
  readonly variants: VariantRow[];
};

/** A product with its stock and its variants. */
export const PRODUCT_COLUMNS = `products.id, products.shop_id, products.name, products.description, products.category,
  products.brand, products.price, products.currency, products.status, products.images, products.attributes,
  products.created_at, products.updated_at, stock.sku, stock.quantity,
  (SELECT COALESCE(jsonb_agg(jsonb_build_object('id', variants.id, 'name', variants.name, 'sku', counted.sku,
       'price_adjustment', variants.price_adjustment::text, 'quantity', counted.quantity,
       'attributes', variants.attributes) ORDER BY variants.place), '[]'::jsonb)
   FROM commerce.variants JOIN commerce.stock AS counted ON counted.item_id = variants.id
   WHERE variants.product_id = products.id AND NOT variants.removed) AS variants`;

export const PRODUCT_TABLES = `commerce.products JOIN commerce.stock ON stock.item_id = products.id`;

const FIND = statement(
  'commerce.find-product',
  `SELECT ${PRODUCT_COLUMNS}, shops.owner_id, shops.verification_status
   FROM ${PRODUCT_TABLES} JOIN commerce.shops ON shops.id = products.shop_id
   WHERE products.id = $1`,
);

export type FoundProduct = ProductRow & { readonly owner_id: UserId; readonly verification_status: string };

export function findProduct(sql: Sql, id: ProductId): Promise<FoundProduct | undefined> {
  return firstRow<FoundProduct>(sql, FIND, [id]);
}

const LOCK = statement(
  'commerce.lock-product',
  'SELECT products.id FROM commerce.products WHERE products.id = $1 FOR NO KEY UPDATE',
);

/** Keeps other writers of the product's facts away until the transaction ends. Its stock is not locked. */
export async function lockProduct(tx: Tx, id: ProductId): Promise<void> {
  await tx.rows(LOCK, [id]);
}

const SAVE = statement(
  'commerce.save-product',
  `INSERT INTO commerce.products (id, shop_id, name, description, category, brand, price, currency, status, images,
     attributes, found_by, created_at, updated_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, array_to_tsvector($12::text[]), $13, $14)
   ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description,
     category = excluded.category, brand = excluded.brand, price = excluded.price, currency = excluded.currency,
     status = excluded.status, images = excluded.images, attributes = excluded.attributes,
     found_by = excluded.found_by, updated_at = excluded.updated_at`,
);

/** @param foundBy the words that it is found by */
export async function saveProduct(
  tx: Tx,
  product: Omit<ProductRow, 'sku' | 'quantity' | 'variants'>,
  foundBy: string[],
): Promise<void> {
  await tx.rows(SAVE, [
    product.id,
    product.shop_id,
    product.name,
    product.description,
    product.category,
    product.brand,
    product.price,
    product.currency,
    product.status,
    product.images,
    JSON.stringify(product.attributes),
    foundBy,
    product.created_at,
    product.updated_at,
  ]);
}

const SAVE_VARIANTS = statement(
  'commerce.save-variants',
  `WITH given AS (
     SELECT variant.id, variant.place, variant.name, variant.price_adjustment, variant.attributes
     FROM jsonb_populate_recordset(NULL::commerce.variants, $2::jsonb) AS variant
   ), removed AS (
     UPDATE commerce.variants SET removed = true
     WHERE variants.product_id = $1 AND variants.id NOT IN (SELECT given.id FROM given)
   )
   INSERT INTO commerce.variants (id, product_id, place, name, price_adjustment, attributes)
   SELECT given.id, $1, given.place, given.name, given.price_adjustment, given.attributes FROM given
   ON CONFLICT (id) DO UPDATE SET place = excluded.place, name = excluded.name,
     price_adjustment = excluded.price_adjustment, attributes = excluded.attributes`,
);

/** Makes these the product's variants, in this order; those it had besides are taken off sale. */
export async function saveVariants(tx: Tx, productId: ProductId, variants: readonly VariantRow[]): Promise<void> {
  await tx.rows(SAVE_VARIANTS, [productId, JSON.stringify(variants.map((variant, place) => ({ ...variant, place })))]);
}

export type SaleLine = {
  /** Place in the order, from 1. */
  readonly line: bigint;
  readonly product_id: ProductId;
  readonly variant_id: VariantId | null;
  readonly name: string;
  readonly variant_name: string | null;
  readonly unit_price: bigint;
  readonly currency: Currency;
};

const ON_SALE = statement(
  'commerce.on-sale',
  `SELECT wanted.line, products.id AS product_id, variants.id AS variant_id, products.name,
     variants.name AS variant_name, products.price + COALESCE(variants.price_adjustment, 0) AS unit_price,
     products.currency
   FROM unnest($2::uuid[], $3::uuid[]) WITH ORDINALITY AS wanted (product_id, variant_id, line)
   JOIN commerce.products ON products.id = wanted.product_id
     AND products.shop_id = $1 AND products.status = 'active'
   LEFT JOIN commerce.variants ON variants.id = wanted.variant_id
     AND variants.product_id = products.id AND NOT variants.removed
   WHERE wanted.variant_id IS NULL OR variants.id IS NOT NULL
   ORDER BY wanted.line`,
);

type Choice = { readonly product_id: ProductId; readonly variant_id?: VariantId | undefined };

/** What a shop has on sale of the chosen, with today's prices; what it does not sell is missing. */
export function onSale(sql: Sql, shopId: ShopId, choices: readonly Choice[]): Promise<SaleLine[]> {
  const values = [shopId, choices.map((item) => item.product_id), choices.map((item) => item.variant_id ?? null)];
  return sql.rows<SaleLine>(ON_SALE, values);
}

/** Status as people see it: what is on sale but has run out is out of stock. */
export function shownStatus(row: ProductRow): Product['status'] {
  if (row.status === 'inactive') return 'inactive';
  const left = row.quantity > 0n || row.variants.some((variant) => variant.quantity > 0);
  return left ? 'active' : 'out_of_stock';
}
