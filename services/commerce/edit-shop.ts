import type { Caller } from '#shared/caller.ts';
import type { EditShopBody, Shop } from '#shared/contracts/commerce/shop.ts';
import { AppError } from '#shared/errors.ts';
import { ShopChanged } from '#shared/events/commerce.ts';
import { happened } from '#shared/events/event.ts';
import type { ShopId } from '#shared/ids.ts';
import { checkFees } from './open-shop.ts';
import type { CommercePorts } from './ports.ts';
import { settingsOf } from './rules.ts';
import { saveShopContact, shopContacts } from './store/personal-store.ts';
import { lockOwnShop, type ShopRow, updateShop } from './store/shop-store.ts';
import { shopView } from './views.ts';

/**
 * Changes a shop of the caller. Its country stays what it was verified in, whatever address is written.
 *
 * @throws {AppError} NOT_FOUND when it is not the caller's
 */
export function makeEditShop({ databases, outbox, clock }: CommercePorts) {
  return async (caller: Caller, id: ShopId, body: EditShopBody): Promise<Shop> => {
    const shop = await databases.of('core').transaction(async (tx) => {
      const before = await lockOwnShop(tx, id, caller.userId);
      if (before === undefined) throw new AppError('NOT_FOUND');
      const after: ShopRow = {
        ...before,
        name: body.name ?? before.name,
        description: body.description ?? before.description,
        category: body.category ?? before.category,
        settings: settingsOf(before.country, body.settings ?? {}, before.settings),
        updated_at: clock(),
      };
      checkFees(after.settings);
      await updateShop(tx, after);
      const data = { shop_id: id, owner_id: after.owner_id, verification_status: after.verification_status };
      await outbox.append(tx, {
        events: [happened(ShopChanged, id, data)],
        audit: [{ actor: caller.userId, action: 'commerce.shop_edited', subject: id, region: 'core', outcome: 'ok' }],
      });
      return after;
    });
    const home = databases.of(caller.country);
    if (body.contact !== undefined || body.address !== undefined) {
      await saveShopContact(home, { id, ownerId: caller.userId }, body.contact, body.address);
    }
    return shopView(shop, (await shopContacts(home, [id])).get(id) ?? 'none');
  };
}
