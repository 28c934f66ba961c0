import knex from 'knex';
import type { Caller } from '#shared/caller.ts';
import type { Product, ProductQuery } from '#shared/contracts/commerce/product.ts';
import { AppError } from '#shared/errors.ts';
import { encodeCursor } from '#shared/http/paging.ts';
import type { ProductId } from '#shared/ids.ts';
import { type Statement, statement } from '#shared/sql.ts';
import { idAfter, priceAfter } from './cursors.ts';
import type { CommercePorts } from './ports.ts';
import { readAmount } from './pricing.ts';
import { searchQuery } from './search-words.ts';
import {
  findProduct,
  type FoundProduct,
  PRODUCT_COLUMNS,
  PRODUCT_TABLES,
  type ProductRow,
} from './store/product-store.ts';
import { productView } from './views.ts';

/** One product: what a verified shop sells is everybody's to see, a draft its owner's. @throws {AppError} NOT_FOUND */
export function makeGetProduct({ databases }: CommercePorts) {
  return async (caller: Caller, id: ProductId): Promise<Product> => {
    const product = await findProduct(databases.of('core'), id);
    if (product === undefined || !isShownTo(caller, product)) throw new AppError('NOT_FOUND');
    return productView(product);
  };
}

/** Whether someone may see a product: what is on sale everybody, all else its owner. */
export function isShownTo({ userId }: Pick<Caller, 'userId'>, product: FoundProduct): boolean {
  return product.owner_id === userId || (product.status === 'active' && product.verification_status === 'verified');
}

type Listing = { products: Product[]; next_cursor: string | null };

/** What verified shops sell, filtered, sorted and paged. @throws {AppError} VALIDATION_ERROR for a foreign cursor */
export function makeListProducts({ databases }: CommercePorts) {
  return async (query: ProductQuery): Promise<Listing> => {
    const words = query.search === undefined ? undefined : searchQuery(query.search);
    if (query.search !== undefined && words === undefined) return { products: [], next_cursor: null };
    const { listing, values } = listingOf(query, words);
    const rows = await databases.of('core').rows<ProductRow>(listing, values);
    const shown = rows.slice(0, query.limit);
    return {
      products: shown.map(productView),
      next_cursor: rows.length > query.limit ? cursorAt(query, shown.at(-1)!) : null,
    };
  };
}

function cursorAt(query: ProductQuery, { price, id }: ProductRow): string {
  return encodeCursor(query.sort === 'newest' ? [id] : [price.toString(), id]);
}

/** Writes SQL and connects to nothing. */
const sql = knex({ client: 'pg' });

/**
 * The listing's statement, written for just the filters that are used, so that each can use its index. There are fewer
 * than a hundred shapes in use; each has its own name, so the server keeps its plan.
 */
function listingOf(query: ProductQuery, words: string | undefined): { listing: Statement; values: readonly unknown[] } {
  const select = sql
    .select(sql.raw(PRODUCT_COLUMNS))
    .fromRaw(PRODUCT_TABLES)
    .joinRaw(`JOIN commerce.shops ON shops.id = products.shop_id AND shops.verification_status = 'verified'`)
    .whereRaw(`products.status = 'active'`)
    .limit(query.limit + 1);
  const shape: string[] = [query.sort];
  const filter = (name: string, condition: string, ...values: string[]) => {
    shape.push(name);
    void select.whereRaw(condition, values);
  };
  const { category, currency, shop_id: shopId, min_price: min, max_price: max, sort, cursor } = query;
  if (words !== undefined) filter('words', 'products.found_by @@ ?::tsquery', words);
  if (category !== undefined) filter('category', 'products.category = ?', category);
  if (shopId !== undefined) filter('shop', 'products.shop_id = ?', shopId);
  if (currency !== undefined) {
    filter('currency', 'products.currency = ?', currency);
    if (min !== undefined)
      filter('min', 'products.price >= ?::bigint', readAmount('min_price', min, currency).toString());
    if (max !== undefined)
      filter('max', 'products.price <= ?::bigint', readAmount('max_price', max, currency).toString());
  }
  if (sort === 'newest') {
    const after = idAfter(cursor);
    if (after !== undefined) filter('after', 'products.id < ?', after);
    void select.orderByRaw('products.id DESC');
  } else {
    const [isAfter, direction] = sort === 'price_asc' ? ['>', 'ASC'] : ['<', 'DESC'];
    const after = priceAfter(cursor);
    if (after !== undefined) {
      filter('after', `(products.price, products.id) ${isAfter} (?::bigint, ?::uuid)`, after.price, after.id);
    }
    void select.orderByRaw(`products.price ${direction}, products.id ${direction}`);
  }
  const { sql: text, bindings } = select.toSQL().toNative();
  // Postgres cuts names at 63 characters, so filters are told by their first letters.
  const name = `commerce.list-products.${sort}.${shape
    .slice(1)
    .map((part) => part.slice(0, 2))
    .join('')}`;
  return { listing: statement(name, text), values: bindings };
}
