import { ShopChanged } from '#shared/events/commerce.ts';
import { happened } from '#shared/events/event.ts';
import type { ShopId } from '#shared/ids.ts';
import type { CommercePorts } from './ports.ts';
import { setVerification, type ShopRow } from './store/shop-store.ts';

export type ShopInForce = {
  readonly shopId: ShopId;
  readonly status: ShopRow['verification_status'];
  readonly version: number;
};

/**
 * Lets a shop sell, or not, as verification says. An older word of verification changes nothing after a newer one, and
 * neither does the same word twice. What is listed stays listed, and is shown again once the shop is.
 */
export function makeSetVerification({ databases, outbox, clock }: CommercePorts) {
  return ({ shopId, status, version }: ShopInForce): Promise<void> =>
    databases.of('core').transaction(async (tx) => {
      const shop = await setVerification(tx, shopId, status, version, clock());
      if (shop === undefined) return;
      const data = { shop_id: shopId, owner_id: shop.owner_id, verification_status: status };
      await outbox.append(tx, {
        events: [happened(ShopChanged, shopId, data)],
        audit: [
          {
            actor: 'verification',
            action: 'commerce.shop_verification_set',
            subject: shopId,
            region: 'core',
            outcome: 'ok',
            facts: { status, version },
          },
        ],
      });
    });
}
