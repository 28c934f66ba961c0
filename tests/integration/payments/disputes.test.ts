import { expect, test } from 'vitest';
import type { DisputeId, OrderId, TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { DAY } from '#shared/time.ts';
import { newKey } from './open-payments.ts';
import { openOrder } from './open-order.ts';

async function openScene() {
  const order = await openOrder();
  const { payments, customer, merchant } = order;
  const staff = [order.someone(), order.someone()] as const;
  return {
    ...order,
    staff,
    dispute: async (transactionId: TransactionId, amount?: string, by = customer) => {
      const asked = { transactionId, reason: 'damaged', amount, text: 'It came in pieces' } as const;
      return (await payments.openDispute(by, asked, newKey())).id as DisputeId;
    },
    answer: (id: DisputeId, answer: 'accept' | 'contest', by = merchant) =>
      payments.answerDispute(by, id, { answer, text: 'It was whole when it left' }),
    decide: (id: DisputeId, outcome: 'customer' | 'merchant', amount?: string, by = staff[0]) =>
      payments.decideDispute(by, id, { outcome, amount }),
  };
}

test('a dispute is refused to others, too early, too late, for too much, and a second time', async () => {
  await using scene = await openScene();
  const held = await scene.hold();
  if (held.type !== 'held') throw new Error(held.reason);
  const payment = held.transactionId;
  await expect(scene.dispute(payment)).rejects.toMatchObject({ code: 'CONFLICT' });
  await scene.capture();
  await expect(scene.dispute(payment, undefined, scene.someone())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(scene.dispute(payment, undefined, scene.merchant)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(scene.dispute(newId<TransactionId>('core'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(scene.dispute(payment, '300.01')).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(scene.dispute(payment, '-1')).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  await scene.dispute(payment);
  await expect(scene.dispute(payment)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await scene.count('disputes')).toBe(1);

  const orderId = newId<OrderId>('core');
  const settled = await scene.pay({ orderId });
  await scene.payments.settleOrder({ orderId });
  await expect(scene.dispute(settled)).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('steps are refused to whoever they are not for, and out of their order', async () => {
  await using scene = await openScene();
  const id = await scene.dispute(await scene.pay());
  const stranger = scene.someone();
  await expect(scene.payments.getDispute(stranger, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(scene.answer(id, 'accept', stranger)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(scene.answer(id, 'accept', scene.customer)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(scene.payments.withdrawDispute(scene.merchant, id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(scene.decide(id, 'customer')).rejects.toMatchObject({ code: 'CONFLICT' });
  await scene.answer(id, 'contest');
  await expect(scene.answer(id, 'accept')).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(scene.decide(id, 'merchant', undefined, scene.merchant)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(scene.decide(id, 'customer', '300.01')).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  expect(await scene.purse()).toEqual(['700.00', '0.00', '700.00', '300.00']);
});

test('nobody is paid while a dispute is open; a merchant who accepts gives the disputed part back, and is paid the rest', async () => {
  await using scene = await openScene();
  const id = await scene.dispute(await scene.pay(), '100.00');
  await expect(scene.settle()).rejects.toMatchObject({ code: 'PAYMENT_DISPUTED', retryable: true });
  expect(await scene.answer(id, 'accept')).toMatchObject({
    status: 'resolved',
    outcome: 'customer',
    decided_by: 'merchant',
    refunded_amount: '100.00',
  });
  expect(await scene.answer(id, 'accept')).toMatchObject({ refunded_amount: '100.00' });
  expect(await scene.purse()).toEqual(['800.00', '0.00', '800.00', '200.00']);
  expect(await scene.settle()).toBe('settled');
  expect((await scene.wallet(scene.merchant)).balance).toBe('193.58');
  expect((await scene.verify()).findings).toEqual([]);
});

test('a contested dispute is decided by ops, who read what both sides wrote and are written down', async () => {
  await using scene = await openScene();
  const id = await scene.dispute(await scene.pay());
  await scene.answer(id, 'contest');
  const [reviewer] = scene.staff;
  expect(await scene.payments.getOpsDispute(reviewer, id)).toMatchObject({
    status: 'in_review',
    customer_text: 'It came in pieces',
    merchant_text: 'It was whole when it left',
    votes_needed: 1,
  });
  expect(await scene.decide(id, 'merchant')).toMatchObject({
    status: 'resolved',
    outcome: 'merchant',
    decided_by: 'ops',
  });
  await expect(scene.decide(id, 'customer')).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await scene.settle()).toBe('settled');
  expect(await scene.purse()).toEqual(['700.00', '0.00', '700.00', '300.00']);
  expect((await scene.verify()).findings).toEqual([]);
});

test('a large sum needs two reviewers who say the same, to the satang', async () => {
  await using scene = await openScene();
  const rich = await scene.someoneWith('9000.00');
  const facts = { customerId: rich.caller.userId, walletId: rich.walletId, amount: '6000.00' };
  const id = await scene.dispute(await scene.pay(facts), undefined, rich.caller);
  await scene.answer(id, 'contest');
  const [first, second] = scene.staff;
  expect(await scene.decide(id, 'customer', '5000.00', first)).toMatchObject({ status: 'in_review', votes_needed: 2 });
  expect(await scene.decide(id, 'customer', '5000.00', first)).toMatchObject({ status: 'in_review' });
  expect(await scene.decide(id, 'customer', '5000.01', second)).toMatchObject({ status: 'in_review' });
  expect(await scene.decide(id, 'customer', '5000.00', second)).toMatchObject({
    status: 'resolved',
    refunded_amount: '5000.00',
  });
  expect((await scene.wallet(rich.caller)).balance).toBe('8000.00');
});

test('no more goes back than is left when the merchant has given back a part meanwhile', async () => {
  await using scene = await openScene();
  const payment = await scene.pay();
  const id = await scene.dispute(payment);
  await scene.giveBack(payment, '250.00');
  expect(await scene.answer(id, 'accept')).toMatchObject({ refunded_amount: '50.00' });
  expect(await scene.purse()).toEqual(['1000.00', '0.00', '1000.00', '0.00']);
  expect(await scene.settle()).toBe('refunded');
  expect((await scene.verify()).findings).toEqual([]);
});

test('one that is withdrawn lets the merchant be paid, and may be opened again before', async () => {
  await using scene = await openScene();
  const payment = await scene.pay();
  const id = await scene.dispute(payment);
  expect(await scene.payments.withdrawDispute(scene.customer, id)).toMatchObject({ status: 'withdrawn' });
  const again = await scene.dispute(payment);
  await scene.payments.withdrawDispute(scene.customer, again);
  expect(await scene.settle()).toBe('settled');
});

test('opening, accepting, refunding and settling at once pay each side once', async () => {
  await using scene = await openScene();
  const payment = await scene.pay();
  const id = await scene.dispute(payment, '200.00');
  await Promise.allSettled([
    scene.answer(id, 'accept'),
    scene.payments.missDisputeAnswer(id),
    scene.giveBack(payment, '150.00'),
    scene.giveBack(payment, '150.00'),
    scene.settle(),
    scene.refund(),
  ]);
  expect((await scene.verify()).findings).toEqual([]);
  expect(Number((await scene.wallet(scene.customer)).balance)).toBeLessThanOrEqual(1000);
});

test('a decision that is late is escalated once for each time it is late', async () => {
  await using scene = await openScene();
  const id = await scene.dispute(await scene.pay());
  await scene.answer(id, 'contest');
  expect(await scene.payments.escalateDispute(id)).toBe('in_review');
  scene.pass(2 * DAY + 1000);
  await scene.payments.escalateDispute(id);
  await scene.payments.escalateDispute(id);
  expect(await scene.payments.getOpsDispute(scene.staff[0], id)).toMatchObject({ escalations: 1 });
});
