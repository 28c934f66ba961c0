import { afterAll, beforeAll, expect, test } from 'vitest';
import { listWallets } from '#shared/contracts/payments/wallets.ts';
import { GetProduct } from '#shared/contracts/commerce/product.ts';
import { openOrders } from '#tests/chaos/books.ts';
import { LoadLog } from '#tests/chaos/load-log.ts';
import { placeOrder, type Sale, seeThrough } from '#tests/chaos/order-load.ts';
import { until } from '#tests/chaos/patience.ts';
import type { Resident, Stall } from '#tests/chaos/town.ts';
import { statement } from '#shared/sql.ts';
import { lockRows, type LockedRows } from './locked-rows.ts';
import { openStage, type Stage } from './stage.ts';

const STOCK = 50;
const BALANCE = '1000.00';
const PRICE = 100;
const CROWD = 16;

const ORDER = 'SELECT FROM commerce.orders WHERE id = $1 FOR UPDATE';
/** The lock that the steps of one order's payment take first of all. */
const PAYMENT = `SELECT pg_advisory_xact_lock(hashtextextended('payments.order ' || $1, 0))`;
const WALLET = 'SELECT FROM payments.accounts WHERE id = $1 FOR UPDATE';
const PAYMENT_STATUS = statement(
  'tests.payment-status',
  'SELECT payment.status FROM payments.order_payments AS payment WHERE payment.order_id = $1',
);

let stage: Stage;
const log = new LoadLog();
beforeAll(async () => {
  stage = await openStage({ roles: ['gateway', 'worker'], settings: { ORDER_DISPUTE_WINDOW: 'PT0S' } });
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

async function paymentStatus({ id }: Sale): Promise<string | undefined> {
  const [payment] = await stage.db.database.rows<{ status: string }>(PAYMENT_STATUS, [id]);
  return payment?.status;
}

/** The moments at which the worker dies, each with an order brought to it. */
const MOMENTS = {
  /** The outbox holds the event that starts the workflow. */
  'right after checkout': async (customer, stall) => ({ sale: await placeOrder(customer, stall, log) }),

  'while the money is being held': async (customer, stall) => {
    const wallet = await lockRows(stage.db.ownerUrl, WALLET, [customer.walletId]);
    const sale = await placeOrder(customer, stall, log);
    await wallet.wanted();
    return { sale, locks: [wallet] };
  },

  'after the hold, before the order tells of it': async (customer, stall) => {
    const wallet = await lockRows(stage.db.ownerUrl, WALLET, [customer.walletId]);
    const sale = await placeOrder(customer, stall, log);
    await wallet.wanted();
    const order = await lockRows(stage.db.ownerUrl, ORDER, [sale.id]);
    await wallet.release();
    await order.wanted();
    expect(await paymentStatus(sale)).toBe('held');
    return { sale, locks: [order] };
  },

  'after the confirmation was accepted, while the money is being taken': async (customer, stall) => {
    const sale = await placeOrder(customer, stall, log);
    await held(sale);
    const payment = await lockRows(stage.db.ownerUrl, PAYMENT, [sale.id]);
    const asked = sale.confirm();
    await payment.wanted();
    return { sale, locks: [payment], asked };
  },

  'after the money was taken, before the order is confirmed': async (customer, stall) => {
    const sale = await placeOrder(customer, stall, log);
    await held(sale);
    const order = await lockRows(stage.db.ownerUrl, ORDER, [sale.id]);
    const asked = sale.confirm();
    await order.wanted();
    expect(await paymentStatus(sale)).toBe('captured');
    return { sale, locks: [order], asked };
  },

  'while the merchant is being paid': async (customer, stall) => {
    const sale = await placeOrder(customer, stall, log);
    await sale.confirm();
    await sale.ship();
    const payment = await lockRows(stage.db.ownerUrl, PAYMENT, [sale.id]);
    await sale.deliver();
    await payment.wanted();
    return { sale, locks: [payment] };
  },
} satisfies Record<string, (customer: Resident, stall: Stall) => Promise<AtMoment>>;

type AtMoment = {
  readonly sale: Sale;
  readonly locks?: readonly LockedRows[];
  /** A step that someone waits for while the worker dies. */
  readonly asked?: Promise<unknown>;
};

async function held(sale: Sale): Promise<void> {
  await until('the money is held', async () => (await sale.story()).includes('confirm waiting'));
}

async function walletOf({ client }: Resident) {
  const { body } = await client.call(listWallets, {});
  return body.wallets.find(({ currency }) => currency === 'THB');
}

/** What every story of a sold order says was completed. */
const COMPLETED = ['place', 'reserve', 'payment', 'confirm', 'capture', 'ship', 'deliver', 'settle'];

/** Each of these orders was one piece for 100.00, sold to someone who had 1000.00. */
async function expectSoldOnce(sales: readonly Sale[], customers: readonly Resident[], stall: Stall): Promise<void> {
  for (const sale of sales) {
    const completed = (await sale.story()).filter((line) => line.endsWith(' completed'));
    expect(completed).toEqual(COMPLETED.map((step) => `${step} completed`));
  }
  for (const customer of customers) {
    expect(await walletOf(customer)).toMatchObject({ balance: '900.00', frozen_balance: '0.00' });
  }
  expect((await walletOf(stall.merchant))?.balance).toBe(`${sales.length * PRICE}.00`);
  const { body: product } = await stall.merchant.client.call(GetProduct, { params: { id: stall.productId } });
  expect(product.stock_quantity).toBe(STOCK - sales.length);
  expect(await openOrders(stage.db.database)).toEqual([]);
  expect(await stage.bookFaults()).toEqual([]);
  expect(log.attempts().filter(({ code }) => code === 'INTERNAL')).toEqual([]);
}

test('orders that stood at every step when the worker was killed are each fulfilled once', async () => {
  const stall = await stage.town.stall(STOCK);
  const { 'right after checkout': last, ...others } = MOMENTS;
  const customers = await stage.town.residents(Object.keys(MOMENTS).length, BALANCE);
  const [latest, ...early] = customers as [Resident, ...Resident[]];
  const brought = Object.values(others).map((bring, place) => bring(early[place]!, stall));
  const orders: readonly AtMoment[] = [...(await Promise.all(brought)), await last(latest, stall)];

  await stage.cluster.kill('worker');
  await Promise.all(orders.flatMap(({ locks = [] }) => locks.map((lock) => lock.release())));
  await stage.cluster.start('worker');
  for (const { sale, asked } of orders) await Promise.all([asked, seeThrough(sale)]);

  const sales = orders.map(({ sale }) => sale);
  await expectSoldOnce(sales, customers, stall);
});

test('a crowd of orders loses nothing to a worker that is killed among them', async () => {
  const stall = await stage.town.stall(STOCK);
  const customers = await stage.town.residents(CROWD, BALANCE);
  let confirmed = 0;
  const selling = customers.map(async (customer) => {
    const sale = await placeOrder(customer, stall, log);
    await sale.confirm();
    confirmed += 1;
    await seeThrough(sale);
    return sale;
  });
  await until('half of the orders are confirmed', async () => confirmed >= CROWD / 2);
  await stage.cluster.kill('worker');
  await stage.cluster.start('worker');
  await expectSoldOnce(await Promise.all(selling), customers, stall);
});
