import { randomUUID } from 'node:crypto';
import { styleText } from 'node:util';
import {
  CancelOrder,
  ConfirmOrder,
  DeliverOrder,
  GetOrder,
  GetTimeline,
  PlaceOrder,
  ShipOrder,
} from '#shared/contracts/commerce/order-calls.ts';
import { AddProduct, GetProduct } from '#shared/contracts/commerce/product.ts';
import type { OrderId, ProductId, ShopId, WalletId } from '#shared/ids.ts';
import { until } from '../patience.ts';
import { mustBe, type Teller } from '../teller.ts';
import type { Person, World } from '../world.ts';
import { balanceOf } from './pay.ts';

export type Merchant = Person & { readonly shopId: ShopId };

const ADDRESS = {
  street: '99 Sukhumvit Road',
  city: 'Bangkok',
  state: 'Bangkok',
  postal_code: '10110',
  country: 'TH',
} as const;

const STOCK = 5;

/** A customer buys, the merchant serves; then one order is called off. */
export async function order(
  world: World,
  tell: Teller,
  nok: Person,
  ploy: Merchant,
  walletId: WalletId,
): Promise<void> {
  tell.chapter('An order, from checkout to the door');
  const { body: product } = await ploy.client.call(AddProduct, {
    body: {
      shop_id: ploy.shopId,
      name: 'ข้าวเหนียวมะม่วง',
      description: 'Mango sticky rice for two',
      category: 'food',
      sku: `mango-${randomUUID().slice(0, 8)}`,
      price: '150.00',
      currency: 'THB',
      stock_quantity: STOCK,
      images: ['https://images.example.com/mango-sticky-rice.jpg'],
    },
  });
  tell.does(ploy.name, `sells ${product.name} for ${product.price} THB, ${STOCK} in stock`);
  await delivered(world, tell, { nok, ploy, walletId, productId: product.id });
  tell.chapter('An order that is called off');
  await cancelled(world, tell, { nok, ploy, walletId, productId: product.id });
}

type Sale = {
  readonly nok: Person;
  readonly ploy: Merchant;
  readonly walletId: WalletId;
  readonly productId: ProductId;
};

async function delivered(world: World, tell: Teller, sale: Sale): Promise<void> {
  const { nok, ploy } = sale;
  const steps: string[] = [];
  ploy.client.on('order:updated', ({ step }) => steps.push(step));
  const id = await checkout(tell, sale, 2);
  await ploy.client.call(ConfirmOrder, { params: { id }, body: {} });
  tell.does(ploy.name, 'confirms: the money that was held is taken');
  await ploy.client.call(ShipOrder, { params: { id }, body: { tracking_number: 'TH0123456789', carrier: 'Kerry' } });
  tell.does(ploy.name, 'ships with Kerry, TH0123456789');
  await nok.client.call(DeliverOrder, { params: { id }, body: {} });
  tell.does(nok.name, 'has the parcel');
  const { body: now } = await nok.client.call(GetOrder, { params: { id } });
  mustBe(now.status, 'delivered', 'the order');
  mustBe(now.payment_status, 'paid', 'its payment');
  await until('the merchant saw the steps live', async () => steps.includes('deliver') || undefined);
  tell.shows(`${ploy.name}'s order board heard live: ${steps.join(', ')}`);
  await tellTimeline(world, tell, nok, id);
}

async function cancelled(world: World, tell: Teller, sale: Sale): Promise<void> {
  const { nok } = sale;
  const before = await balanceOf(nok);
  const id = await checkout(tell, sale, 1);
  await until('the price is held', async () => ((await balanceOf(nok)) === before ? undefined : true));
  await nok.client.call(CancelOrder, { params: { id }, body: { reason: 'ordered by mistake' } });
  tell.does(nok.name, 'calls it off');
  const { body: now } = await nok.client.call(GetOrder, { params: { id } });
  mustBe(now.status, 'cancelled', 'the order');
  mustBe(await balanceOf(nok), before, `${nok.name}'s balance`);
  const { body: product } = await nok.client.call(GetProduct, { params: { id: sale.productId } });
  mustBe(product.stock_quantity, STOCK - 2, 'the stock');
  tell.shows(`${now.status}; the money and the stock are back`);
  await tellTimeline(world, tell, nok, id);
}

async function checkout(tell: Teller, { nok, ploy, walletId, productId }: Sale, quantity: number): Promise<OrderId> {
  const { body: placed } = await nok.client.call(PlaceOrder, {
    body: {
      shop_id: ploy.shopId,
      items: [{ product_id: productId, quantity }],
      currency: 'THB',
      wallet_id: walletId,
      shipping_address: ADDRESS,
    },
    idempotencyKey: randomUUID(),
  });
  tell.does(nok.name, `orders ${quantity} for ${placed.total_amount} THB: ${placed.status}`);
  return placed.id;
}

async function tellTimeline(world: World, tell: Teller, { client }: Person, id: OrderId): Promise<void> {
  const { body: timeline } = await client.call(GetTimeline, { params: { id } });
  for (const { at, step, status, actor, reason } of timeline.events) {
    const words = `${step.padEnd(10)} ${status.padEnd(12)} ${actor}${reason === undefined ? '' : `: ${reason}`}`;
    console.log(`           ${styleText('dim', at.slice(11, 23))} ${words}`);
  }
  tell.link('workflow', world.workflowUrl(timeline.workflow_id));
}
