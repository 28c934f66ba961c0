import type { Shop } from '#shared/contracts/commerce/shop.ts';
import type { ShopId, UserId } from '#shared/ids.ts';
import type { Country } from '#shared/regions.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

export type ShopRow = {
  readonly id: ShopId;
  readonly owner_id: UserId;
  readonly country: Country;
  readonly name: string;
  readonly description: string;
  readonly category: string | null;
  readonly verification_status: Shop['verification_status'];
  readonly settings: Shop['settings'];
  readonly created_at: Date;
  readonly updated_at: Date;
};

const COLUMNS = `shops.id, shops.owner_id, shops.country, shops.name, shops.description, shops.category,
  shops.verification_status, shops.settings, shops.created_at, shops.updated_at`;

const INSERT = statement(
  'commerce.insert-shops',
  `INSERT INTO commerce.shops (id, owner_id, country, name, description, category, verification_status, settings,
     created_at, updated_at)
   SELECT shop.id, shop.owner_id, shop.country, shop.name, shop.description, shop.category, shop.verification_status,
     shop.settings, shop.created_at, shop.updated_at
   FROM jsonb_populate_recordset(NULL::commerce.shops, $1::jsonb) AS shop`,
);

export async function insertShops(tx: Tx, shops: readonly ShopRow[]): Promise<void> {
  await tx.rows(INSERT, [JSON.stringify(shops)]);
}

const FIND = statement('commerce.find-shop', `SELECT ${COLUMNS} FROM commerce.shops WHERE shops.id = $1`);

export function findShop(sql: Sql, id: ShopId): Promise<ShopRow | undefined> {
  return firstRow<ShopRow>(sql, FIND, [id]);
}

const LOCK = statement(
  'commerce.lock-own-shop',
  `SELECT ${COLUMNS} FROM commerce.shops WHERE shops.id = $1 AND shops.owner_id = $2 FOR NO KEY UPDATE`,
);

/** The shop, if it is this owner's, kept from other writers until the transaction ends. */
export function lockOwnShop(tx: Tx, id: ShopId, ownerId: UserId): Promise<ShopRow | undefined> {
  return firstRow<ShopRow>(tx, LOCK, [id, ownerId]);
}

const UPDATE = statement(
  'commerce.update-shop',
  `UPDATE commerce.shops SET name = $2, description = $3, category = $4, settings = $5, updated_at = $6
   WHERE shops.id = $1`,
);

export async function updateShop(tx: Tx, shop: ShopRow): Promise<void> {
  await tx.rows(UPDATE, [
    shop.id,
    shop.name,
    shop.description,
    shop.category,
    JSON.stringify(shop.settings),
    shop.updated_at,
  ]);
}

const LIST = statement(
  'commerce.list-own-shops',
  `SELECT ${COLUMNS} FROM commerce.shops
   WHERE shops.owner_id = $1 AND ($2::uuid IS NULL OR shops.id < $2)
   ORDER BY shops.id DESC LIMIT $3`,
);

/** Shops of an owner, newest first, from after the given one. */
export function listOwnShops(sql: Sql, ownerId: UserId, after: string | undefined, limit: number): Promise<ShopRow[]> {
  return sql.rows<ShopRow>(LIST, [ownerId, after ?? null, limit]);
}

const SET_VERIFICATION = statement(
  'commerce.set-shop-verification',
  `UPDATE commerce.shops SET verification_status = $2, verification_version = $3, updated_at = $4
   WHERE shops.id = $1 AND shops.verification_version < $3 RETURNING ${COLUMNS}`,
);

/** Undefined when a newer word has come before, or there is no such shop. */
export function setVerification(
  tx: Tx,
  id: ShopId,
  status: ShopRow['verification_status'],
  version: number,
  at: Date,
): Promise<ShopRow | undefined> {
  return firstRow<ShopRow>(tx, SET_VERIFICATION, [id, status, version, at]);
}
