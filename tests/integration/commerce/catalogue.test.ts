import { expect, test } from 'vitest';
import { EditProductBody, ProductQuery } from '#shared/contracts/commerce/product.ts';
import { OpenShopBody } from '#shared/contracts/commerce/shop.ts';
import type { ProductId, ShopId } from '#shared/ids.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { basket, merchantOf, newKey, onSale, openCommerce, someone } from './open-commerce.ts';

const find = (query: object = {}) => ProductQuery.parse(query);
const names = (listing: { products: readonly { name: string }[] }) => listing.products.map((product) => product.name);

test('a product is added only to a shop of one’s own', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const { shopId } = await merchantOf(db);
  const added = onSale(commerce, { merchant: someone('merchant'), shopId });
  await expect(added).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a product of another owner cannot be edited, and a draft cannot be seen', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const seller = await merchantOf(db);
  const draft = await onSale(commerce, seller, { status: 'inactive' });
  const id = draft.id as ProductId;
  await expect(commerce.getProduct(someone(), id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(commerce.editProduct(someone(), id, { name: 'Mine' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await commerce.getProduct(seller.merchant, id)).toEqual(draft);
});

test('an unverified shop lists drafts and cannot activate them', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const merchant = someone('merchant');
  const shop = await commerce.openShop(merchant, OpenShopBody.parse({ name: 'New' }), undefined);
  const shopId = shop.id as ShopId;
  const draft = await onSale(commerce, { merchant, shopId });
  expect(draft.status).toBe('inactive');
  const activate = commerce.editProduct(merchant, draft.id as ProductId, { status: 'active' });
  await expect(activate).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await commerce.listProducts(find({ shop_id: shopId }))).toEqual({ products: [], next_cursor: null });
});

test('an active product needs a picture, a currency of the shop, and a price that its variants leave something of', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const seller = await merchantOf(db);
  const bare = onSale(commerce, seller, { images: [], status: 'active' });
  await expect(bare).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path: 'images' }] });
  await expect(onSale(commerce, seller, { price: '0.00' })).rejects.toMatchObject({ details: [{ path: 'price' }] });
  const sen = onSale(commerce, seller, { price: '10000.50', currency: 'IDR' });
  await expect(sen).rejects.toMatchObject({ details: [{ path: 'price' }] });
  const free = onSale(commerce, seller, { variants: [{ name: 'Free', price_adjustment: '-100', stock_quantity: 1 }] });
  await expect(free).rejects.toMatchObject({ details: [{ path: 'variants.0.price_adjustment' }] });
  await commerce.editShop(seller.merchant, seller.shopId, { settings: { supported_currencies: ['THB'] } });
  const dollars = onSale(commerce, seller, { currency: 'USD' });
  await expect(dollars).rejects.toMatchObject({ details: [{ path: 'currency' }] });
});

test('a SKU is given once in a shop, to a product or to a variant', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const seller = await merchantOf(db);
  await onSale(commerce, seller, { sku: 'RED-1' });
  const variants = [{ name: 'Red', sku: 'RED-1', stock_quantity: 1 }];
  await expect(onSale(commerce, seller, { variants })).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(onSale(commerce, seller, { sku: 'RED-1' })).rejects.toMatchObject({ code: 'CONFLICT' });
  const elsewhere = await onSale(commerce, await merchantOf(db), { sku: 'RED-1' });
  expect(elsewhere.sku).toBe('RED-1');
});

test('an edit leaves alone what it does not name, and the stock that checkouts change', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const seller = await merchantOf(db);
  const product = await onSale(commerce, seller, { sku: 'A', variants: [{ name: 'Big', stock_quantity: 5 }] });
  const id = product.id as ProductId;
  await commerce.placeOrder(someone(), basket(product, 4), newKey());
  const edited = await commerce.editProduct(seller.merchant, id, { price: '120.00', sku: 'B' });
  expect(edited).toMatchObject({ price: '120.00', sku: 'B', name: product.name, stock_quantity: 6 });
  const [big] = product.variants;
  const body = EditProductBody.parse({ variants: [{ id: big!.id, name: 'Bigger', stock_quantity: 7 }] });
  const renamed = await commerce.editProduct(seller.merchant, id, body);
  expect(renamed.variants).toMatchObject([{ id: big!.id, name: 'Bigger', stock_quantity: 7 }]);
  const none = await commerce.editProduct(seller.merchant, id, EditProductBody.parse({ variants: [] }));
  expect(none.variants).toEqual([]);
  expect(await commerce.getProduct(seller.merchant, id)).toEqual(none);
  const foreign = EditProductBody.parse({ variants: [{ id: big!.id, name: 'X', stock_quantity: 1 }] });
  const other = await onSale(commerce, seller, { sku: 'C' });
  await expect(commerce.editProduct(seller.merchant, other.id as ProductId, foreign)).rejects.toMatchObject({
    details: [{ path: 'variants.0.id' }],
  });
});

test('prices are compared within one currency only', () => {
  expect(ProductQuery.safeParse({ min_price: '10' }).success).toBe(false);
  expect(ProductQuery.safeParse({ sort: 'price_asc' }).success).toBe(false);
  expect(ProductQuery.safeParse({ sort: 'price_asc', currency: 'THB' }).success).toBe(true);
});

test('a cursor that is not ours is refused', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  for (const cursor of ['x', 'WzEsMl0', btoa('["a"]'), btoa(`["${'-'.repeat(36)}"]`)]) {
    await expect(commerce.listProducts(find({ cursor }))).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  }
});

test('the listing filters by category, currency and price, and sorts page by page', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const seller = await merchantOf(db);
  for (const [name, price] of [
    ['C', '30'],
    ['A', '10'],
    ['D', '40'],
    ['B', '20'],
  ] as const) {
    await onSale(commerce, seller, { name, price, category: 'letters' });
  }
  await onSale(commerce, seller, { name: 'Dollar', currency: 'USD', price: '15' });
  await onSale(commerce, seller, { name: 'Other', category: 'others', price: '15' });
  expect(names(await commerce.listProducts(find({ category: 'letters' })))).toEqual(['B', 'D', 'A', 'C']);
  const within = find({ category: 'letters', currency: 'THB', min_price: '20', max_price: '30', sort: 'price_desc' });
  expect(names(await commerce.listProducts(within))).toEqual(['C', 'B']);
  const cheap = { category: 'letters', currency: 'THB', sort: 'price_asc', limit: '3' };
  const first = await commerce.listProducts(find(cheap));
  expect(names(first)).toEqual(['A', 'B', 'C']);
  const second = await commerce.listProducts(find({ ...cheap, cursor: first.next_cursor }));
  expect(names(second)).toEqual(['D']);
  expect(second.next_cursor).toBeNull();
});

test('products are found by words in Thai, by Vietnamese with and without marks, and by the start of the last word', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const seller = await merchantOf(db);
  await onSale(commerce, seller, { name: 'กาแฟคั่วบด', description: 'กาแฟจากเชียงใหม่' });
  await onSale(commerce, seller, { name: 'Cà phê sữa đá', currency: 'VND', price: '25000' });
  await onSale(commerce, seller, { name: 'Coffee grinder', brand: 'Rok' });
  const search = async (text: string) => names(await commerce.listProducts(find({ search: text })));
  expect(await search('กาแฟ')).toEqual(['กาแฟคั่วบด']);
  expect(await search('cà phê')).toEqual(['Cà phê sữa đá']);
  expect(await search('ca phe da')).toEqual(['Cà phê sữa đá']);
  expect(await search('coffee gri')).toEqual(['Coffee grinder']);
  expect(await search("rok' | 'x")).toEqual([]);
  expect(await search('!?')).toEqual([]);
});
