import { WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { OrderMark } from '#shared/workflows/order.ts';
import { timeSkippingEnv } from '#tests/harness/temporal.ts';
import { type Deal, openOrderWorld, type OrderWorld } from './order-world.ts';
import { quietTemporal } from './quiet-temporal.ts';

// On this server days pass in a moment, but only while a test waits for a workflow's end.

let env: TestWorkflowEnvironment;
let world: OrderWorld;

beforeAll(async () => {
  quietTemporal();
  env = await timeSkippingEnv();
  world = await openOrderWorld(env);
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await env.teardown();
});

const orderOf = ({ buyer, id }: Deal) => world.commerce.getOrder(buyer, id);

async function seen(deal: Deal, line: string): Promise<void> {
  await vi.waitFor(async () => expect(await world.story(deal)).toContain(line), { timeout: 10_000 });
}

/** As the merchant, past the service: the workflow's own rules are under test. */
async function asMerchant(deal: Deal, step: 'confirm' | 'ship'): Promise<OrderMark> {
  const by = { actor: 'merchant', actorId: deal.seller.merchant.userId };
  return await env.client.workflow
    .getHandle(`order-${deal.id}`)
    .executeUpdate<OrderMark, [object]>(step, { args: [by] });
}

test('a declined payment cancels the order and puts the stock back', async () => {
  const deal = await world.buy();
  world.payments.script(deal.id, { declined: 'INSUFFICIENT_FUNDS' });
  const workflow = await world.start(deal);
  expect(await workflow.result()).toEqual({ status: 'cancelled' });
  expect(await orderOf(deal)).toMatchObject({ status: 'cancelled', payment_status: 'failed' });
  expect(await world.stock(deal)).toBe(10);
  const { events } = await world.commerce.getTimeline(deal.buyer, deal.id);
  expect(events.at(-1)).toMatchObject({
    step: 'cancel',
    status: 'completed',
    actor: 'system',
    reason: 'The payment was declined: INSUFFICIENT_FUNDS',
  });
  await world.keep(deal, 'declined');
});

test('payments that refuse for good end the workflow in the open, with everything taken back', async () => {
  const deal = await world.buy();
  world.payments.script(deal.id, { holdForOrder: 'refused' });
  const workflow = await world.start(deal);
  await expect(workflow.result()).rejects.toThrow(WorkflowFailedError);
  expect(await orderOf(deal)).toMatchObject({ status: 'cancelled', payment_status: 'failed' });
  expect(await world.stock(deal)).toBe(10);
  expect(world.payments.callsOf(deal.id)).toEqual(['holdForOrder', 'releaseOrder']);
});

test('a capture that fails gives the money back, puts the stock back, and refuses the confirmation', async () => {
  const deal = await world.buy();
  world.payments.script(deal.id, { captureOrder: 'refused' });
  const workflow = await world.start(deal);
  await seen(deal, 'confirm waiting');
  await expect(asMerchant(deal, 'confirm')).rejects.toMatchObject({ cause: { type: 'CONFLICT' } });
  await expect(workflow.result()).rejects.toThrow(WorkflowFailedError);
  expect(await orderOf(deal)).toMatchObject({ status: 'cancelled', payment_status: 'refunded' });
  expect(await world.stock(deal)).toBe(10);
  expect(world.payments.callsOf(deal.id)).toEqual(['holdForOrder', 'captureOrder', 'refundOrder', 'releaseOrder']);
  expect((await world.story(deal)).slice(-5)).toEqual([
    'confirm waiting',
    'capture failed',
    'payment compensated',
    'reserve compensated',
    'cancel completed',
  ]);
  await world.keep(deal, 'capture-refused');
});

test('an undo that fails is made again until it works', async () => {
  const deal = await world.buy();
  world.payments.script(deal.id, { captureOrder: 'refused', refundOrder: 7 });
  const workflow = await world.start(deal);
  await seen(deal, 'confirm waiting');
  const confirmed = asMerchant(deal, 'confirm');
  const ended = workflow.result();
  await expect(Promise.all([confirmed, ended])).rejects.toThrow();
  await expect(ended).rejects.toThrow(WorkflowFailedError);
  expect(world.payments.callsOf(deal.id).filter((call) => call === 'refundOrder')).toHaveLength(8);
  expect(await orderOf(deal)).toMatchObject({ status: 'cancelled', payment_status: 'refunded' });
});

test('payments that are away are asked again, and the story tells each attempt', async () => {
  const deal = await world.buy();
  world.payments.script(deal.id, { holdForOrder: 2 });
  const workflow = await world.start(deal);
  await workflow.result();
  const { events } = await world.commerce.getTimeline(deal.buyer, deal.id);
  expect(events.filter((event) => event.step === 'payment')).toMatchObject([
    { status: 'started', attempt: 1 },
    { status: 'failed', attempt: 1, reason: 'UPSTREAM_UNAVAILABLE' },
    { status: 'failed', attempt: 2, reason: 'UPSTREAM_UNAVAILABLE' },
    { status: 'completed', attempt: 3 },
    { status: 'compensated', attempt: 1 },
  ]);
  await world.keep(deal, 'payments-away');
});

test('an order that the merchant does not confirm in time is called off: the money and the stock go back', async () => {
  const deal = await world.buy();
  expect(await world.stock(deal)).toBe(8);
  const workflow = await world.start(deal);
  expect(await workflow.result()).toEqual({ status: 'cancelled' });
  expect(await orderOf(deal)).toMatchObject({ status: 'cancelled', payment_status: 'refunded' });
  expect(await world.stock(deal)).toBe(10);
  expect(await world.story(deal)).toEqual([
    'place completed',
    'reserve completed',
    'payment started',
    'payment completed',
    'confirm waiting',
    'cancel started',
    'payment compensated',
    'reserve compensated',
    'cancel completed',
  ]);
  expect(world.payments.callsOf(deal.id)).toEqual(['holdForOrder', 'releaseOrder']);
  await world.keep(deal, 'not-confirmed');
});

test('a parcel that nobody speaks of counts as delivered in time, and the merchant is paid after the dispute window', async () => {
  const deal = await world.buy();
  const workflow = await world.start(deal);
  await seen(deal, 'confirm waiting');
  expect(await asMerchant(deal, 'confirm')).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
  expect(await asMerchant(deal, 'ship')).toMatchObject({ status: 'shipped' });
  expect(await workflow.result()).toEqual({ status: 'settled' });
  expect(await orderOf(deal)).toMatchObject({ status: 'delivered', payment_status: 'paid' });
  expect(await world.stock(deal)).toBe(8);
  expect((await world.story(deal)).slice(4)).toEqual([
    'confirm waiting',
    'confirm completed',
    'capture completed',
    'pack started',
    'ship waiting',
    'ship completed',
    'deliver waiting',
    'deliver completed',
    'settle waiting',
    'settle completed',
  ]);
  expect(world.payments.callsOf(deal.id)).toEqual(['holdForOrder', 'captureOrder', 'settleOrder']);
  await world.keep(deal, 'delivered-by-time');
});

test('an order whose money all went back before the merchant was to be paid ends as refunded', async () => {
  const deal = await world.buy();
  world.payments.script(deal.id, { givenBack: true });
  const workflow = await world.start(deal);
  await seen(deal, 'confirm waiting');
  await asMerchant(deal, 'confirm');
  await asMerchant(deal, 'ship');
  expect(await workflow.result()).toEqual({ status: 'refunded' });
  expect(await orderOf(deal)).toMatchObject({ status: 'refunded', payment_status: 'refunded' });
  expect(await world.story(deal)).toContain('refund completed');
  await world.keep(deal, 'given-back-in-whole');
});
