import { expect, test } from 'vitest';
import type { OrderId, TransactionId, WalletId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { newKey } from './open-payments.ts';
import { openOrder } from './open-order.ts';

test('a refund is refused to anybody but the merchant, and of what is not a payment that was captured', async () => {
  await using order = await openOrder();
  const stranger = order.someone();
  const held = await order.hold();
  if (held.type !== 'held') throw new Error(held.reason);
  const id = held.transactionId;
  await expect(order.giveBack(id)).rejects.toMatchObject({ code: 'CONFLICT' });
  await order.capture();
  await expect(order.giveBack(id, '1.00', stranger)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(order.giveBack(newId<TransactionId>('core'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(order.giveBack(id, '1.00', order.customer)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  for (const amount of ['0', '-1', '1e3', '1.001', '', '1 ', 'NaN']) {
    await expect(order.giveBack(id, amount)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  }
  await expect(order.giveBack(id, '300.01')).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await order.purse()).toEqual(['700.00', '0.00', '700.00', '300.00']);
  expect(await order.history()).toEqual([['payment', 'completed', '300.00']]);
});

test('what was released cannot be given back again', async () => {
  await using order = await openOrder();
  const held = await order.hold();
  if (held.type !== 'held') throw new Error(held.reason);
  await order.release();
  await expect(order.giveBack(held.transactionId)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await order.purse()).toEqual(['1000.00', '0.00', '1000.00', '0.00']);
});

test('parts come back each on its own, with the limits they counted against, until nothing is left', async () => {
  await using order = await openOrder();
  const id = await order.pay();
  expect(await order.giveBack(id, '100.00')).toMatchObject({ type: 'refund', status: 'completed', amount: '100.00' });
  expect(await order.purse()).toEqual(['800.00', '0.00', '800.00', '200.00']);
  await order.giveBack(id, '50.00');
  await expect(order.giveBack(id, '150.01')).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await order.giveBack(id)).toMatchObject({ amount: '150.00', order_id: order.orderId });
  await expect(order.giveBack(id)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await order.purse()).toEqual(['1000.00', '0.00', '1000.00', '0.00']);
  expect(await order.history()).toEqual([
    ['refund', 'completed', '150.00'],
    ['refund', 'completed', '50.00'],
    ['refund', 'completed', '100.00'],
    ['payment', 'completed', '300.00'],
  ]);
  expect(await order.settle()).toBe('refunded');
  expect(
    (await order.written('payments.order_refunded')).map(({ data }) => [data['refunded_amount'], data['is_whole']]),
  ).toEqual([
    ['100.00', false],
    ['150.00', false],
    ['300.00', true],
  ]);
  expect((await order.verify()).findings).toEqual([]);
});

test('the merchant is paid what is left, and what they give back later comes out of their wallet', async () => {
  await using order = await openOrder();
  const id = await order.pay();
  await order.giveBack(id, '100.00');
  expect(await order.settle()).toBe('settled');
  expect(await order.transactions(order.merchant)).toMatchObject([
    { type: 'transfer_in', amount: '193.58', fees: { processing_fee: '6.42', total_fees: '6.42' } },
  ]);
  await order.giveBack(id, '93.58');
  expect((await order.wallet(order.merchant)).balance).toBe('100.00');
  await expect(order.giveBack(id, '100.01')).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
  expect(await order.history(order.merchant)).toEqual([
    ['transfer_out', 'completed', '93.58'],
    ['transfer_in', 'completed', '193.58'],
  ]);
  expect(await order.purse()).toEqual(['893.58', '0.00', '893.58', '106.42']);
  expect((await order.verify()).findings).toEqual([]);
});

test('all of a settled order can be given back, and it is refunded then', async () => {
  await using order = await openOrder();
  const id = await order.pay();
  await order.settle();
  await order.payments.sendTransfer(
    order.customer,
    {
      walletId: order.walletId,
      recipientId: order.merchant.userId,
      money: { minor: 1000n, currency: 'THB' },
      description: undefined,
      reference: undefined,
    },
    { key: newKey(), stepUpToken: 'confirmed' },
  );
  await order.giveBack(id);
  expect((await order.wallet(order.merchant)).balance).toBe('0.37');
  expect(await order.settle()).toBe('refunded');
  expect((await order.verify()).findings).toEqual([]);
});

test('a cancelled order gives back what a part refund has left', async () => {
  await using order = await openOrder();
  const id = await order.pay();
  await order.giveBack(id, '120.00');
  await Promise.all([order.refund(), order.refund()]);
  expect(await order.purse()).toEqual(['1000.00', '0.00', '1000.00', '0.00']);
  expect((await order.verify()).findings).toEqual([]);
});

test('fifty refunds at once never give back more than was captured, before and after the merchant is paid', async () => {
  await using order = await openOrder();
  const id = await order.pay();
  const first = await Promise.allSettled(Array.from({ length: 25 }, () => order.giveBack(id, '20.00')));
  expect(first.filter(({ status }) => status === 'fulfilled')).toHaveLength(15);
  expect(await order.purse()).toEqual(['1000.00', '0.00', '1000.00', '0.00']);

  const orderId = newId<OrderId>('core');
  const again = await order.pay({ orderId });
  const [settled, ...given] = await Promise.allSettled([
    order.payments.settleOrder({ orderId }),
    ...Array.from({ length: 50 }, () => order.giveBack(again, '20.00')),
  ]);
  expect(settled.status).toBe('fulfilled');
  const done = given.filter(({ status }) => status === 'fulfilled').length;
  expect(done).toBeLessThanOrEqual(15);
  expect((await order.wallet(order.customer)).balance).toBe(`${700 + 20 * done}.00`);
  expect((await order.verify()).findings).toEqual([]);
});

test('one key gives back once, however often it is sent', async () => {
  await using order = await openOrder();
  const id = await order.pay();
  const key = newKey();
  const first = await order.giveBack(id, '30.00', order.merchant, key);
  expect(await order.giveBack(id, '30.00', order.merchant, key)).toEqual(first);
  await expect(order.giveBack(id, '40.00', order.merchant, { ...key, digest: 'another' })).rejects.toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  });
  expect(await order.purse()).toEqual(['730.00', '0.00', '730.00', '270.00']);
});

test('a merchant who gave money back has not paid that customer before: a transfer still asks for the PIN', async () => {
  await using order = await openOrder();
  const paid = await order.pay();
  await order.settle();
  await order.giveBack(paid, '10.00');
  const { id } = await order.wallet(order.merchant);
  const transfer = {
    walletId: id as WalletId,
    recipientId: order.customer.userId,
    money: { minor: 100n, currency: 'THB' },
    description: undefined,
    reference: undefined,
  } as const;
  await expect(
    order.payments.sendTransfer(order.merchant, transfer, { key: newKey(), stepUpToken: undefined }),
  ).rejects.toMatchObject({ code: 'STEP_UP_REQUIRED' });
});
