import type { Caller } from '#shared/caller.ts';
import type { OpenShopBody, Shop } from '#shared/contracts/commerce/shop.ts';
import { ShopChanged } from '#shared/events/commerce.ts';
import { happened } from '#shared/events/event.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { ShopId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { CommercePorts } from './ports.ts';
import { readAmount } from './pricing.ts';
import { homeIn } from './home.ts';
import { settingsOf } from './rules.ts';
import { saveShopContact } from './store/personal-store.ts';
import { insertShops, type ShopRow } from './store/shop-store.ts';
import { shopView } from './views.ts';

/** Opens a shop, which waits to be verified before it may sell. */
export function makeOpenShop({ databases, outbox, idempotency, clock }: CommercePorts) {
  return async (caller: Caller, body: OpenShopBody, key: IdempotencyKey | undefined): Promise<Shop> => {
    const country = body.address?.country ?? caller.country;
    const now = clock();
    const shop: ShopRow = {
      id: newId<ShopId>('core'),
      owner_id: caller.userId,
      country,
      name: body.name,
      description: body.description ?? '',
      category: body.category ?? null,
      verification_status: 'pending',
      settings: settingsOf(country, body.settings ?? {}),
      created_at: now,
      updated_at: now,
    };
    checkFees(shop.settings);
    const reply = await databases.of('core').transaction((tx) =>
      idempotency.run(tx, { userId: caller.userId, call: 'openShop', key }, async () => {
        await insertShops(tx, [shop]);
        const home = homeIn(databases, caller.country, tx);
        await saveShopContact(home, { id: shop.id, ownerId: caller.userId }, body.contact, body.address);
        const data = { shop_id: shop.id, owner_id: shop.owner_id, verification_status: shop.verification_status };
        await outbox.append(tx, {
          events: [happened(ShopChanged, shop.id, data)],
          audit: [
            { actor: caller.userId, action: 'commerce.shop_opened', subject: shop.id, region: 'core', outcome: 'ok' },
          ],
        });
        return { status: 201, body: shopView(shop) };
      }),
    );
    // The same key comes with the same body, so what was left out of the kept answer is at hand again.
    return { ...reply.body, contact: body.contact ?? null, address: body.address ?? null };
  };
}

/** @throws {AppError} VALIDATION_ERROR when a shipping fee is not an amount of its currency */
export function checkFees({ shipping_fees: fees }: Shop['settings']): void {
  for (const [currency, fee] of Object.entries(fees)) {
    readAmount(`settings.shipping_fees.${currency}`, fee, currency as keyof typeof fees);
  }
}
