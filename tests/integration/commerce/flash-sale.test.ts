import { expect, test } from 'vitest';
import type { ProductId } from '#shared/ids.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { basket, merchantOf, newKey, onSale, openCommerce, someone } from './open-commerce.ts';

const BUYERS = 200;
const UNITS = 10;

test('of 200 buyers at once for 10 pieces exactly 10 get one, and the others hear OUT_OF_STOCK', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const product = await onSale(commerce, await merchantOf(db), { stock_quantity: UNITS });
  const results = await Promise.allSettled(
    Array.from({ length: BUYERS }, () => commerce.placeOrder(someone(), basket(product), newKey())),
  );
  const refused = results.filter((result) => result.status === 'rejected');
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(UNITS);
  expect(new Set(refused.map(({ reason }) => (reason as { code: string }).code))).toEqual(new Set(['OUT_OF_STOCK']));
  const after = await commerce.getProduct(someone(), product.id as ProductId);
  expect(after).toMatchObject({ stock_quantity: 0, status: 'out_of_stock' });
});

test('baskets with the same products in opposite order do not wait for each other in a circle', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const seller = await merchantOf(db);
  const one = await onSale(commerce, seller, { sku: '1', stock_quantity: 40 });
  const two = await onSale(commerce, seller, { sku: '2', stock_quantity: 40 });
  const pair = [one, two].map((product) => ({ product_id: product.id, quantity: 1 }));
  const orders = Array.from({ length: 60 }, (_, place) => {
    const items = place % 2 === 0 ? pair : pair.toReversed();
    return commerce.placeOrder(someone(), basket(one, 1, { items }), newKey());
  });
  const results = await Promise.allSettled(orders);
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(40);
  const left = await Promise.all([one, two].map((product) => commerce.getProduct(someone(), product.id as ProductId)));
  expect(left.map((product) => product.stock_quantity)).toEqual([0, 0]);
});
