import { afterAll, beforeAll, expect, test } from 'vitest';
import { commerceRoutes } from '#services/commerce/routes.ts';
import type { Order } from '#shared/contracts/commerce/order.ts';
import type { Product } from '#shared/contracts/commerce/product.ts';
import type { Shop } from '#shared/contracts/commerce/shop.ts';
import type { UserId, WalletId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { openFront, problemOf, type TestFront, tokenFor } from '../gateway/test-front.ts';
import { ADDRESS, type Merchant, merchantOf, openCommerce, someone } from './open-commerce.ts';

const closing = new AsyncDisposableStack();
let front: TestFront;
let seller: Merchant;

beforeAll(async () => {
  const db = closing.use(await freshDatabase());
  front = closing.use(await openFront({ routes: commerceRoutes(openCommerce(db)) }));
  seller = await merchantOf(db);
});
afterAll(() => closing.disposeAsync());

function call(userId: UserId, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const sent = body === undefined ? {} : { body };
  return front.call(method, `/api/v1/commerce${path}`, { token: tokenFor(userId), headers, ...sent });
}

async function addProduct(facts: object = {}): Promise<Product> {
  const body = {
    shop_id: seller.shopId,
    name: 'Lamp',
    price: '80.00',
    currency: 'THB',
    stock_quantity: 3,
    images: ['https://images.example.com/lamp.png'],
    ...facts,
  };
  const answer = await call(seller.merchant.userId, 'POST', '/products', body);
  expect(answer.status).toBe(201);
  return answer.body as Product;
}

const checkout = (product: Product, change: object = {}) => ({
  shop_id: product.shop_id,
  items: [{ product_id: product.id, quantity: 1 }],
  currency: 'THB',
  wallet_id: newId<WalletId>('core'),
  shipping_address: ADDRESS,
  ...change,
});

test('a checkout with a price, an odd quantity or no key is refused with the contract’s codes', async () => {
  const product = await addProduct();
  const buyer = someone().userId;
  const place = async (body: unknown, headers: Record<string, string> = { 'idempotency-key': newId('core') }) => {
    const answer = await call(buyer, 'POST', '/orders', body, headers);
    return [answer.status, problemOf(answer).code];
  };
  expect(await place(checkout(product), {})).toEqual([400, 'IDEMPOTENCY_KEY_MISSING']);
  expect(await place(checkout(product, { total_amount: '0.01' }))).toEqual([400, 'VALIDATION_ERROR']);
  for (const quantity of [0, -1, 1e9]) {
    const items = [{ product_id: product.id, quantity }];
    expect(await place(checkout(product, { items }))).toEqual([400, 'VALIDATION_ERROR']);
  }
  const items = [{ product_id: product.id, quantity: 4 }];
  expect(await place(checkout(product, { items }))).toEqual([409, 'OUT_OF_STOCK']);
  expect(await place(checkout(product, { shop_id: newId('core') }))).toEqual([404, 'NOT_FOUND']);
});

test('an order that is not one’s own is not there, whatever one asks of it', async () => {
  const buyer = someone().userId;
  const answer = await call(buyer, 'POST', '/orders', checkout(await addProduct()), { 'idempotency-key': 'mine' });
  const { id } = answer.body as Order;
  const stranger = someone().userId;
  const asks = ['', '/timeline', '/confirm', '/ship', '/deliver', '/cancel', '/return'];
  for (const ask of asks) {
    const refused = await call(stranger, ask === '' || ask === '/timeline' ? 'GET' : 'POST', `/orders/${id}${ask}`);
    expect([ask, refused.status, problemOf(refused).code]).toEqual([ask, 404, 'NOT_FOUND']);
  }
  expect(problemOf(await call(buyer, 'POST', `/orders/${id}/confirm`)).code).toBe('FORBIDDEN');
  expect(problemOf(await call(buyer, 'POST', `/orders/${id}/ship`, { carrier: 1 })).code).toBe('VALIDATION_ERROR');
  expect(problemOf(await call(buyer, 'GET', '/orders/17')).status).toBeGreaterThanOrEqual(400);
});

test('while Temporal is away a step is a 503 and nothing else stops', async () => {
  const buyer = someone().userId;
  const answer = await call(buyer, 'POST', '/orders', checkout(await addProduct()), { 'idempotency-key': 'kept' });
  expect(answer.status).toBe(201);
  const { id } = answer.body as Order;
  const confirm = await call(seller.merchant.userId, 'POST', `/orders/${id}/confirm`);
  expect([confirm.status, problemOf(confirm).code]).toEqual([503, 'UPSTREAM_UNAVAILABLE']);
  expect((await call(buyer, 'GET', `/orders/${id}`)).body).toEqual(answer.body);
});

test('the same key replays the checkout, address included', async () => {
  const product = await addProduct();
  const buyer = someone().userId;
  const headers = { 'idempotency-key': 'again' };
  const body = checkout(product, { notes: 'blue, please' });
  const first = await call(buyer, 'POST', '/orders', body, headers);
  const second = await call(buyer, 'POST', '/orders', body, headers);
  expect(first).toMatchObject({ status: 201, body: { shipping_address: ADDRESS, notes: 'blue, please' } });
  expect(second).toMatchObject({ status: 201, body: first.body });
  const other = await call(buyer, 'POST', '/orders', { ...body, notes: 'red' }, headers);
  expect([other.status, problemOf(other).code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
});

test('anybody may browse, and what does not fit the listing is refused', async () => {
  await addProduct({ name: 'Reading lamp', category: 'light' });
  const listing = await front.call('GET', '/api/v1/commerce/products?search=reading&category=light');
  expect(listing).toMatchObject({ status: 200, body: { products: [{ name: 'Reading lamp', price: '80.00' }] } });
  for (const query of ['limit=0', 'limit=101', 'sort=price_asc', 'min_price=-1&currency=THB', 'colour=red']) {
    const refused = await front.call('GET', `/api/v1/commerce/products?${query}`);
    expect([query, refused.status, problemOf(refused).code]).toEqual([query, 400, 'VALIDATION_ERROR']);
  }
});

test('a shop is opened, found and edited by its owner', async () => {
  const owner = someone().userId;
  const opened = await call(owner, 'POST', '/shops', { name: 'Lamps & Co', contact: { email: 'lamps@example.com' } });
  const shop = opened.body as Shop;
  expect(opened).toMatchObject({ status: 201, body: { verification_status: 'pending', owner_id: owner } });
  const edited = await call(owner, 'PATCH', `/shops/${shop.id}`, { category: 'light' });
  expect(edited).toMatchObject({ status: 200, body: { name: 'Lamps & Co', category: 'light' } });
  expect((await call(owner, 'GET', '/shops')).body).toMatchObject({ shops: [{ id: shop.id }], next_cursor: null });
  expect((await call(someone().userId, 'GET', `/shops/${shop.id}`)).status).toBe(404);
  expect((await call(owner, 'POST', '/shops', { name: 'X', verification_status: 'verified' })).status).toBe(400);
});
