import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makePaymentActivities } from '#activities/payments/activities.ts';
import { openPostgresBus } from '#infrastructure/events/postgres-bus.ts';
import { startRelay } from '#infrastructure/events/relay.ts';
import { makeOrderWorkflows } from '#infrastructure/temporal/order-workflows.ts';
import { makeWorkflowDriver } from '#infrastructure/temporal/workflow-driver.ts';
import type { CommerceService } from '#services/commerce/service.ts';
import type { Caller } from '#shared/caller.ts';
import type { OrderId, ProductId, TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { commerceTrigger } from '#shared/workflows/commerce.ts';
import { engines } from '#tests/harness/engines.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { basket, type Merchant, newKey, onSale, openCommerce } from '#tests/integration/commerce/open-commerce.ts';
import { openPayments, type TestPayments } from '#tests/integration/payments/open-payments.ts';
import { seedShops } from '#services/commerce/seed-shops.ts';
import { makeOrderRefunds } from '#workers/consumers/order-refunds.ts';
import { startOrderWorkers } from './order-world.ts';
import { quietTemporal } from './quiet-temporal.ts';

// Shops and ledger together, as the cluster runs them: checkout, outbox, relay, workflow, money.

const closing = new AsyncDisposableStack();
let here: TestPayments;
let commerce: CommerceService;

beforeAll(async () => {
  quietTemporal();
  const env = await TestWorkflowEnvironment.createFromExistingServer({ address: engines.temporal });
  closing.defer(() => env.teardown());
  here = closing.use(await openPayments());
  const prefix = `t${newId('core').slice(-8)}-`;
  const workflows = makeOrderWorkflows({ client: env.client, taskQueuePrefix: prefix, answerWithinMs: 30_000 });
  commerce = openCommerce(here.db, workflows, { disputeWindowMs: 0 });
  const workers = await startOrderWorkers(env, prefix, commerce, makePaymentActivities(here), 100);
  closing.defer(() => workers.stop());
  const { database } = here.db;
  const bus = openPostgresBus({ database, log: quietLog });
  closing.defer(() => bus.close());
  bus.subscribe(makeOrderRefunds({ recordRefund: commerce.recordRefund }));
  bus.subscribe(makeWorkflowDriver({ client: env.client, triggers: [commerceTrigger], taskQueuePrefix: prefix }));
  const relay = startRelay({ database, log: quietLog, onMoved: () => bus.wake() });
  closing.defer(() => relay.stop());
});

afterAll(() => closing.disposeAsync());

/** Someone with this much money buys two pieces at 100.00. */
async function buy(balance: string) {
  const merchant = here.someone();
  const ports = { databases: here.db.databases, outbox: here.db.outbox, clock: () => new Date() };
  const [shopId] = await seedShops(ports, [{ userId: merchant.userId, country: 'TH' }]);
  const seller: Merchant = { merchant, shopId: shopId! };
  const product = await onSale(commerce, seller);
  const { caller: buyer, walletId } = await here.someoneWith(balance);
  const placed = await commerce.placeOrder(buyer, basket(product, 2, { wallet_id: walletId }), newKey());
  const id = placed.id as OrderId;
  const order = () => commerce.getOrder(buyer, id);
  const stock = async () => (await commerce.getProduct(buyer, product.id as ProductId)).stock_quantity;
  return { id, merchant, buyer, order, stock };
}

test('a wallet that does not cover the price pays nothing, and the order is cancelled', async () => {
  const { buyer, order, stock } = await buy('199.99');
  await vi.waitFor(async () => expect(await order()).toMatchObject({ status: 'cancelled', payment_status: 'failed' }), {
    timeout: 10_000,
  });
  expect(await stock()).toBe(10);
  expect(await here.wallet(buyer)).toMatchObject({ balance: '199.99', frozen_balance: '0.00' });
});

test('the price is frozen at checkout, the merchant’s when it is settled, and the books balance', async () => {
  const { id, merchant, buyer } = await buy('500.00');
  await vi.waitFor(async () => expect(await here.wallet(buyer)).toMatchObject({ frozen_balance: '200.00' }), {
    timeout: 10_000,
  });
  await commerce.askForStep(merchant, id, { to: 'confirm' });
  expect(await here.wallet(buyer)).toMatchObject({ balance: '300.00', frozen_balance: '0.00' });
  await commerce.askForStep(merchant, id, { to: 'ship' });
  await commerce.askForStep(buyer, id, { to: 'deliver' });
  await vi.waitFor(async () => expect(await here.wallet(merchant)).toMatchObject({ balance: '200.00' }), {
    timeout: 10_000,
  });
  expect(await here.verify()).toMatchObject({ findings: [] });
});

test('a confirmed order that is called off gives back every satang', async () => {
  const { id, merchant, buyer, stock } = await buy('200.00');
  await commerce.askForStep(merchant, id, { to: 'confirm' });
  expect(await here.wallet(buyer)).toMatchObject({ available_balance: '0.00' });
  await commerce.askForStep(buyer, id, { to: 'cancel' });
  expect(await here.wallet(buyer)).toMatchObject({ available_balance: '200.00', frozen_balance: '0.00' });
  expect(await stock()).toBe(10);
  expect(await here.verify()).toMatchObject({ findings: [] });
});

test('two baskets on one balance: one is held for, the other cancelled', async () => {
  const first = await buy('200.00');
  const wallet = await here.wallet(first.buyer);
  const merchant = here.someone();
  const ports = { databases: here.db.databases, outbox: here.db.outbox, clock: () => new Date() };
  const [shopId] = await seedShops(ports, [{ userId: merchant.userId, country: 'TH' }]);
  const product = await onSale(commerce, { merchant, shopId: shopId! });
  const second = await commerce.placeOrder(first.buyer, basket(product, 2, { wallet_id: wallet.id }), newKey());
  const statuses = async () => {
    const orders = [await first.order(), await commerce.getOrder(first.buyer, second.id as OrderId)];
    return orders.map((order) => order.status).toSorted();
  };
  await vi.waitFor(async () => expect(await statuses()).toEqual(['cancelled', 'pending']), { timeout: 10_000 });
});

/** The customer's payment of an order, as they find it in their history. */
async function paymentOf(buyer: Caller, orderId: OrderId): Promise<TransactionId> {
  const all = { walletId: undefined, from: undefined, to: undefined, cursor: undefined, limit: 10 } as const;
  const { transactions } = await here.payments.listTransactions(buyer, { ...all, type: 'payment' });
  return transactions.find(({ order_id }) => order_id === orderId)!.id as TransactionId;
}

test('a part that the merchant gives back shows in the order, which stays paid, and the merchant is paid the rest', async () => {
  const { id, merchant, buyer, order } = await buy('200.00');
  await commerce.askForStep(merchant, id, { to: 'confirm' });
  const transactionId = await paymentOf(buyer, id);
  await here.payments.refundOrderPayment(merchant, { transactionId, amount: '50.00' }, newKey());
  await vi.waitFor(
    async () => expect(await order()).toMatchObject({ payment_status: 'paid', refunded_amount: '50.00' }),
    { timeout: 10_000 },
  );
  await commerce.askForStep(merchant, id, { to: 'ship' });
  await commerce.askForStep(buyer, id, { to: 'deliver' });
  await vi.waitFor(async () => expect(await here.wallet(merchant)).toMatchObject({ balance: '150.00' }), {
    timeout: 10_000,
  });
  expect(await here.wallet(buyer)).toMatchObject({ balance: '50.00' });
  expect(await here.verify()).toMatchObject({ findings: [] });
});

test('an order that was given back in whole before it was shipped is cancelled, and its stock is back', async () => {
  const { id, merchant, buyer, order, stock } = await buy('200.00');
  await commerce.askForStep(merchant, id, { to: 'confirm' });
  const transactionId = await paymentOf(buyer, id);
  await here.payments.refundOrderPayment(merchant, { transactionId, amount: undefined }, newKey());
  await vi.waitFor(
    async () =>
      expect(await order()).toMatchObject({
        status: 'cancelled',
        payment_status: 'refunded',
        refunded_amount: '200.00',
      }),
    { timeout: 10_000 },
  );
  expect(await stock()).toBe(10);
  expect(await here.wallet(buyer)).toMatchObject({ balance: '200.00', frozen_balance: '0.00' });
  expect(await here.verify()).toMatchObject({ findings: [] });
});
