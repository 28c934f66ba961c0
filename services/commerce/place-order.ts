import type { Caller } from '#shared/caller.ts';
import type { Order, PlaceOrderBody } from '#shared/contracts/commerce/order.ts';
import { AppError, invalid } from '#shared/errors.ts';
import { OrderPlaced } from '#shared/events/commerce.ts';
import { happened } from '#shared/events/event.ts';
import type { IdempotencyKey } from '#shared/http/call.ts';
import type { OrderId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Tx } from '#shared/sql.ts';
import { isAboveStepUpSum, STEP_UP_ABOVE } from '#shared/step-up-sums.ts';
import { workflowId } from '#shared/workflows/command.ts';
import { OrderWorkflow } from '#shared/workflows/order.ts';
import { homeIn } from './home.ts';
import { checkoutStory, workflowActor } from './order-machine.ts';
import type { CommercePorts, OrderDeadlines } from './ports.ts';
import { amountsOf, readAmount, written } from './pricing.ts';
import { localDate } from './rules.ts';
import { insertOrder, type OrderRow } from './store/order-store.ts';
import { forgetShipping, saveShipping } from './store/personal-store.ts';
import { onSale, type SaleLine } from './store/product-store.ts';
import { findShop, type ShopRow } from './store/shop-store.ts';
import { reserveStock } from './store/stock-store.ts';
import { appendStory } from './store/story-store.ts';
import { taxRate } from './tax.ts';
import { orderView, withShipping } from './views.ts';

type Sale = { readonly shop: ShopRow; readonly lines: readonly SaleLine[] };

/**
 * Checks out: one transaction revalidates prices, reserves the stock, computes every amount and places the order. The
 * answer never waits for the workflow, which the event starts. Above a sum the PIN is wanted, as for a transfer, and from
 * a new device or under a new number no more than that sum can be spent.
 *
 * @throws {AppError} NOT_FOUND for a shop that does not sell or a product that is not on sale, FORBIDDEN in one's own
 *   shop, OUT_OF_STOCK, STEP_UP_REQUIRED, LIMIT_EXCEEDED, VALIDATION_ERROR for currencies, places and payments that do
 *   not fit
 */
export function makePlaceOrder(ports: CommercePorts) {
  const { databases, outbox, idempotency, stepUp, clock, deadlines } = ports;

  return async (
    caller: Caller,
    body: PlaceOrderBody,
    key: IdempotencyKey | undefined,
    stepUpToken?: string,
  ): Promise<Order> => {
    if (body.payment_method !== undefined) {
      throw invalid('payment_method', 'is not offered for orders yet: pay from a wallet, with wallet_id');
    }
    const id = newId<OrderId>('core');
    const shipping = { address: body.shipping_address, notes: body.notes ?? null };
    const scope = { userId: caller.userId, call: 'placeOrder', key };
    const isConfirmed = stepUpToken !== undefined && (await stepUp.verify(stepUpToken, caller));

    const placed = databases.of('core').transaction((tx) =>
      idempotency.run(tx, scope, async () => {
        const sale = await findSale(tx, caller, body);
        const now = clock();
        const order = priced(id, caller, body, sale, now, deadlines);
        const isLimited = caller.limitedUntil !== undefined && caller.limitedUntil > now;
        if (isAboveStepUpSum({ minor: order.total, currency: order.currency })) {
          if (!isConfirmed) throw new AppError('STEP_UP_REQUIRED');
          if (isLimited) throw newDeviceRefusal(order, caller.limitedUntil);
        }
        await reserve(tx, order);
        await insertOrder(tx, order, isLimited);
        const customer = { actor: 'customer', actorId: caller.userId } as const;
        await appendStory(tx, id, checkoutStory(customer, workflowActor(workflowId(OrderWorkflow, id))));
        await saveShipping(homeIn(databases, caller.country, tx), id, caller.userId, shipping);
        await outbox.append(tx, {
          events: [happened(OrderPlaced, id, placedFacts(order))],
          audit: [
            { actor: caller.userId, action: 'commerce.order_placed', subject: id, region: 'core', outcome: 'ok' },
          ],
        });
        return { status: 201, body: orderView(order) };
      }),
    );
    const reply = await placed.catch(async (error: unknown) => {
      // A refusal leaves no order; after a lost connection there may be one, which needs its address.
      const isRefused = error instanceof AppError && !error.retryable;
      const home = databases.of(caller.country);
      if (isRefused && home !== databases.of('core')) await forgetShipping(home, id);
      throw error;
    });
    // The kept answer holds no address; the same key comes with the same body, so it is at hand again.
    return withShipping(reply.body, shipping);
  };
}

function newDeviceRefusal({ currency }: OrderRow, until: Date): AppError {
  const max = `${STEP_UP_ABOVE[currency]} ${currency} a day until ${until.toISOString()}`;
  return new AppError('LIMIT_EXCEEDED', { details: `A new device or number spends no more than ${max}` });
}

async function findSale(tx: Tx, caller: Caller, body: PlaceOrderBody): Promise<Sale> {
  const shop = await findShop(tx, body.shop_id);
  if (shop?.owner_id === caller.userId) throw new AppError('FORBIDDEN', { details: 'Nobody buys in their own shop' });
  // Others do not see a shop before it is verified, so for them it is not there.
  if (shop?.verification_status !== 'verified') {
    throw new AppError('NOT_FOUND', { details: [{ path: 'shop_id', message: 'is no shop that sells' }] });
  }
  if (!shop.settings.shipping_countries.includes(body.shipping_address.country)) {
    throw invalid(
      'shipping_address.country',
      `is not one that the shop ships to: ${shop.settings.shipping_countries.join(', ')}`,
    );
  }
  const lines = await onSale(tx, shop.id, body.items);
  const sold = new Set(lines.map((line) => Number(line.line) - 1));
  const missing = body.items.flatMap((_, index) => (sold.has(index) ? [] : [index]));
  if (missing.length > 0) {
    throw new AppError('NOT_FOUND', {
      details: missing.map((index) => ({ path: `items.${index}`, message: 'is not on sale in this shop' })),
    });
  }
  const foreign = lines.find((line) => line.currency !== body.currency);
  if (foreign !== undefined) throw invalid('currency', `does not fit: an item is sold in ${foreign.currency}`);
  return { shop, lines };
}

function priced(
  id: OrderId,
  caller: Caller,
  body: PlaceOrderBody,
  { shop, lines }: Sale,
  now: Date,
  deadlines: OrderDeadlines,
): OrderRow {
  const { currency } = body;
  const items = lines.map((line, index) => ({ line, quantity: body.items[index]!.quantity }));
  const rate = taxRate({
    seller: shop.country,
    registered: shop.settings.tax.registered,
    destination: body.shipping_address.country,
    date: localDate(shop.country, now),
  });
  const fee = readAmount('currency', shop.settings.shipping_fees[currency] ?? '0', currency);
  const amounts = amountsOf(
    items.map(({ line, quantity }) => ({ unitPrice: line.unit_price, quantity })),
    fee,
    rate,
    currency,
  );
  return {
    id,
    shop_id: shop.id,
    customer_id: caller.userId,
    owner_id: shop.owner_id,
    wallet_id: body.wallet_id!,
    currency,
    ...amounts,
    tax_basis_points: rate,
    status: 'pending',
    payment_status: 'pending',
    refunded: 0n,
    tracking_number: null,
    carrier: null,
    confirm_within_ms: BigInt(deadlines.confirmWithinMs),
    auto_deliver_after_ms: BigInt(deadlines.autoDeliverAfterMs),
    dispute_window_ms: BigInt(deadlines.disputeWindowMs),
    shipped_at: null,
    delivered_at: null,
    closed_at: null,
    created_at: now,
    updated_at: now,
    items: items.map(({ line, quantity }) => ({
      product_id: line.product_id,
      variant_id: line.variant_id,
      name: line.variant_name === null ? line.name : `${line.name}, ${line.variant_name}`,
      quantity,
      unit_price: line.unit_price.toString(),
      total: (line.unit_price * BigInt(quantity)).toString(),
    })),
  };
}

async function reserve(tx: Tx, order: OrderRow): Promise<void> {
  const wanted = order.items.map((item) => ({ itemId: item.variant_id ?? item.product_id, quantity: item.quantity }));
  const reserved = await reserveStock(tx, wanted);
  const short = wanted.flatMap(({ itemId }, index) => (reserved.has(itemId) ? [] : [index]));
  if (short.length === 0) return;
  throw new AppError('OUT_OF_STOCK', {
    details: short.map((index) => ({ path: `items.${index}.quantity`, message: 'is more than what is left' })),
  });
}

function placedFacts(order: OrderRow) {
  return {
    order_id: order.id,
    shop_id: order.shop_id,
    customer_id: order.customer_id,
    owner_id: order.owner_id,
    wallet_id: order.wallet_id,
    amount: written(order.total, order.currency),
    currency: order.currency,
    confirm_within_ms: Number(order.confirm_within_ms),
    auto_deliver_after_ms: Number(order.auto_deliver_after_ms),
    dispute_window_ms: Number(order.dispute_window_ms),
  };
}
