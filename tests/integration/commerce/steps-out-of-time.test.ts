import { expect, test } from 'vitest';
import type { OrderId } from '#shared/ids.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { basket, merchantOf, newKey, onSale, openCommerce, someone } from './open-commerce.ts';

/** A workflow that says of every step that its time has not come. */
const behind = { update: () => Promise.resolve({ tooEarly: 'The order has not been confirmed' }) };

test('a step before its time is refused, but only put off when the store has come to it and the workflow has not', async () => {
  await using db = await freshDatabase();
  const commerce = openCommerce(db, behind);
  const seller = await merchantOf(db);
  const { id } = await commerce.placeOrder(someone(), basket(await onSale(commerce, seller)), newKey());
  const ship = () => commerce.askForStep(seller.merchant, id as OrderId, { to: 'ship' });
  await commerce.recordStep(id, { step: 'hold', attempt: 1 });
  await expect(ship()).rejects.toMatchObject({ code: 'CONFLICT', details: 'The order has not been confirmed' });

  const by = { actor: 'merchant', actorId: seller.merchant.userId } as const;
  await commerce.recordStep(id, { step: 'confirm', by, attempt: 1 }, { step: 'pack' });
  await expect(ship()).rejects.toMatchObject({ code: 'RETRY_LATER' });
});
