import { Client, Connection } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openPostgresBus } from '#infrastructure/events/postgres-bus.ts';
import { startRelay } from '#infrastructure/events/relay.ts';
import { makeOrderWorkflows } from '#infrastructure/temporal/order-workflows.ts';
import { makeWorkflowDriver } from '#infrastructure/temporal/workflow-driver.ts';
import type { Ask } from '#services/commerce/ask-for-step.ts';
import type { Caller } from '#shared/caller.ts';
import type { Order } from '#shared/contracts/commerce/order.ts';
import { OrderUpdated } from '#shared/events/commerce.ts';
import { dataOf, type StoredEvent } from '#shared/events/event.ts';
import type { ProductId } from '#shared/ids.ts';
import { commerceTrigger } from '#shared/workflows/commerce.ts';
import { engines } from '#tests/harness/engines.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { openCommerce, someone } from '#tests/integration/commerce/open-commerce.ts';
import { type Deal, openOrderWorld, type OrderWorld } from './order-world.ts';
import { quietTemporal } from './quiet-temporal.ts';

// The real server, and no cache: every workflow task replays the whole history, so a story that is not the same twice
// shows here.

let env: TestWorkflowEnvironment;
let world: OrderWorld;

beforeAll(async () => {
  quietTemporal();
  env = await TestWorkflowEnvironment.createFromExistingServer({ address: engines.temporal });
  world = await openOrderWorld(env, { maxCachedWorkflows: 0 });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await env.teardown();
});

const take = (caller: Caller, { id }: Deal, ask: Ask): Promise<Order> => world.commerce.askForStep(caller, id, ask);
const statusOf = async ({ buyer, id }: Deal) => (await world.commerce.getOrder(buyer, id)).status;

async function seen(deal: Deal, line: string): Promise<void> {
  await vi.waitFor(async () => expect(await world.story(deal)).toContain(line), { timeout: 10_000 });
}

test('a step of an order is nobody’s but its two sides’, and each has its own', async () => {
  const deal = await world.buy();
  const { buyer, seller } = deal;
  await expect(take(someone('merchant'), deal, { to: 'confirm' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(take(buyer, deal, { to: 'confirm' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(take(buyer, deal, { to: 'ship' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(take(buyer, deal, { to: 'return', accepted: true })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(take(someone('ops'), deal, { to: 'cancel' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(take(seller.merchant, deal, { to: 'return' })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  expect(await statusOf(deal)).toBe('pending');
});

test('a step before its time is refused with the reason, and changes nothing', async () => {
  const deal = await world.buy();
  const { buyer, seller } = deal;
  const early = (caller: Caller, ask: Ask, details: string) =>
    expect(take(caller, deal, ask)).rejects.toMatchObject({ code: 'CONFLICT', details });
  await early(seller.merchant, { to: 'ship' }, 'The order has not been confirmed');
  await early(buyer, { to: 'deliver' }, 'The order has not been shipped');
  await early(buyer, { to: 'return' }, 'The order has not been delivered');
  await early(seller.merchant, { to: 'return', accepted: true }, 'No return is open');
  await take(seller.merchant, deal, { to: 'confirm' });
  await early(buyer, { to: 'deliver' }, 'The order has not been shipped');
  await take(seller.merchant, deal, { to: 'ship' });
  await early(buyer, { to: 'cancel' }, 'The order has been shipped; it can be returned once it is delivered');
  expect(await statusOf(deal)).toBe('shipped');
});

test('while Temporal is away a step answers UPSTREAM_UNAVAILABLE and checkout goes on', async () => {
  const connection = Connection.lazy({ address: '127.0.0.1:1' });
  const away = openCommerce(
    world.db,
    makeOrderWorkflows({ client: new Client({ connection }), taskQueuePrefix: '', answerWithinMs: 500 }),
  );
  const deal = await world.buy();
  const confirm = away.askForStep(deal.seller.merchant, deal.id, { to: 'confirm' });
  await expect(confirm).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  await connection.close();
  expect(await take(deal.seller.merchant, deal, { to: 'confirm' })).toMatchObject({ status: 'confirmed' });
});

test('a merchant who confirms before the workflow has started is answered, and the late start changes nothing', async () => {
  const deal = await world.buy();
  const confirmed = await take(deal.seller.merchant, deal, { to: 'confirm' });
  expect(confirmed).toMatchObject({ status: 'confirmed', payment_status: 'paid' });
  await seen(deal, 'ship waiting');
  expect(world.payments.callsOf(deal.id)).toEqual(['holdForOrder', 'captureOrder']);
});

test('the whole way: confirmed, packed, shipped, delivered, and settled when the dispute window is over', async () => {
  const deal = await world.buy();
  const { buyer, seller } = deal;
  const workflow = await world.start(deal, { disputeWindowMs: 0 });
  await take(seller.merchant, deal, { to: 'confirm' });
  const parcel = { to: 'ship', trackingNumber: 'TH123', carrier: 'Kerry' } as const;
  const shipped = await take(seller.merchant, deal, parcel);
  expect(shipped).toMatchObject({ status: 'shipped', tracking_number: 'TH123', carrier: 'Kerry' });
  expect(shipped.shipped_at).not.toBeNull();
  const delivered = await take(buyer, deal, { to: 'deliver', words: 'left at the gate' });
  expect(delivered).toMatchObject({ status: 'delivered' });
  expect(await workflow.result()).toEqual({ status: 'settled' });
  const { workflow_id, events } = await world.commerce.getTimeline(seller.merchant, deal.id);
  expect(workflow_id).toBe(`order-${deal.id}`);
  expect(events.map((event) => event.at)).toEqual(events.map((event) => event.at).toSorted());
  expect(events).toMatchObject([
    { step: 'place', status: 'completed', actor: 'customer' },
    { step: 'reserve', status: 'completed', actor: 'system' },
    { step: 'payment', status: 'started', actor: 'system' },
    { step: 'payment', status: 'completed', actor: 'system', attempt: 1 },
    { step: 'confirm', status: 'waiting', actor: 'system' },
    { step: 'confirm', status: 'completed', actor: 'merchant' },
    { step: 'capture', status: 'completed', actor: 'system' },
    { step: 'pack', status: 'started', actor: 'system' },
    { step: 'ship', status: 'waiting', actor: 'system' },
    { step: 'ship', status: 'completed', actor: 'merchant' },
    { step: 'deliver', status: 'waiting', actor: 'system' },
    { step: 'deliver', status: 'completed', actor: 'customer', reason: 'left at the gate' },
    { step: 'settle', status: 'waiting', actor: 'system' },
    { step: 'settle', status: 'completed', actor: 'system' },
  ]);
  await world.keep(deal, 'settled');
});

test('a double click, at once or later, gets the answer of the first and moves the money once', async () => {
  const deal = await world.buy();
  const { merchant } = deal.seller;
  const clicks = await Promise.all([1, 2, 3].map(() => take(merchant, deal, { to: 'confirm' })));
  expect(clicks).toEqual([clicks[0], clicks[0], clicks[0]]);
  await seen(deal, 'ship waiting');
  expect(await take(merchant, deal, { to: 'confirm' })).toMatchObject({ status: 'processing' });
  expect(world.payments.callsOf(deal.id)).toEqual(['holdForOrder', 'captureOrder']);
  await take(merchant, deal, { to: 'ship', trackingNumber: 'A1' });
  expect(await take(merchant, deal, { to: 'ship', trackingNumber: 'A1' })).toMatchObject({ tracking_number: 'A1' });
  await expect(take(merchant, deal, { to: 'ship', trackingNumber: 'B2' })).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('a customer who cancels before the merchant confirms gets the money back, and cancelling again says the same', async () => {
  const deal = await world.buy();
  await world.start(deal);
  await seen(deal, 'confirm waiting');
  const cancelled = await take(deal.buyer, deal, { to: 'cancel', words: 'changed my mind' });
  expect(cancelled).toMatchObject({ status: 'cancelled', payment_status: 'refunded' });
  expect(await take(deal.buyer, deal, { to: 'cancel' })).toMatchObject({ status: 'cancelled' });
  await expect(take(deal.seller.merchant, deal, { to: 'confirm' })).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(world.payments.callsOf(deal.id)).toEqual(['holdForOrder', 'releaseOrder']);
  expect(await world.stock(deal)).toBe(10);
  const { events } = await world.commerce.getTimeline(deal.buyer, deal.id);
  expect(events.slice(5)).toMatchObject([
    { step: 'cancel', status: 'started', actor: 'customer', reason: 'changed my mind' },
    { step: 'payment', status: 'compensated' },
    { step: 'reserve', status: 'compensated' },
    { step: 'cancel', status: 'completed', actor: 'customer' },
  ]);
  await world.keep(deal, 'cancelled-by-customer');
});

test('a customer who cancels while the payment is under way is not charged', async () => {
  const deal = await world.buy();
  const letGo = world.payments.hold('holdForOrder', deal.id);
  await world.start(deal);
  await vi.waitFor(() => expect(world.payments.callsOf(deal.id)).toEqual(['holdForOrder']), { timeout: 10_000 });
  const cancelling = take(deal.buyer, deal, { to: 'cancel' });
  letGo();
  expect(await cancelling).toMatchObject({ status: 'cancelled', payment_status: 'refunded' });
  expect(world.payments.callsOf(deal.id)).toEqual(['holdForOrder', 'releaseOrder']);
});

test('a merchant who cannot deliver cancels a confirmed order, and what was captured is refunded', async () => {
  const deal = await world.buy();
  const { merchant } = deal.seller;
  await take(merchant, deal, { to: 'confirm' });
  const cancelled = await take(merchant, deal, { to: 'cancel', words: 'broken in the store' });
  expect(cancelled).toMatchObject({ status: 'cancelled', payment_status: 'refunded' });
  expect(world.payments.callsOf(deal.id)).toEqual(['holdForOrder', 'captureOrder', 'refundOrder', 'releaseOrder']);
  expect(await world.stock(deal)).toBe(10);
  await world.keep(deal, 'cancelled-after-capture');
});

test('of a confirmation and a cancellation at once one wins, and the other is told', async () => {
  const deal = await world.buy();
  const results = await Promise.allSettled([
    take(deal.seller.merchant, deal, { to: 'confirm' }),
    take(deal.buyer, deal, { to: 'cancel' }),
  ]);
  expect(results[1].status).toBe('fulfilled');
  expect(await statusOf(deal)).toBe('cancelled');
  expect(await world.stock(deal)).toBe(10);
});

test('a return is opened by the customer and refunded when the merchant accepts it', async () => {
  const deal = await world.buy();
  const { buyer, seller } = deal;
  const workflow = await world.start(deal);
  await take(seller.merchant, deal, { to: 'confirm' });
  await take(seller.merchant, deal, { to: 'ship' });
  await take(seller.merchant, deal, { to: 'deliver' });
  const opened = await take(buyer, deal, { to: 'return', words: 'too small' });
  expect(opened).toMatchObject({ status: 'delivered', payment_status: 'paid' });
  await expect(take(seller.merchant, deal, { to: 'deliver' })).resolves.toMatchObject({ status: 'delivered' });
  const accepted = await take(seller.merchant, deal, { to: 'return', accepted: true });
  expect(accepted).toMatchObject({ status: 'refunded', payment_status: 'refunded' });
  expect(await workflow.result()).toEqual({ status: 'refunded' });
  expect((await world.story(deal)).slice(-4)).toEqual([
    'return started',
    'return waiting',
    'return completed',
    'refund completed',
  ]);
  expect(world.payments.callsOf(deal.id)).toEqual(['holdForOrder', 'captureOrder', 'refundOrder']);
  await world.keep(deal, 'returned');
});

test('a return after the dispute window is refused, also when Temporal has forgotten the order', async () => {
  const deal = await world.buy();
  const workflow = await world.start(deal, { disputeWindowMs: 0 });
  await take(deal.seller.merchant, deal, { to: 'confirm' });
  await take(deal.seller.merchant, deal, { to: 'ship' });
  await take(deal.buyer, deal, { to: 'deliver' });
  await workflow.result();
  const late = { code: 'CONFLICT', details: 'The order is settled: the time for returns is over' };
  await expect(take(deal.buyer, deal, { to: 'return' })).rejects.toMatchObject(late);
});

test('a delivered product is reviewed once, by its customer', async () => {
  const deal = await world.buy();
  const productId = deal.product.id as ProductId;
  const review = (caller: Caller) =>
    world.commerce.reviewProduct(caller, productId, { order_id: deal.id, rating: 5, text: 'Holds fish' }, undefined);
  await expect(review(someone())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(review(deal.buyer)).rejects.toMatchObject({ code: 'CONFLICT' });
  await take(deal.seller.merchant, deal, { to: 'confirm' });
  await take(deal.seller.merchant, deal, { to: 'ship' });
  await take(deal.buyer, deal, { to: 'deliver' });
  expect(await review(deal.buyer)).toMatchObject({ product_id: productId, rating: 5, text: 'Holds fish' });
  await expect(review(deal.buyer)).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('the event of checkout starts the workflow, and each step is told to both sides', async () => {
  const { database } = world.db;
  const bus = openPostgresBus({ database, log: quietLog });
  const relay = startRelay({ database, log: quietLog, onMoved: () => bus.wake() });
  const told: StoredEvent[] = [];
  bus.subscribe({ group: 'test', types: [OrderUpdated.type], handle: async (events) => void told.push(...events) });
  bus.subscribe(
    makeWorkflowDriver({ client: env.client, triggers: [commerceTrigger], taskQueuePrefix: world.taskQueuePrefix }),
  );
  const deal = await world.buy();
  await seen(deal, 'confirm waiting');
  await take(deal.seller.merchant, deal, { to: 'confirm' });
  await take(deal.seller.merchant, deal, { to: 'ship' });
  const mine = () => told.flatMap((event) => (event.aggregateId === deal.id ? [dataOf(OrderUpdated, event)] : []));
  await vi.waitFor(() => expect(mine()).toHaveLength(4), { timeout: 10_000 });
  await relay.stop();
  await bus.close();
  expect(mine()).toMatchObject([
    { step: 'payment', status: 'pending', customer_id: deal.buyer.userId, owner_id: deal.seller.merchant.userId },
    { step: 'confirm', status: 'confirmed', payment_status: 'paid' },
    { step: 'pack', status: 'processing' },
    { step: 'ship', status: 'shipped' },
  ]);
});
