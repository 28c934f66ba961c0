import { ShopChanged } from '#shared/events/commerce.ts';
import { happened, type Outbox } from '#shared/events/event.ts';
import type { ShopId, UserId } from '#shared/ids.ts';
import { CURRENCIES } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { COUNTRIES, COUNTRY_FACTS, type Country } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import { settingsOf } from './rules.ts';
import { insertShops, type ShopRow } from './store/shop-store.ts';

type SeedPorts = { readonly databases: Databases; readonly outbox: Outbox; readonly clock: Clock };

/** Shops per insert, so that no statement grows without bound. */
const BATCH_MAX = 500;

/**
 * Development only: gives each merchant a shop that is verified already, sells in every currency and ships everywhere.
 *
 * @returns the shops' ids in the order of the merchants
 */
export async function seedShops(
  { databases, outbox, clock }: SeedPorts,
  merchants: readonly { readonly userId: UserId; readonly country: Country }[],
): Promise<ShopId[]> {
  const now = clock();
  const shops = merchants.map(({ userId, country }): ShopRow => ({
    id: newId<ShopId>('core'),
    owner_id: userId,
    country,
    name: `Shop in ${COUNTRY_FACTS[country].timezone.split('/')[1]!.replaceAll('_', ' ')}`,
    description: '',
    category: null,
    verification_status: 'verified',
    settings: settingsOf(country, { supported_currencies: [...CURRENCIES], shipping_countries: [...COUNTRIES] }),
    created_at: now,
    updated_at: now,
  }));
  for (let start = 0; start < shops.length; start += BATCH_MAX) {
    const batch = shops.slice(start, start + BATCH_MAX);
    await databases.of('core').transaction(async (tx) => {
      await insertShops(tx, batch);
      await outbox.append(tx, {
        events: batch.map(({ id, owner_id, verification_status }) =>
          happened(ShopChanged, id, { shop_id: id, owner_id, verification_status }),
        ),
        audit: batch.map(({ id }) => ({
          actor: 'system',
          action: 'commerce.shop_seeded',
          subject: id,
          region: 'core',
          outcome: 'ok',
        })),
      });
    });
  }
  return shops.map((shop) => shop.id);
}
