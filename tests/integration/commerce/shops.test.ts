import { expect, test } from 'vitest';
import { OpenShopBody } from '#shared/contracts/commerce/shop.ts';
import type { ShopId } from '#shared/ids.ts';
import { firstRow, statement } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { merchantOf, newKey, openCommerce, someone } from './open-commerce.ts';

const CONTACT = { phone: '+66812345678', email: 'shop@example.com' };
const ADDRESS = { street: '1 Silom', city: 'Bangkok', postal_code: '10500', country: 'TH' } as const;

test('a shop that waits for verification is there for its owner and ops only', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const owner = someone();
  const body = OpenShopBody.parse({ name: 'Basket House', contact: CONTACT, address: ADDRESS });
  const shop = await commerce.openShop(owner, body, undefined);
  const id = shop.id as ShopId;
  expect(shop).toMatchObject({ verification_status: 'pending', contact: CONTACT, address: ADDRESS, country: 'TH' });
  await expect(commerce.getShop(someone(), id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await commerce.getShop(owner, id)).toEqual(shop);
  expect(await commerce.getShop(someone('ops'), id)).toEqual(shop);
});

test('nobody edits another owner’s shop, though they can see it', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const { shopId } = await merchantOf(db);
  expect(await commerce.getShop(someone(), shopId)).toMatchObject({ verification_status: 'verified' });
  const edit = commerce.editShop(someone('merchant'), shopId, { name: 'Mine' });
  await expect(edit).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a fee that is no amount of its currency is refused', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const body = OpenShopBody.parse({ name: 'Pho', settings: { shipping_fees: { VND: '1.50' } } });
  await expect(commerce.openShop(someone('merchant', 'VN'), body, undefined)).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
    details: [{ path: 'settings.shipping_fees.VND' }],
  });
});

test('how a shop can be reached is shown to its owner and stays out of the public’s view and of the shop’s row', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const { merchant, shopId } = await merchantOf(db);
  const edited = await commerce.editShop(merchant, shopId, { contact: CONTACT, description: 'Woven by hand' });
  expect(edited).toMatchObject({ contact: CONTACT, description: 'Woven by hand' });
  const seen = await commerce.getShop(someone(), shopId);
  expect(seen).toMatchObject({ description: 'Woven by hand' });
  expect(seen).not.toHaveProperty('contact');
  const row = statement('test.shop-text', 'SELECT shops::text AS kept FROM commerce.shops');
  expect((await firstRow<{ kept: string }>(db.database, row))?.kept).not.toContain(CONTACT.phone);
});

test('an owner’s shops are listed newest first, and opening one twice with one key opens one', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const owner = someone();
  const key = newKey();
  const first = await commerce.openShop(owner, OpenShopBody.parse({ name: 'One' }), key);
  expect(await commerce.openShop(owner, OpenShopBody.parse({ name: 'One' }), key)).toEqual(first);
  const second = await commerce.openShop(owner, OpenShopBody.parse({ name: 'Two' }), undefined);
  const page = await commerce.listShops(owner, { limit: 1 });
  expect(page.shops).toEqual([second]);
  const next = await commerce.listShops(owner, { limit: 1, cursor: page.next_cursor! });
  expect(next).toEqual({ shops: [first], next_cursor: null });
  expect(await commerce.listShops(someone(), { limit: 10 })).toEqual({ shops: [], next_cursor: null });
});
