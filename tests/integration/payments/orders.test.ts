import { expect, test } from 'vitest';
import type { OrderId, WalletId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { openOrder } from './open-order.ts';

test('a hold is declined without the funds, beyond a limit, from a foreign wallet, in another currency', async () => {
  await using order = await openOrder();
  const declined = (reason: string) => ({ type: 'declined', reason });
  expect(await order.hold({ amount: '1000.01' })).toEqual(declined('INSUFFICIENT_FUNDS'));
  const rich = await order.someoneWith('60000.00');
  const theirs = { customerId: rich.caller.userId, walletId: rich.walletId };
  expect(await order.hold({ ...theirs, amount: '50000.01' })).toEqual(declined('LIMIT_EXCEEDED'));
  expect(await order.hold({ walletId: rich.walletId })).toEqual(declined('NOT_FOUND'));
  expect(await order.hold({ walletId: newId<WalletId>('core') })).toEqual(declined('NOT_FOUND'));
  expect(await order.hold({ currency: 'SGD' })).toEqual(declined('CURRENCY_MISMATCH'));
  for (const amount of ['0', '-1', '1e3', '1.001', '']) {
    await expect(order.hold({ amount })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  }
  expect(await order.purse()).toEqual(['1000.00', '0.00', '1000.00', '0.00']);
  expect(await order.count('order_payments')).toBe(0);
});

test('an order of a new device is declined beyond what may leave a wallet without the PIN, all of a day together', async () => {
  await using order = await openOrder();
  const { caller, walletId } = await order.someoneWith('20000.00');
  const hold = (amount: string, isLimited = true) => {
    const orderId = newId<OrderId>('core');
    if (isLimited) order.limitedOrders.add(orderId);
    return order.hold({ orderId, customerId: caller.userId, walletId, amount });
  };
  expect(await hold('5000.01')).toEqual({ type: 'declined', reason: 'LIMIT_EXCEEDED' });
  expect(await hold('3000.00')).toMatchObject({ type: 'held' });
  expect(await hold('2000.01')).toEqual({ type: 'declined', reason: 'LIMIT_EXCEEDED' });
  expect(await hold('2000.01', false)).toMatchObject({ type: 'held' });
  expect((await order.verify()).findings).toEqual([]);
});

test('what was never held can be neither captured nor settled', async () => {
  await using order = await openOrder();
  await expect(order.capture()).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(order.settle()).rejects.toMatchObject({ code: 'CONFLICT' });
  await order.hold();
  await expect(order.settle()).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await order.purse()).toEqual(['1000.00', '300.00', '700.00', '300.00']);
});

test('an order is held, captured and settled once, however often each step runs', async () => {
  await using order = await openOrder();
  const holds = await Promise.all([order.hold(), order.hold(), order.hold()]);
  expect(new Set(holds.map((hold) => JSON.stringify(hold))).size).toBe(1);
  expect(holds[0]).toMatchObject({ type: 'held' });
  expect(await order.purse()).toEqual(['1000.00', '300.00', '700.00', '300.00']);
  expect(await order.history()).toEqual([['payment', 'processing', '300.00']]);

  await Promise.all([order.capture(), order.capture(), order.capture()]);
  expect(await order.purse()).toEqual(['700.00', '0.00', '700.00', '300.00']);
  expect(await order.hold()).toEqual(holds[0]);

  await Promise.all([order.settle(), order.settle(), order.settle()]);
  await order.capture();
  // 2 % commission, 1 % for the payment, and 7 % VAT on both.
  expect((await order.wallet(order.merchant)).balance).toBe('290.37');
  expect(await order.purse()).toEqual(['700.00', '0.00', '700.00', '300.00']);
  expect(await order.history()).toEqual([['payment', 'completed', '300.00']]);
  expect(await order.history(order.merchant)).toEqual([['transfer_in', 'completed', '290.37']]);
  await expect(order.refund()).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await order.verify()).findings).toEqual([]);
});

test('a released order gives back the money and what it counted against the limits', async () => {
  await using order = await openOrder();
  await order.hold();
  await Promise.all([order.release(), order.release()]);
  expect(await order.purse()).toEqual(['1000.00', '0.00', '1000.00', '0.00']);
  expect(await order.history()).toEqual([['payment', 'cancelled', '300.00']]);
  await expect(order.capture()).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await order.hold()).toEqual({ type: 'declined', reason: 'RELEASED' });
  expect((await order.verify()).findings).toEqual([]);
});

test('a hold that arrives after the order was released takes nothing', async () => {
  await using order = await openOrder();
  await order.release();
  expect(await order.hold()).toEqual({ type: 'declined', reason: 'RELEASED' });
  await order.release();
  await order.refund();
  expect(await order.purse()).toEqual(['1000.00', '0.00', '1000.00', '0.00']);
});

test('a captured order is refunded once, and pays nobody then', async () => {
  await using order = await openOrder();
  await order.hold();
  await order.capture();
  await Promise.all([order.refund(), order.refund(), order.refund()]);
  await order.release();
  await order.capture();
  expect(await order.purse()).toEqual(['1000.00', '0.00', '1000.00', '0.00']);
  expect(await order.history()).toEqual([
    ['refund', 'completed', '300.00'],
    ['payment', 'completed', '300.00'],
  ]);
  expect(await order.settle()).toBe('refunded');
  expect(await order.history(order.merchant)).toEqual([]);
  expect((await order.verify()).findings).toEqual([]);
});

test('a refund of an order that is only held releases it, so that a late capture takes nothing', async () => {
  await using order = await openOrder();
  await order.hold();
  await order.refund();
  await expect(order.capture()).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await order.purse()).toEqual(['1000.00', '0.00', '1000.00', '0.00']);
});

test('capture and release at the same moment: one of them wins, and no money is lost', async () => {
  await using order = await openOrder();
  await order.hold();
  await Promise.allSettled([order.capture(), order.release()]);
  const [balance, frozen] = await order.purse();
  expect(frozen).toBe('0.00');
  expect(['700.00', '1000.00']).toContain(balance);
  expect((await order.verify()).findings).toEqual([]);
});

test('money that is held for one order cannot be held for another', async () => {
  await using order = await openOrder();
  const orders = Array.from({ length: 20 }, () => newId<OrderId>('core'));
  const holds = await Promise.all(orders.map((orderId) => order.hold({ orderId })));
  expect(holds.filter(({ type }) => type === 'held')).toHaveLength(3);
  expect(await order.purse()).toEqual(['1000.00', '900.00', '100.00', '900.00']);
  expect((await order.verify()).findings).toEqual([]);
});
