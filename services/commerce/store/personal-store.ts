import type { ShippingAddress } from '#shared/contracts/commerce/order.ts';
import type { ShopAddress, ShopContact } from '#shared/contracts/commerce/shop.ts';
import type { OrderId, ShopId, UserId } from '#shared/ids.ts';
import { firstRow, type Sql, statement } from '#shared/sql.ts';

// Everything here is personal data: each function takes the database of the person's region.

export type ShopContactRow = {
  readonly shop_id: ShopId;
  readonly contact: ShopContact | null;
  readonly address: ShopAddress | null;
};

const SAVE_CONTACT = statement(
  'commerce.save-shop-contact',
  `INSERT INTO commerce.shop_contacts (shop_id, owner_id, contact, address) VALUES ($1, $2, $3, $4)
   ON CONFLICT (shop_id) DO UPDATE SET contact = COALESCE(excluded.contact, shop_contacts.contact),
     address = COALESCE(excluded.address, shop_contacts.address)`,
);

/** What is left out stays as it was. */
export async function saveShopContact(
  home: Sql,
  shop: { readonly id: ShopId; readonly ownerId: UserId },
  contact: ShopContact | undefined,
  address: ShopAddress | undefined,
): Promise<void> {
  await home.rows(SAVE_CONTACT, [shop.id, shop.ownerId, json(contact), json(address)]);
}

const CONTACTS = statement(
  'commerce.shop-contacts',
  `SELECT shop_contacts.shop_id, shop_contacts.contact, shop_contacts.address FROM commerce.shop_contacts
   WHERE shop_contacts.shop_id = ANY($1::uuid[])`,
);

export async function shopContacts(home: Sql, ids: readonly ShopId[]): Promise<Map<ShopId, ShopContactRow>> {
  const rows = await home.rows<ShopContactRow>(CONTACTS, [ids]);
  return new Map(rows.map((row) => [row.shop_id, row]));
}

export type Shipping = { readonly address: ShippingAddress; readonly notes: string | null };

const SAVE_SHIPPING = statement(
  'commerce.save-shipping',
  `INSERT INTO commerce.shipping (order_id, customer_id, address, notes) VALUES ($1, $2, $3, $4)
   ON CONFLICT (order_id) DO NOTHING`,
);

export async function saveShipping(home: Sql, orderId: OrderId, customerId: UserId, shipping: Shipping): Promise<void> {
  await home.rows(SAVE_SHIPPING, [orderId, customerId, JSON.stringify(shipping.address), shipping.notes]);
}

const FIND_SHIPPING = statement(
  'commerce.find-shipping',
  'SELECT shipping.address, shipping.notes FROM commerce.shipping WHERE shipping.order_id = $1',
);

export function findShipping(home: Sql, orderId: OrderId): Promise<Shipping | undefined> {
  return firstRow<Shipping>(home, FIND_SHIPPING, [orderId]);
}

const FORGET_SHIPPING = statement(
  'commerce.forget-shipping',
  'DELETE FROM commerce.shipping WHERE shipping.order_id = $1',
);

export async function forgetShipping(home: Sql, orderId: OrderId): Promise<void> {
  await home.rows(FORGET_SHIPPING, [orderId]);
}

const SAVE_WORDS = statement(
  'commerce.save-order-words',
  `INSERT INTO commerce.order_words (order_id, step, actor_id, customer_id, words) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (order_id, step, actor_id) DO UPDATE SET words = excluded.words`,
);

type Said = { readonly step: string; readonly actor_id: UserId; readonly words: string };

/** Keeps what a person wrote when asking for a step. */
export async function saveWords(
  home: Sql,
  order: { readonly id: OrderId; readonly customer_id: UserId },
  said: Said,
): Promise<void> {
  await home.rows(SAVE_WORDS, [order.id, said.step, said.actor_id, order.customer_id, said.words]);
}

const WORDS = statement(
  'commerce.order-words',
  `SELECT order_words.step, order_words.actor_id, order_words.words FROM commerce.order_words
   WHERE order_words.order_id = $1`,
);

export function wordsOf(home: Sql, orderId: OrderId): Promise<Said[]> {
  return home.rows<Said>(WORDS, [orderId]);
}

function json(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
