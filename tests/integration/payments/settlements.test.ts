import { expect, test } from 'vitest';
import type { OrderId, SettlementId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { DAY } from '#shared/time.ts';
import { openOrder } from './open-order.ts';

test('statements and payments of others are as absent as none', async () => {
  await using order = await openOrder();
  await order.pay();
  await order.settle();
  const { settlements } = await order.payments.listSettlements(order.merchant, { limit: 10 });
  const id = settlements[0]!.id as SettlementId;
  const { payments, customer } = order;
  expect((await payments.listSettlements(customer, { limit: 10 })).settlements).toEqual([]);
  await expect(payments.getSettlement(customer, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(payments.exportSettlement(customer, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(payments.getOrderPayment(order.someone(), order.orderId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(payments.getOrderPayment(customer, newId<OrderId>('core'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a statement has the orders of a day, their fees, and what was given back after they were paid out', async () => {
  await using order = await openOrder();
  const first = await order.pay();
  await order.giveBack(first, '100.00');
  await order.settle();
  const orderId = newId<OrderId>('core');
  order.categories.set(orderId, 'groceries');
  const second = await order.pay({ orderId });
  await order.payments.settleOrder({ orderId });
  await order.giveBack(second, '10.00');

  const { settlements } = await order.payments.listSettlements(order.merchant, { limit: 10 });
  expect(settlements).toMatchObject([
    {
      orders: 2,
      gross: '600.00',
      refunded: '110.00',
      commission: '7.00',
      processing_fee: '5.00',
      tax: '0.84',
      net: '477.16',
    },
  ]);
  expect((await order.wallet(order.merchant)).balance).toBe('477.16');
  const id = settlements[0]!.id as SettlementId;
  const { lines } = await order.payments.getSettlement(order.merchant, id);
  expect(lines.map(({ kind, payment_id, net }) => [kind, payment_id, net])).toEqual([
    ['order', first, '193.58'],
    ['order', second, '293.58'],
    ['refund', second, '-10.00'],
  ]);
  const table = (await order.payments.exportSettlement(order.merchant, id)).split('\r\n');
  expect(table).toHaveLength(5);
  expect(table[0]).toBe(
    'day,currency,created_at,kind,order_id,payment_id,transaction_id,gross,refunded,commission,processing_fee,tax,net',
  );
  expect(table[3]).toMatch(/,refund,.*,0\.00,10\.00,0\.00,0\.00,0\.00,-10\.00$/);
  expect(await order.payments.getOrderPayment(order.merchant, orderId)).toMatchObject({
    transaction_id: second,
    status: 'settled',
    refunded_amount: '10.00',
    refunds: [{ amount: '10.00', reason: 'refunded_by_merchant' }],
  });
  expect((await order.verify()).findings).toEqual([]);
});

test('each day and currency has a statement of its own, the newest first, in pages', async () => {
  await using order = await openOrder();
  for (const day of [0, 1, 2]) {
    order.pass(day * DAY);
    const orderId = newId<OrderId>('core');
    await order.pay({ orderId, amount: '10.00' });
    await order.payments.settleOrder({ orderId });
  }
  const { settlements: all } = await order.payments.listSettlements(order.merchant, { limit: 10 });
  expect(all.map(({ day }) => day)).toEqual(
    all
      .map(({ day }) => day)
      .toSorted()
      .toReversed(),
  );
  const first = await order.payments.listSettlements(order.merchant, { limit: 2 });
  const rest = await order.payments.listSettlements(order.merchant, { limit: 2, cursor: first.next_cursor! });
  expect([...first.settlements, ...rest.settlements]).toEqual(all);
  expect(rest.next_cursor).toBeNull();
  expect((await order.payments.listSettlements(order.merchant, { limit: 2, currency: 'SGD' })).settlements).toEqual([]);
});

test('where merchants are paid in runs, an order waits for the next one, and is paid once however often it runs', async () => {
  await using order = await openOrder({ inRuns: true, fees: 'standard' });
  const id = await order.pay();
  const orderId = newId<OrderId>('core');
  await order.pay({ orderId, amount: '200.00' });
  expect(await order.settle()).toBe('settled');
  expect(await order.settle()).toBe('settled');
  expect(await order.history(order.merchant)).toEqual([]);
  await order.giveBack(id, '100.00');

  const runs = await Promise.all([order.payments.runSettlements({}), order.payments.runSettlements({})]);
  expect(runs.reduce((total, { paid }) => total + paid, 0)).toBe(1);
  expect(await order.payments.runSettlements({})).toEqual({ paid: 0 });
  expect(await order.history(order.merchant)).toEqual([['transfer_in', 'completed', '193.58']]);
  expect((await order.wallet(order.merchant)).balance).toBe('193.58');
  expect((await order.verify()).findings).toEqual([]);
});
