import type { Caller } from '#shared/caller.ts';
import type { AddProductBody, EditProductBody, Product, VariantBody } from '#shared/contracts/commerce/product.ts';
import { AppError, invalid } from '#shared/errors.ts';
import { ProductChanged } from '#shared/events/commerce.ts';
import { happened } from '#shared/events/event.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { ProductId, VariantId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import type { Tx } from '#shared/sql.ts';
import type { CommercePorts } from './ports.ts';
import { readAdjustment, readPrice } from './pricing.ts';
import { searchWords } from './search-words.ts';
import {
  findProduct,
  lockProduct,
  type ProductRow,
  saveProduct,
  saveVariants,
  shownStatus,
  type VariantRow,
} from './store/product-store.ts';
import { lockOwnShop, type ShopRow } from './store/shop-store.ts';
import { relabelStock, saveStock, type StockRow, takenSku } from './store/stock-store.ts';
import { productView } from './views.ts';

/**
 * Adds a product to a shop of the caller. Without a status it is active when it can be sold (the shop is verified, and
 * there is a picture), else a draft.
 *
 * @throws {AppError} NOT_FOUND when the shop is not the caller's, CONFLICT when the SKU is taken or the shop may not sell
 */
export function makeAddProduct(ports: CommercePorts) {
  const { databases, idempotency, clock } = ports;
  return async (caller: Caller, body: AddProductBody, key: IdempotencyKey | undefined): Promise<Product> => {
    const id = newId<ProductId>('core');
    const reply = await databases.of('core').transaction((tx) =>
      idempotency.run(tx, { userId: caller.userId, call: 'addProduct', key }, async () => {
        const shop = await lockOwnShop(tx, body.shop_id, caller.userId);
        if (shop === undefined) throw new AppError('NOT_FOUND', { details: 'There is no such shop of yours' });
        const images = body.images ?? [];
        const sellable = shop.verification_status === 'verified' && images.length > 0;
        const now = clock();
        const product: ProductRow = {
          id,
          shop_id: shop.id,
          name: body.name,
          description: body.description ?? '',
          category: body.category ?? null,
          brand: body.brand ?? null,
          price: readPrice('price', body.price, body.currency),
          currency: body.currency,
          status: body.status ?? (sellable ? 'active' : 'inactive'),
          images,
          attributes: body.attributes ?? {},
          created_at: now,
          updated_at: now,
          sku: body.sku ?? null,
          quantity: BigInt(body.stock_quantity),
          variants: readVariants(body.variants ?? [], body.currency, []),
        };
        await write(ports, tx, caller, shop, product, 'commerce.product_added');
        return { status: 201, body: productView(product) };
      }),
    );
    return reply.body;
  };
}

/**
 * Changes a product of the caller; what is left out stays, and variants, when given, replace those it has.
 *
 * @throws {AppError} NOT_FOUND when it is not the caller's, CONFLICT when the SKU is taken or the shop may not sell
 */
export function makeEditProduct(ports: CommercePorts) {
  const { databases, clock } = ports;
  return async (caller: Caller, id: ProductId, body: EditProductBody): Promise<Product> =>
    await databases.of('core').transaction(async (tx) => {
      await lockProduct(tx, id);
      const before = await findProduct(tx, id);
      const shop = before && (await lockOwnShop(tx, before.shop_id, caller.userId));
      if (before === undefined || shop === undefined) throw new AppError('NOT_FOUND');
      const currency = body.currency ?? before.currency;
      if (currency !== before.currency && body.price === undefined) {
        throw invalid('price', 'is needed with another currency');
      }
      const product: ProductRow = {
        id,
        shop_id: before.shop_id,
        name: body.name ?? before.name,
        description: body.description ?? before.description,
        category: body.category ?? before.category,
        brand: body.brand ?? before.brand,
        price: body.price === undefined ? before.price : readPrice('price', body.price, currency),
        currency,
        status: body.status ?? before.status,
        images: body.images ?? before.images,
        attributes: body.attributes ?? before.attributes,
        created_at: before.created_at,
        updated_at: clock(),
        sku: body.sku ?? before.sku,
        quantity: body.stock_quantity === undefined ? before.quantity : BigInt(body.stock_quantity),
        variants:
          body.variants === undefined ? before.variants : readVariants(body.variants, currency, before.variants),
      };
      await write(ports, tx, caller, shop, product, 'commerce.product_edited', body);
      return productView(product);
    });
}

/** @throws {AppError} VALIDATION_ERROR for an amount that is none, or an id that the product does not have */
function readVariants(given: readonly VariantBody[], currency: Currency, before: readonly VariantRow[]): VariantRow[] {
  const known = new Set<string>(before.map((variant) => variant.id));
  return given.map((variant, index) => {
    if (variant.id !== undefined && !known.delete(variant.id)) {
      throw invalid(`variants.${index}.id`, 'is not a variant of this product');
    }
    return {
      id: variant.id ?? newId<VariantId>('core'),
      name: variant.name,
      sku: variant.sku ?? null,
      price_adjustment: readAdjustment(
        `variants.${index}.price_adjustment`,
        variant.price_adjustment,
        currency,
      ).toString(),
      quantity: variant.stock_quantity,
      attributes: variant.attributes ?? {},
    };
  });
}

async function write(
  { outbox }: CommercePorts,
  tx: Tx,
  caller: Caller,
  shop: ShopRow,
  product: ProductRow,
  action: string,
  edit?: EditProductBody,
): Promise<void> {
  checkSellable(shop, product);
  const stock = stockRows(product);
  const taken = await takenSku(tx, shop.id, stock);
  if (taken !== undefined)
    throw new AppError('CONFLICT', { details: `The shop has another item with the SKU ${taken}` });
  const { name, brand, category, description } = product;
  await saveProduct(tx, product, searchWords([name, brand, category, description].join(' ')));
  if (edit === undefined || edit.variants !== undefined) await saveVariants(tx, product.id, product.variants);
  await saveStock(
    tx,
    stock.filter((row) => edit === undefined || isCounted(row, product, edit)),
  );
  if (edit?.sku !== undefined) await relabelStock(tx, product.id, product.sku);
  await outbox.append(tx, {
    events: [
      happened(ProductChanged, product.id, {
        product_id: product.id,
        shop_id: shop.id,
        status: shownStatus(product),
      }),
    ],
    audit: [{ actor: caller.userId, action, subject: product.id, region: 'core', outcome: 'ok' }],
  });
}

/** An edit that does not speak of stock must not write back a number that a checkout has changed meanwhile. */
function isCounted(row: StockRow, product: ProductRow, edit: EditProductBody): boolean {
  return row.item_id === product.id ? edit.stock_quantity !== undefined : edit.variants !== undefined;
}

function stockRows(product: ProductRow): StockRow[] {
  const { id, shop_id, sku, quantity, variants } = product;
  return [
    { item_id: id, product_id: id, shop_id, sku, quantity: Number(quantity) },
    ...variants.map((variant) => ({
      item_id: variant.id,
      product_id: id,
      shop_id,
      sku: variant.sku,
      quantity: variant.quantity,
    })),
  ];
}

/** @throws {AppError} when the shop or the product is not fit for what its status says */
function checkSellable(shop: ShopRow, product: ProductRow): void {
  if (!shop.settings.supported_currencies.includes(product.currency)) {
    throw invalid('currency', `is not one that the shop sells in: ${shop.settings.supported_currencies.join(', ')}`);
  }
  for (const [index, variant] of product.variants.entries()) {
    if (product.price + BigInt(variant.price_adjustment) > 0n) continue;
    throw invalid(`variants.${index}.price_adjustment`, 'leaves nothing of the price');
  }
  if (product.status !== 'active') return;
  if (product.images.length === 0) throw invalid('images', 'must hold one at least before the product can be active');
  if (shop.verification_status === 'verified') return;
  throw new AppError('CONFLICT', { details: 'The shop is not verified yet: until then it may list drafts (inactive)' });
}
