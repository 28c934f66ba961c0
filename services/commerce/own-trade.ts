import type { OrderId, ShopId, UserId } from '#shared/ids.ts';
import { inPages, type PersonalRecords } from '#shared/privacy.ts';
import type { Country } from '#shared/regions.ts';
import { type Sql, statement } from '#shared/sql.ts';
import type { CommercePorts } from './ports.ts';
import { findShipping, shopContacts, wordsOf } from './store/personal-store.ts';
import { listOrders } from './store/order-store.ts';
import { orderView, withShipping } from './views.ts';

const PAGE = 100;

const SHOPS = statement(
  'commerce.own-shops',
  `SELECT shops.id, shops.name, shops.description, shops.category, shops.country, shops.verification_status,
     shops.settings, shops.created_at
   FROM commerce.shops WHERE shops.owner_id = $1 ORDER BY shops.id`,
);
const PRODUCTS = statement(
  'commerce.own-products',
  `SELECT products.id, products.shop_id, products.name, products.description, products.category, products.brand,
     products.price::text AS price_minor, products.currency, products.status, products.images, products.attributes,
     products.created_at
   FROM commerce.products JOIN commerce.shops ON shops.id = products.shop_id
   WHERE shops.owner_id = $1 AND products.id > $2 ORDER BY products.id LIMIT $3`,
);
const REVIEWS = statement(
  'commerce.own-reviews',
  `SELECT reviews.id, reviews.product_id, reviews.order_id, reviews.rating, reviews.text, reviews.created_at
   FROM commerce.reviews WHERE reviews.customer_id = $1 ORDER BY reviews.id`,
);

/** What a person has bought and sold, in pages, for their data export. Where a customer of theirs lives is left out. */
export function makeOwnTrade({ databases }: Pick<CommercePorts, 'databases'>) {
  async function* orders(core: Sql, home: Sql, userId: UserId, side: 'customer' | 'merchant') {
    for (let after: OrderId | undefined; ;) {
      const rows = await listOrders(core, { userId, side, shopId: undefined, status: undefined, after, limit: PAGE });
      const records: object[] = [];
      for (const row of rows) {
        const order = { side, ...orderView(row) };
        if (side === 'merchant') records.push(order);
        else {
          const words = (await wordsOf(home, row.id)).filter((said) => said.actor_id === userId);
          records.push({ ...order, ...withShipping(order, await findShipping(home, row.id)), words });
        }
      }
      yield { section: 'orders', records } as const;
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      after = last.id;
    }
  }

  return async function* ownTrade(userId: UserId, country: Country): AsyncGenerator<PersonalRecords> {
    const [core, home] = [databases.of('core'), databases.of(country)];
    yield* orders(core, home, userId, 'customer');
    yield* orders(core, home, userId, 'merchant');
    yield { section: 'reviews', records: await core.rows<object>(REVIEWS, [userId]) };
    const shops = await core.rows<{ id: ShopId }>(SHOPS, [userId]);
    const contacts = await shopContacts(
      home,
      shops.map(({ id }) => id),
    );
    const withContact = shops.map((shop) => {
      const { contact = null, address = null } = contacts.get(shop.id) ?? {};
      return { ...shop, contact, address };
    });
    yield { section: 'shops', records: withContact };
    yield* inPages('products', PAGE, (after) => core.rows<{ id: string }>(PRODUCTS, [userId, after, PAGE]));
  };
}
