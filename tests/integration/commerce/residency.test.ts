import { expect, test } from 'vitest';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import { OpenShopBody } from '#shared/contracts/commerce/shop.ts';
import type { OrderId } from '#shared/ids.ts';
import { firstRow, type Sql, statement } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { basket, merchantOf, newKey, onSale, openCommerce, someone } from './open-commerce.ts';

const KEPT = statement(
  'test.kept',
  `SELECT (SELECT count(*)::int FROM commerce.orders) AS orders, (SELECT count(*)::int FROM commerce.shipping) AS addresses,
     (SELECT count(*)::int FROM commerce.shops) AS shops, (SELECT count(*)::int FROM commerce.shop_contacts) AS contacts`,
);
const keptIn = (sql: Sql) => firstRow(sql, KEPT);

/** The core database, and one of Vietnam's own. */
async function openRegions() {
  const closing = new AsyncDisposableStack();
  const core = closing.use(await freshDatabase());
  const vietnam = closing.use(await freshDatabase());
  const databases = closing.use(
    openDatabases(
      { DATABASE_URL: core.url, DATABASE_POOL_MAX: 4, REGION_DATABASE_URLS: [`VN=${vietnam.url}`] },
      'test',
    ),
  );
  return {
    core,
    vietnam,
    commerce: openCommerce({ ...core, databases }),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

test('a refused checkout leaves no address anywhere', async () => {
  await using regions = await openRegions();
  const { commerce, core, vietnam } = regions;
  const product = await onSale(commerce, await merchantOf(core), { stock_quantity: 0 });
  const order = commerce.placeOrder(someone('user', 'VN'), basket(product), newKey());
  await expect(order).rejects.toMatchObject({ code: 'OUT_OF_STOCK' });
  expect(await keptIn(core.database)).toMatchObject({ orders: 0, addresses: 0 });
  expect(await keptIn(vietnam.database)).toMatchObject({ orders: 0, addresses: 0 });
});

test('a customer’s address stays in the customer’s country, and both sides of the order see it', async () => {
  await using regions = await openRegions();
  const { commerce, core, vietnam } = regions;
  const seller = await merchantOf(core);
  const buyer = someone('user', 'VN');
  const placed = await commerce.placeOrder(buyer, basket(await onSale(commerce, seller)), newKey());
  expect(await keptIn(core.database)).toMatchObject({ orders: 1, addresses: 0 });
  expect(await keptIn(vietnam.database)).toMatchObject({ orders: 0, addresses: 1 });
  for (const side of [buyer, seller.merchant]) {
    expect(await commerce.getOrder(side, placed.id as OrderId)).toEqual(placed);
  }
});

test('how a shop can be reached stays in its owner’s country', async () => {
  await using regions = await openRegions();
  const { commerce, core, vietnam } = regions;
  const owner = someone('user', 'VN');
  const body = OpenShopBody.parse({ name: 'Pho', contact: { email: 'pho@example.com' } });
  const shop = await commerce.openShop(owner, body, undefined);
  expect(await keptIn(core.database)).toMatchObject({ shops: 1, contacts: 0 });
  expect(await keptIn(vietnam.database)).toMatchObject({ shops: 0, contacts: 1 });
  expect((await commerce.listShops(owner, { limit: 10 })).shops).toEqual([shop]);
});
