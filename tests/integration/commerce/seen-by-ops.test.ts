import { expect, test } from 'vitest';
import type { OrderId } from '#shared/ids.ts';
import { statement } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { basket, merchantOf, newKey, onSale, openCommerce, someone } from './open-commerce.ts';

const AUDITED = statement(
  'test.audited-reading',
  `SELECT outbox.data->>'action' AS action, outbox.data->>'actor' AS actor, outbox.data->>'subject' AS subject
   FROM events.outbox WHERE outbox.data->>'action' LIKE '%\\_read' ORDER BY outbox.position`,
);

test('what ops are shown of someone’s orders and shop is written down, and what its own people see is not', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db);
  const seller = await merchantOf(db);
  const buyer = someone();
  const placed = await commerce.placeOrder(buyer, basket(await onSale(commerce, seller)), newKey());
  const id = placed.id as OrderId;
  for (const caller of [buyer, seller.merchant]) {
    await commerce.getOrder(caller, id);
    await commerce.getTimeline(caller, id);
  }
  await commerce.getShop(seller.merchant, seller.shopId);
  await commerce.getShop(buyer, seller.shopId);
  expect(await db.database.rows(AUDITED)).toEqual([]);

  const ops = someone('ops');
  await commerce.getOrder(ops, id);
  await commerce.getTimeline(ops, id);
  await commerce.getShop(ops, seller.shopId);
  expect(await db.database.rows(AUDITED)).toEqual([
    { action: 'commerce.order_read', actor: ops.userId, subject: id },
    { action: 'commerce.timeline_read', actor: ops.userId, subject: id },
    { action: 'commerce.shop_read', actor: ops.userId, subject: seller.shopId },
  ]);
});
