import type { Caller } from '#shared/caller.ts';
import type { Shop } from '#shared/contracts/commerce/shop.ts';
import { AppError } from '#shared/errors.ts';
import { encodeCursor } from '#shared/http/paging.ts';
import { regionOf, type ShopId } from '#shared/ids.ts';
import type { CommercePorts } from './ports.ts';
import { idAfter } from './cursors.ts';
import { seenByOps } from './seen-by-ops.ts';
import { shopContacts } from './store/personal-store.ts';
import { findShop, listOwnShops } from './store/shop-store.ts';
import { shopView } from './views.ts';

/**
 * One shop: a verified one is everybody's to see, any other its owner's and ops', who are written down.
 *
 * @throws {AppError} NOT_FOUND
 */
export function makeGetShop(ports: CommercePorts) {
  const { databases } = ports;
  return async (caller: Caller, id: ShopId): Promise<Shop> => {
    const shop = await findShop(databases.of('core'), id);
    if (shop === undefined) throw new AppError('NOT_FOUND');
    const isOwn = shop.owner_id === caller.userId;
    if (isOwn || caller.role === 'ops') {
      if (!isOwn) await seenByOps(ports, caller, 'commerce.shop_read', id);
      const contacts = await shopContacts(databases.of(regionOf(shop.owner_id)), [id]);
      return shopView(shop, contacts.get(id) ?? 'none');
    }
    if (shop.verification_status !== 'verified') throw new AppError('NOT_FOUND');
    return shopView(shop);
  };
}

type Page = { readonly cursor?: string | undefined; readonly limit: number };

/** The caller's own shops, newest first. */
export function makeListShops({ databases }: CommercePorts) {
  return async (caller: Caller, page: Page): Promise<{ shops: Shop[]; next_cursor: string | null }> => {
    const rows = await listOwnShops(databases.of('core'), caller.userId, idAfter(page.cursor), page.limit + 1);
    const shown = rows.slice(0, page.limit);
    const contacts = await shopContacts(
      databases.of(caller.country),
      shown.map((row) => row.id),
    );
    return {
      shops: shown.map((row) => shopView(row, contacts.get(row.id) ?? 'none')),
      next_cursor: rows.length > page.limit ? encodeCursor([shown.at(-1)!.id]) : null,
    };
  };
}
