import type { z } from 'zod';
import { makeIdempotency } from '#infrastructure/idempotency/idempotency.ts';
import type { OrderDeadlines, OrderWorkflows } from '#services/commerce/ports.ts';
import { seedShops } from '#services/commerce/seed-shops.ts';
import { type CommerceService, makeCommerce } from '#services/commerce/service.ts';
import type { Caller, Role } from '#shared/caller.ts';
import { AddProductBody, type Product } from '#shared/contracts/commerce/product.ts';
import { PlaceOrderBody } from '#shared/contracts/commerce/order.ts';
import { AppError } from '#shared/errors.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { SessionId, ShopId, UserId, WalletId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Country } from '#shared/regions.ts';
import { DAY, HOUR } from '#shared/time.ts';
import type { FreshDatabase } from '#tests/harness/database.ts';

export const DEADLINES = { confirmWithinMs: 24 * HOUR, autoDeliverAfterMs: 7 * DAY, disputeWindowMs: 3 * DAY };

/** Temporal is away. */
export const noWorkflows: OrderWorkflows = {
  update: () => Promise.reject(new AppError('UPSTREAM_UNAVAILABLE', { message: 'Temporal is away' })),
};

/** The Step-Up token that these tests take for good. */
export const GOOD_TOKEN = 'good';

/** Commerce over a test's database; what checkout and the catalogue do needs no Temporal. */
export function openCommerce(
  db: FreshDatabase,
  workflows: OrderWorkflows = noWorkflows,
  deadlines: Partial<OrderDeadlines> = {},
): CommerceService {
  return makeCommerce({
    databases: db.databases,
    outbox: db.outbox,
    idempotency: makeIdempotency(),
    stepUp: { verify: async (token) => token === GOOD_TOKEN },
    workflows,
    deadlines: { ...DEADLINES, ...deadlines },
    clock: () => new Date(),
  });
}

/** Somebody new who has logged in. */
export function someone(role: Role = 'user', country: Country = 'TH'): Caller {
  return {
    userId: newId<UserId>(country),
    sessionId: newId<SessionId>(country),
    role,
    country,
    expiresAt: new Date(Date.now() + HOUR),
  };
}

export type Merchant = { readonly merchant: Caller; readonly shopId: ShopId };

/** A merchant with a verified shop that sells in every currency. */
export async function merchantOf(db: FreshDatabase, country: Country = 'TH'): Promise<Merchant> {
  const merchant = someone('merchant', country);
  const ports = { databases: db.databases, outbox: db.outbox, clock: () => new Date() };
  const [shopId] = await seedShops(ports, [{ userId: merchant.userId, country }]);
  return { merchant, shopId: shopId! };
}

export function newKey(): IdempotencyKey {
  return { key: newId('core'), digest: newId('core') };
}

type ProductFacts = Partial<z.input<typeof AddProductBody>>;

/** Puts something on sale: 10 pieces at 100.00 THB unless said otherwise. */
export async function onSale(commerce: CommerceService, of: Merchant, facts: ProductFacts = {}): Promise<Product> {
  const body = AddProductBody.parse({
    shop_id: of.shopId,
    name: 'Palm basket',
    price: '100.00',
    currency: 'THB',
    stock_quantity: 10,
    images: ['https://images.example.com/basket.jpg'],
    ...facts,
  });
  return await commerce.addProduct(of.merchant, body, undefined);
}

export const ADDRESS = { street: '9 Thanon Sukhumvit', city: 'Bangkok', postal_code: '10110', country: 'TH' } as const;

/** A checkout of one product, as the gateway would have parsed it. */
export function basket(product: Pick<Product, 'id' | 'shop_id'>, quantity = 1, facts: object = {}): PlaceOrderBody {
  return PlaceOrderBody.parse({
    shop_id: product.shop_id,
    items: [{ product_id: product.id, quantity }],
    currency: 'THB',
    wallet_id: newId<WalletId>('core'),
    shipping_address: ADDRESS,
    ...facts,
  });
}
