import { expect, test } from 'vitest';
import { firstRow, statement } from '#shared/sql.ts';
import type { OrderId, ProductId, ShopId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { OpenShopBody } from '#shared/contracts/commerce/shop.ts';
import { isLimitedOrder } from '#services/commerce/store/order-store.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { HOUR } from '#shared/time.ts';
import { ADDRESS, basket, GOOD_TOKEN, merchantOf, newKey, onSale, openCommerce, someone } from './open-commerce.ts';

const COUNT = statement(
  'test.count-orders',
  `SELECT (SELECT count(*)::int FROM commerce.orders) AS orders, (SELECT count(*)::int FROM commerce.shipping) AS addresses,
     (SELECT count(*)::int FROM events.outbox WHERE type = 'commerce.order_placed') AS events`,
);

async function counts({ database }: FreshDatabase) {
  return (await firstRow<{ orders: number; addresses: number; events: number }>(database, COUNT))!;
}

test('a shop that does not exist, or another shop’s product, is not found, and nothing is written', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const product = await onSale(commerce, await merchantOf(db));
  const other = await onSale(commerce, await merchantOf(db));
  const buyer = someone();
  const nowhere = basket({ id: product.id, shop_id: newId<ShopId>('core') });
  await expect(commerce.placeOrder(buyer, nowhere, newKey())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const foreign = basket({ id: other.id, shop_id: product.shop_id });
  await expect(commerce.placeOrder(buyer, foreign, newKey())).rejects.toMatchObject({
    code: 'NOT_FOUND',
    details: [{ path: 'items.0' }],
  });
  const unknown = basket({ id: newId<ProductId>('core'), shop_id: product.shop_id });
  await expect(commerce.placeOrder(buyer, unknown, newKey())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await counts(db)).toEqual({ orders: 0, addresses: 0, events: 0 });
});

test('a draft cannot be bought', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const draft = await onSale(commerce, await merchantOf(db), { status: 'inactive' });
  await expect(commerce.placeOrder(someone(), basket(draft), newKey())).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('nobody buys in their own shop', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const seller = await merchantOf(db);
  const product = await onSale(commerce, seller);
  const own = commerce.placeOrder(seller.merchant, basket(product), newKey());
  await expect(own).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('a shop that is not verified sells nothing', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const merchant = someone('merchant');
  const shop = await commerce.openShop(merchant, OpenShopBody.parse({ name: 'New' }), undefined);
  const draft = await onSale(commerce, { merchant, shopId: shop.id as ShopId });
  expect(draft.status).toBe('inactive');
  await expect(commerce.placeOrder(someone(), basket(draft), newKey())).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('an order in another currency than its items is refused', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const seller = await merchantOf(db);
  const baht = await onSale(commerce, seller);
  const dollars = await onSale(commerce, seller, { currency: 'USD', price: '3.00', sku: 'USD' });
  const wrong = commerce.placeOrder(someone(), basket(baht, 1, { currency: 'SGD' }), newKey());
  await expect(wrong).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path: 'currency' }] });
  const mixed = basket(baht, 1, {
    items: [
      { product_id: baht.id, quantity: 1 },
      { product_id: dollars.id, quantity: 1 },
    ],
  });
  await expect(commerce.placeOrder(someone(), mixed, newKey())).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
});

test('a place that the shop does not ship to is refused', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const seller = await merchantOf(db);
  await commerce.editShop(seller.merchant, seller.shopId, { settings: { shipping_countries: ['SG'] } });
  const product = await onSale(commerce, seller);
  await expect(commerce.placeOrder(someone(), basket(product), newKey())).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
    details: [{ path: 'shipping_address.country' }],
  });
});

test('a payment method other than a wallet is refused by name', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const product = await onSale(commerce, await merchantOf(db));
  const body = { ...basket(product), wallet_id: undefined, payment_method: 'promptpay' };
  await expect(commerce.placeOrder(someone(), body, newKey())).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
    details: [{ path: 'payment_method' }],
  });
});

test('more than is left is OUT_OF_STOCK, and no item of that order is taken', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const seller = await merchantOf(db);
  const plenty = await onSale(commerce, seller, { sku: 'A' });
  const few = await onSale(commerce, seller, { sku: 'B', stock_quantity: 2 });
  const items = [
    { product_id: plenty.id, quantity: 5 },
    { product_id: few.id, quantity: 3 },
  ];
  await expect(commerce.placeOrder(someone(), basket(few, 1, { items }), newKey())).rejects.toMatchObject({
    code: 'OUT_OF_STOCK',
    details: [{ path: 'items.1.quantity' }],
  });
  expect(await commerce.getProduct(someone(), plenty.id as ProductId)).toMatchObject({ stock_quantity: 10 });
  expect(await counts(db)).toMatchObject({ orders: 0, addresses: 0 });
});

test('above the sum that needs no PIN an order is refused without one, and takes no stock', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const product = await onSale(commerce, await merchantOf(db), { price: '5000.01' });
  for (const token of [undefined, 'of another session']) {
    const order = commerce.placeOrder(someone(), basket(product), newKey(), token);
    await expect(order).rejects.toMatchObject({ code: 'STEP_UP_REQUIRED' });
  }
  expect(await commerce.getProduct(someone(), product.id as ProductId)).toMatchObject({ stock_quantity: 10 });
  expect(await counts(db)).toEqual({ orders: 0, addresses: 0, events: 0 });
  const order = await commerce.placeOrder(someone(), basket(product), newKey(), GOOD_TOKEN);
  expect(order).toMatchObject({ total_amount: '5000.01' });
});

test('the sum is that of the whole order, shipping included', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const seller = await merchantOf(db);
  const product = await onSale(commerce, seller, { price: '2500.00' });
  await expect(commerce.placeOrder(someone(), basket(product, 2), newKey())).resolves.toMatchObject({
    total_amount: '5000.00',
  });
  await commerce.editShop(seller.merchant, seller.shopId, { settings: { shipping_fees: { THB: '0.01' } } });
  const order = commerce.placeOrder(someone(), basket(product, 2), newKey());
  await expect(order).rejects.toMatchObject({ code: 'STEP_UP_REQUIRED' });
});

test('from a new device no order goes above that sum, with the PIN either, and smaller ones are paid under its limits', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const product = await onSale(commerce, await merchantOf(db), { price: '2500.01' });
  const limited = { ...someone(), limitedUntil: new Date(Date.now() + HOUR) };
  const large = commerce.placeOrder(limited, basket(product, 2), newKey(), GOOD_TOKEN);
  await expect(large).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
    details: expect.stringContaining('5000 THB a day') as string,
  });
  const placed = async (caller: typeof limited) => {
    const order = await commerce.placeOrder(caller, basket(product), newKey());
    return await isLimitedOrder(db.database, order.id as OrderId);
  };
  expect(await placed(limited)).toBe(true);
  expect(await placed({ ...limited, limitedUntil: new Date(Date.now() - HOUR) })).toBe(false);
  expect(await isLimitedOrder(db.database, newId<OrderId>('core'))).toBe(false);
});

test('an order that was placed with the PIN is answered again without it', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const product = await onSale(commerce, await merchantOf(db), { price: '6000.00' });
  const buyer = someone();
  const key = newKey();
  const first = await commerce.placeOrder(buyer, basket(product), key, GOOD_TOKEN);
  expect(await commerce.placeOrder(buyer, basket(product), key)).toEqual(first);
});

test('the server computes every amount: the price includes the tax, shipping is added', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const seller = await merchantOf(db);
  await commerce.editShop(seller.merchant, seller.shopId, { settings: { shipping_fees: { THB: '40.00' } } });
  const product = await onSale(commerce, seller, {
    variants: [{ name: 'Large', price_adjustment: '7.00', stock_quantity: 4 }],
  });
  const [large] = product.variants;
  const items = [
    { product_id: product.id, quantity: 2 },
    { product_id: product.id, variant_id: large!.id, quantity: 1 },
  ];
  const order = await commerce.placeOrder(someone(), basket(product, 1, { items, notes: 'ring twice' }), newKey());
  // 7 % within 200.00, 107.00 and 40.00: 13.08 + 7.00 + 2.62.
  expect(order).toMatchObject({
    subtotal: '307.00',
    shipping_cost: '40.00',
    total_amount: '347.00',
    tax_amount: '22.70',
    status: 'pending',
    payment_status: 'pending',
    workflow_id: `order-${order.id}`,
    shipping_address: ADDRESS,
    notes: 'ring twice',
    items: [
      { name: 'Palm basket', unit_price: '100.00', total_price: '200.00' },
      { name: 'Palm basket, Large', unit_price: '107.00', total_price: '107.00' },
    ],
  });
  const after = await commerce.getProduct(someone(), product.id as ProductId);
  expect(after.stock_quantity).toBe(8);
  expect(after.variants[0]?.stock_quantity).toBe(3);
});

test('the same key gives the same answer and takes the stock once; another body with it is refused', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const product = await onSale(commerce, await merchantOf(db));
  const buyer = someone();
  const key = newKey();
  const body = basket(product, 3);
  const first = await commerce.placeOrder(buyer, body, key);
  expect(await commerce.placeOrder(buyer, body, key)).toEqual(first);
  const other = commerce.placeOrder(buyer, basket(product, 4), { ...key, digest: 'another' });
  await expect(other).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  expect(await commerce.getProduct(buyer, product.id as ProductId)).toMatchObject({ stock_quantity: 7 });
  expect(await counts(db)).toEqual({ orders: 1, addresses: 1, events: 1 });
});

test('an order is there for its two sides and ops, and for nobody else', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const seller = await merchantOf(db);
  const buyer = someone();
  const placed = await commerce.placeOrder(buyer, basket(await onSale(commerce, seller)), newKey());
  const id = placed.id as OrderId;
  await expect(commerce.getOrder(someone(), id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(commerce.getTimeline(someone('merchant'), id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await commerce.getOrder(buyer, id)).toEqual(placed);
  expect(await commerce.getOrder(seller.merchant, id)).toMatchObject({ shipping_address: ADDRESS });
  expect(await commerce.getOrder(someone('ops'), id)).toMatchObject({ id });
  expect(await commerce.getOrderFor(someone().userId, id)).toBeUndefined();
  expect(await commerce.getOrderFor(buyer.userId, id)).toMatchObject({ id, status: 'pending' });
  const { events } = await commerce.getTimeline(buyer, id);
  expect(events).toMatchObject([
    { step: 'place', status: 'completed', actor: 'customer', attempt: 1 },
    { step: 'reserve', status: 'completed', actor: 'system' },
    { step: 'payment', status: 'started', actor: 'system' },
  ]);
});

test('orders are listed to those who placed or received them, newest first, page by page', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const seller = await merchantOf(db);
  const product = await onSale(commerce, seller);
  const buyer = someone();
  const placed: string[] = [];
  for (let count = 0; count < 3; count++) {
    placed.unshift((await commerce.placeOrder(buyer, basket(product), newKey())).id);
  }
  await commerce.placeOrder(someone(), basket(product), newKey());
  const first = await commerce.listOrders(buyer, { limit: 2 });
  expect(first.orders.map((order) => order.id)).toEqual(placed.slice(0, 2));
  const second = await commerce.listOrders(buyer, { limit: 2, cursor: first.next_cursor! });
  expect(second.orders.map((order) => order.id)).toEqual(placed.slice(2));
  expect(second.next_cursor).toBeNull();
  expect((await commerce.listOrders(seller.merchant, { limit: 10, side: 'merchant' })).orders).toHaveLength(4);
  expect((await commerce.listOrders(seller.merchant, { limit: 10, side: 'customer' })).orders).toEqual([]);
  expect((await commerce.listOrders(buyer, { limit: 10, status: 'shipped' })).orders).toEqual([]);
});

test('neither an event nor a stored answer holds the address or the notes', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const product = await onSale(commerce, await merchantOf(db));
  await commerce.placeOrder(someone(), basket(product, 1, { notes: 'canary-note' }), newKey());
  const text = statement(
    'test.core-text',
    `SELECT string_agg(kept, ' ') AS kept FROM (
       SELECT outbox.data::text FROM events.outbox UNION ALL SELECT keys.body::text FROM http.idempotency_keys AS keys
       UNION ALL SELECT orders::text FROM commerce.orders) AS every (kept)`,
  );
  const row = await firstRow<{ kept: string }>(db.database, text);
  expect(row?.kept).toContain(product.shop_id);
  expect(row?.kept).not.toMatch(/Sukhumvit|canary-note/);
});
