import { randomUUID } from 'node:crypto';
import {
  ConfirmOrder,
  DeliverOrder,
  GetOrder,
  GetTimeline,
  PlaceOrder,
  ShipOrder,
} from '#shared/contracts/commerce/order-calls.ts';
import type { OrderId } from '#shared/ids.ts';
import type { LoadLog } from './load-log.ts';
import { persistently, until } from './patience.ts';
import type { Resident, Stall } from './town.ts';

const ADDRESS = {
  street: '99 Sukhumvit Road',
  city: 'Bangkok',
  state: 'Bangkok',
  postal_code: '10110',
  country: 'TH',
} as const;

/** What the two sides of an order do, each step asked for until it is answered. */
export type Sale = {
  readonly id: OrderId;
  confirm(): Promise<unknown>;
  ship(): Promise<unknown>;
  deliver(): Promise<unknown>;
  /** Waits until the merchant has been paid. */
  settled(): Promise<void>;
  status(): Promise<string>;
  /** `step status` of each row, such as `payment completed`, in the order of their writing. */
  story(): Promise<readonly string[]>;
};

/** Checks out one piece. */
export async function placeOrder(customer: Resident, stall: Stall, log: LoadLog): Promise<Sale> {
  const key = randomUUID();
  const { body: placed } = await persistently(log, 'place', key, () =>
    customer.client.call(PlaceOrder, {
      body: {
        shop_id: stall.shopId,
        items: [{ product_id: stall.productId, quantity: 1 }],
        currency: 'THB',
        wallet_id: customer.walletId,
        shipping_address: ADDRESS,
      },
      idempotencyKey: key,
    }),
  );
  const { id } = placed;
  const params = { id };
  const merchant = stall.merchant.client;
  const story = async (): Promise<readonly string[]> => {
    const { body } = await customer.client.call(GetTimeline, { params });
    return body.events.map(({ step, status }) => `${step} ${status}`);
  };
  return {
    id,
    confirm: () => persistently(log, 'confirm', id, () => merchant.call(ConfirmOrder, { params, body: {} })),
    ship: () => persistently(log, 'ship', id, () => merchant.call(ShipOrder, { params, body: { carrier: 'Kerry' } })),
    deliver: () => persistently(log, 'deliver', id, () => customer.client.call(DeliverOrder, { params, body: {} })),
    settled: async () =>
      void (await until(`order ${id} is settled`, async () =>
        (await persistently(log, 'story', id, story)).includes('settle completed'),
      )),
    status: async () => (await customer.client.call(GetOrder, { params })).body.status,
    story,
  };
}

/** Everything that is left to do for an order, wherever it stands. */
export async function seeThrough(sale: Sale): Promise<void> {
  await sale.confirm();
  await sale.ship();
  await sale.deliver();
  await sale.settled();
}
