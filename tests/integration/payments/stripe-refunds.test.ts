import { expect, test } from 'vitest';
import type { TransactionBody } from '#shared/contracts/payments/transaction.ts';
import type { TransactionId } from '#shared/ids.ts';
import { openDeposit } from './open-deposit.ts';
import { newKey } from './open-payments.ts';

/** Someone of Singapore who has put S$100.00 in over Stripe; refunds wait for whoever settles them. */
async function openRefund(method: 'grabpay' | 'card') {
  const scene = await openDeposit({ country: 'SG', currency: 'SGD', gateway: 'stripe' });
  const { id: depositId } = await scene.request({ method, description: 'slow refund' });
  await scene.payments.createCharge(depositId);
  await scene.control(`/sandbox/charges/${depositId}/settle`);
  const [webhook] = await scene.webhooks(1);
  await scene.hear(webhook!);
  expect((await scene.wallet(scene.caller, 'SGD')).balance).toBe('100.00');
  return {
    ...scene,
    refund: async (amount?: string): Promise<TransactionBody & { id: TransactionId }> => {
      const asked = { transactionId: depositId, amount };
      const made = await scene.payments.refundTransaction(scene.caller, asked, newKey());
      return { ...made, id: made.id as TransactionId };
    },
    money: async () => {
      const { available_balance: available, frozen_balance: frozen } = await scene.wallet(scene.caller, 'SGD');
      return [available, frozen];
    },
    fault: (kind: string) => scene.control('/sandbox/faults', { target: 'stripe', kind, count: 1 }),
  };
}

test('a refund that Stripe could not make is back in the wallet, and may be asked for again', async () => {
  await using scene = await openRefund('grabpay');
  const { id } = await scene.refund();
  await scene.payments.sendPayout(id);
  await scene.fault('drop_webhook');
  await scene.control(`/sandbox/charges/${id}/fail`);
  expect(await scene.payments.checkPayout(id)).toBe('failed');
  expect(await scene.money()).toEqual(['100.00', '0.00']);
  expect(await scene.refund()).toMatchObject({ amount: '100.00' });
});

test('an event that lies about the sum or the end of a refund, or is signed by another, ends nothing', async () => {
  await using scene = await openRefund('grabpay');
  const { id } = await scene.refund('40.00');
  await scene.payments.sendPayout(id);
  for (const [claims, code] of [
    [{ amount: '50.00' }, 'CONFLICT'],
    [{ status: 'successful' }, 'CONFLICT'],
    [{ signature: 'bad' }, 'UNAUTHORIZED'],
  ] as const) {
    await scene.control(`/sandbox/webhooks/${id}`, claims);
    const [webhook] = await scene.webhooks(1);
    await expect(scene.hear(webhook!)).rejects.toMatchObject({ code });
  }
  expect(await scene.status(id)).toBe('processing');
});

test.each(['grabpay', 'card'] as const)('what was paid by %s goes back in parts, each once', async (method) => {
  await using scene = await openRefund(method);
  for (const amount of ['30.00', '70.00']) {
    const made = await scene.refund(amount);
    expect(made).toMatchObject({ type: 'refund', status: 'processing', amount, gateway: 'stripe' });
    expect(await scene.payments.sendPayout(made.id)).toBe('processing');
    await scene.control(`/sandbox/charges/${made.id}/settle`);
    const [webhook] = await scene.webhooks(1);
    await Promise.all(Array.from({ length: 5 }, () => scene.hear(webhook!)));
    expect(await scene.status(made.id)).toBe('completed');
  }
  expect(await scene.money()).toEqual(['0.00', '0.00']);
  await expect(scene.refund()).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await scene.verify()).findings).toEqual([]);
});

test('one that Stripe never answered is made once, whoever asks again', async () => {
  await using scene = await openRefund('card');
  const { id } = await scene.refund('40.00');
  expect(await scene.payments.sendPayout(id)).toBe('processing');
  const other = await scene.refund('20.00');
  await scene.fault('error');
  await expect(scene.payments.sendPayout(other.id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  await Promise.all(Array.from({ length: 10 }, () => scene.payments.sendPayout(other.id)));
  expect(await scene.charges(other.id)).toHaveLength(1);
});

test('one whose answer was lost after it was made is found, not made again', async () => {
  await using scene = await openRefund('grabpay');
  const { id } = await scene.refund('40.00');
  await scene.fault('reset_after_commit');
  await expect(scene.payments.sendPayout(id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(await scene.payments.sendPayout(id)).toBe('processing');
  expect(await scene.charges(id)).toMatchObject([{ status: 'pending', attempts: 1 }]);
});
