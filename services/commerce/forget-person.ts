import type { OrderId, UserId } from '#shared/ids.ts';
import { type Forgotten, moneyKeptUntil } from '#shared/privacy.ts';
import type { Country } from '#shared/regions.ts';
import { firstRow, statement } from '#shared/sql.ts';
import type { CommercePorts } from './ports.ts';

const CLOSE_SHOPS = statement(
  'commerce.close-shops-of-person',
  `UPDATE commerce.products SET status = 'inactive', updated_at = now()
   FROM commerce.shops
   WHERE shops.owner_id = $1 AND products.shop_id = shops.id AND products.status <> 'inactive'`,
);
const OPEN_ORDERS = statement(
  'commerce.open-orders-of-person',
  `SELECT orders.id FROM commerce.orders
   WHERE (orders.customer_id = $1 OR orders.owner_id = $1) AND orders.closed_at IS NULL`,
);
const NEWEST = statement(
  'commerce.newest-order-of-person',
  `SELECT max(orders.created_at) AS at FROM commerce.orders WHERE orders.customer_id = $1 OR orders.owner_id = $1`,
);
const FORGET_ADDRESSES = statement(
  'commerce.forget-addresses-of-person',
  'DELETE FROM commerce.shipping WHERE shipping.customer_id = $1 AND NOT shipping.order_id = ANY ($2::uuid[])',
);
// Words of the other side about the person's order lie with the person, and may be about them.
const FORGET_WORDS = statement(
  'commerce.forget-words-of-person',
  'DELETE FROM commerce.order_words WHERE order_words.customer_id = $1 AND NOT order_words.order_id = ANY ($2::uuid[])',
);
const FORGET_WORDS_ELSEWHERE = statement(
  'commerce.forget-words-by-person',
  'DELETE FROM commerce.order_words WHERE order_words.actor_id = $1 AND NOT order_words.order_id = ANY ($2::uuid[])',
);
const FORGET_REVIEWS = statement(
  'commerce.forget-reviews-of-person',
  'UPDATE commerce.reviews SET text = NULL WHERE reviews.customer_id = $1 AND reviews.text IS NOT NULL',
);
const FORGET_CONTACTS = statement(
  'commerce.forget-contacts-of-person',
  'DELETE FROM commerce.shop_contacts WHERE shop_contacts.owner_id = $1',
);

/**
 * Forgets what commerce knows of a person who is erased. Their shops sell nothing from now on; where they live and what
 * they wrote about an order goes when the order is over, since a parcel under way needs its address and a return its shop.
 * Orders stay under an id without a name, and of reviews the stars. A repeat forgets what is left.
 */
export function makeForgetPerson({ databases }: Pick<CommercePorts, 'databases'>) {
  return async (userId: UserId, country: Country): Promise<Forgotten> => {
    const [core, home] = [databases.of('core'), databases.of(country)];
    await core.rows(CLOSE_SHOPS, [userId]);
    await core.rows(FORGET_REVIEWS, [userId]);
    const open = (await core.rows<{ id: OrderId }>(OPEN_ORDERS, [userId])).map(({ id }) => id);
    await home.rows(FORGET_ADDRESSES, [userId, open]);
    await home.rows(FORGET_WORDS, [userId, open]);
    for (const database of databases.all) await database.rows(FORGET_WORDS_ELSEWHERE, [userId, open]);
    if (open.length > 0) return { done: false };
    await home.rows(FORGET_CONTACTS, [userId]);
    const newest = await firstRow<{ at: Date | null }>(core, NEWEST, [userId]);
    const at = newest?.at ?? null;
    return { done: true, held: at === null ? [] : [{ what: 'orders', until: moneyKeptUntil(at, country) }] };
  };
}
