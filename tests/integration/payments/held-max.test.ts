import { expect, test } from 'vitest';
import type { Caller } from '#shared/caller.ts';
import type { OrderId, TransactionId, WalletId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { GOOD_TOKEN, newKey, openPayments, type TestPayments } from './open-payments.ts';

const SINGAPORE = { country: 'SG', kycTier: 2 } as const;

function pay(scene: TestPayments, from: { caller: Caller; walletId: WalletId }, to: Caller, minor: bigint) {
  const money = { minor, currency: 'SGD' } as const;
  const asked = {
    walletId: from.walletId,
    recipientId: to.userId,
    money,
    description: undefined,
    reference: undefined,
  };
  return scene.payments.sendTransfer(from.caller, asked, { key: newKey(), stepUpToken: GOOD_TOKEN });
}

test('nobody pays a wallet beyond what the law lets it hold, and learns no balance by it', async () => {
  await using scene = await openPayments();
  const payer = await scene.someoneWith('15000.00', 'SGD', SINGAPORE);
  const payee = await scene.someoneWith('19000.00', 'SGD', SINGAPORE);
  await expect(pay(scene, payer, payee.caller, 100_001n)).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
    details: expect.not.stringMatching(/\d/),
  });
  await pay(scene, payer, payee.caller, 100_000n);
  await expect(pay(scene, payer, payee.caller, 1n)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  expect(await scene.wallet(payee.caller, 'SGD')).toMatchObject({ balance: '20000.00' });
});

test('a hundred payments at once fill a wallet to the cap and not a cent over it', async () => {
  await using scene = await openPayments();
  const payers = await Promise.all(Array.from({ length: 10 }, () => scene.someoneWith('1000.00', 'SGD', SINGAPORE)));
  const payee = await scene.someoneWith('19000.00', 'SGD', SINGAPORE);
  const all = payers.flatMap((payer) => Array.from({ length: 10 }, () => pay(scene, payer, payee.caller, 9_999n)));
  const results = await Promise.allSettled(all);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  expect(await scene.wallet(payee.caller, 'SGD')).toMatchObject({ balance: '19999.90' });
  expect((await scene.verify()).findings).toEqual([]);
});

test('what is held for an order counts, and comes back beyond the cap all the same, noted for auditors', async () => {
  await using scene = await openPayments();
  const { payments } = scene;
  const payer = await scene.someoneWith('15000.00', 'SGD', SINGAPORE);
  const payee = await scene.someoneWith('19000.00', 'SGD', SINGAPORE);
  const merchantId = scene.someone(SINGAPORE).userId;
  const orderId = newId<OrderId>('core');
  const { walletId, caller } = payee;
  const order = {
    orderId,
    customerId: caller.userId,
    walletId,
    merchantId,
    amount: '5000.00',
    currency: 'SGD',
  } as const;
  expect(await payments.holdForOrder(order)).toMatchObject({ type: 'held' });
  await expect(pay(scene, payer, caller, 100_001n)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });

  await payments.captureOrder({ orderId });
  await pay(scene, payer, caller, 600_000n);
  await payments.refundOrder({ orderId, reason: 'returned' });
  expect(await scene.wallet(caller, 'SGD')).toMatchObject({ balance: '25000.00' });
  await payments.noteOverHeldMax({ walletId, userId: caller.userId, transactionId: newId<TransactionId>('core') });
  const noted = (await scene.written('audit.recorded')).filter(
    ({ data }) => data['action'] === 'payments.wallet_over_held_max',
  );
  expect(noted).toMatchObject([{ data: { subject: walletId, facts: { over: '5000.00', currency: 'SGD' } } }]);
});

test('a wallet without a cap is noted by nobody', async () => {
  await using scene = await openPayments();
  const { caller, walletId } = await scene.someoneWith('900000.00');
  await scene.payments.noteOverHeldMax({
    walletId,
    userId: caller.userId,
    transactionId: newId<TransactionId>('core'),
  });
  const actions = (await scene.written('audit.recorded')).map(({ data }) => data['action']);
  expect(actions).not.toContain('payments.wallet_over_held_max');
});
