import { expect, test } from 'vitest';
import type { TransactionBody } from '#shared/contracts/payments/transaction.ts';
import type { TransactionId } from '#shared/ids.ts';
import { statement } from '#shared/sql.ts';
import { SECOND } from '#shared/time.ts';
import { openDeposit } from './open-deposit.ts';
import { newKey } from './open-payments.ts';

const NEVER_AGAIN_FOR_MS = 31 * SECOND;

/** Someone who has put 100.00 in; refunds wait for whoever settles them. */
async function openRefund() {
  const scene = await openDeposit();
  const { id: depositId } = await scene.request({ description: 'slow refund' });
  await scene.payments.createCharge(depositId);
  await scene.control(`/sandbox/charges/${depositId}/settle`);
  const [webhook] = await scene.webhooks(1);
  await scene.hear(webhook!);
  expect((await scene.wallet(scene.caller)).balance).toBe('100.00');
  return {
    ...scene,
    depositId,
    refund: async (amount?: string, key = newKey()): Promise<TransactionBody & { id: TransactionId }> => {
      const made = await scene.payments.refundTransaction(scene.caller, { transactionId: depositId, amount }, key);
      return { ...made, id: made.id as TransactionId };
    },
    money: async () => {
      const { available_balance: available, frozen_balance: frozen } = await scene.wallet(scene.caller);
      return [available, frozen];
    },
    fault: (kind: string) => scene.control('/sandbox/faults', { target: 'omise', kind, count: 1 }),
  };
}

test('what has not arrived, is a stranger’s, is no deposit, or was spent is not given back', async () => {
  await using scene = await openRefund();
  const give = (transactionId: string, caller = scene.caller) =>
    scene.payments.refundTransaction(
      caller,
      { transactionId: transactionId as TransactionId, amount: undefined },
      newKey(),
    );
  const waiting = await scene.request();
  await expect(give(waiting.id)).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(give(scene.depositId, scene.someone())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  for (const amount of ['0', '-1', '1.001', 'x']) {
    await expect(scene.refund(amount)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  }
  await expect(scene.refund('100.01')).rejects.toMatchObject({ code: 'CONFLICT' });
  const { id } = await scene.refund('99.99');
  await expect(give(id)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await scene.count('payouts')).toBe(1);
});

test('a deposit is given back whole when no amount is named, and says where it went', async () => {
  await using scene = await openRefund();
  const made = await scene.refund();
  expect(made).toMatchObject({ type: 'refund', status: 'processing', amount: '100.00', gateway: 'omise' });
  expect(await scene.money()).toEqual(['0.00', '100.00']);
  expect(await scene.payments.sendPayout(made.id)).toBe('processing');
  await scene.control(`/sandbox/charges/${made.id}/settle`);
  const [webhook] = await scene.webhooks(1);
  await Promise.all(Array.from({ length: 10 }, () => scene.hear(webhook!)));
  expect(await scene.status(made.id)).toBe('completed');
  expect(await scene.money()).toEqual(['0.00', '0.00']);
  const told = (await scene.written('payments.transaction_updated')).filter(
    ({ aggregate_id }) => aggregate_id === made.id,
  );
  expect(told.map(({ data }) => [data['status'], data['returns_deposit']])).toEqual([
    ['processing', true],
    ['completed', true],
  ]);
  await expect(scene.refund()).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await scene.verify()).findings).toEqual([]);
});

test('parts together never exceed what was captured, also when all are asked for at once', async () => {
  await using scene = await openRefund();
  const asked = await Promise.allSettled(Array.from({ length: 20 }, () => scene.refund('30.00')));
  expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  for (const one of asked) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'CONFLICT' });
  expect(await scene.money()).toEqual(['10.00', '90.00']);
  expect(await scene.refund()).toMatchObject({ amount: '10.00' });
  expect((await scene.verify()).findings).toEqual([]);
});

test('the same key gives back once', async () => {
  await using scene = await openRefund();
  const key = newKey();
  const first = await scene.refund('10.00', key);
  expect(await scene.refund('10.00', key)).toEqual(first);
  expect(await scene.money()).toEqual(['90.00', '10.00']);
});

test('a refund that the gateway could not make is back in the wallet, and may be asked for again', async () => {
  await using scene = await openRefund();
  const { id } = await scene.refund();
  await scene.payments.sendPayout(id);
  await scene.fault('drop_webhook');
  await scene.control(`/sandbox/charges/${id}/fail`);
  expect(await scene.payments.checkPayout(id)).toBe('failed');
  expect(await scene.money()).toEqual(['100.00', '0.00']);
  expect(await scene.refund()).toMatchObject({ amount: '100.00' });
  expect((await scene.verify()).findings).toEqual([]);
});

test('a refund whose answer was lost is looked for before it is asked for again', async () => {
  await using scene = await openRefund();
  const { id } = await scene.refund('40.00');
  await scene.fault('reset_after_commit');
  await expect(scene.payments.sendPayout(id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(await scene.payments.sendPayout(id)).toBe('processing');
  expect(await scene.charges(id)).toMatchObject([{ status: 'pending', attempts: 1 }]);
  const other = await scene.refund('20.00');
  await scene.fault('error');
  await expect(scene.payments.sendPayout(other.id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  scene.pass(NEVER_AGAIN_FOR_MS);
  await Promise.all(Array.from({ length: 10 }, () => scene.payments.sendPayout(other.id)));
  expect(await scene.charges(other.id)).toHaveLength(1);
});

/** A deposit of 100.00 that has failed here while its charge goes on waiting at the gateway. */
async function openFailed() {
  const scene = await openDeposit();
  const { id } = await scene.request({ description: 'slow refund' });
  await scene.payments.createCharge(id);
  const failed = statement(
    'test.fail-deposit',
    `UPDATE payments.transactions SET status = 'failed', status_actor = 'test' WHERE id = $1`,
  );
  await scene.db.database.rows(failed, [id]);
  await scene.control(`/sandbox/charges/${id}/settle`);
  const [webhook] = await scene.webhooks(1);
  return { ...scene, id, webhook: webhook! };
}

async function refundOf(scene: Awaited<ReturnType<typeof openFailed>>): Promise<TransactionId> {
  const { transactions } = await scene.payments.listTransactions(scene.caller, { limit: 10 } as never);
  const refunds = transactions.filter(({ type }) => type === 'refund');
  expect(refunds).toMatchObject([{ amount: '100.00', status: 'processing', reference: 'late_capture' }]);
  return refunds[0]!.id as TransactionId;
}

test('money that arrives for a deposit which had failed is given back by itself, once, and never reaches the wallet', async () => {
  await using scene = await openFailed();
  for (let times = 0; times < 3; times++) await scene.hear(scene.webhook);
  await scene.control(`/sandbox/webhooks/${scene.id}`, { status: 'successful' });
  for (const webhook of await scene.webhooks(1)) await scene.hear(webhook);
  expect(await scene.written('payments.payout_requested')).toHaveLength(1);
  const id = await refundOf(scene);
  expect((await scene.wallet(scene.caller)).balance).toBe('0.00');
  await scene.payments.sendPayout(id);
  await scene.control(`/sandbox/charges/${id}/settle`);
  const [done] = await scene.webhooks(1);
  await scene.hear(done!);
  expect([await scene.status(id), await scene.status(scene.id)]).toEqual(['completed', 'failed']);
  expect(await scene.wallet(scene.caller)).toMatchObject({ balance: '0.00', frozen_balance: '0.00' });
  expect((await scene.verify()).findings).toEqual([]);
});

test('what came too late and cannot be given back waits in suspense', async () => {
  await using scene = await openFailed();
  await scene.hear(scene.webhook);
  const id = await refundOf(scene);
  await scene.payments.sendPayout(id);
  await scene.control(`/sandbox/charges/${id}/fail`);
  expect(await scene.payments.checkPayout(id)).toBe('failed');
  expect((await scene.wallet(scene.caller)).balance).toBe('0.00');
  const [suspense] = await scene.db.database.rows<{ balance: bigint }>(
    statement('test.suspense', `SELECT balance FROM payments.accounts WHERE kind = 'suspense'`),
  );
  expect(suspense!.balance).toBe(10_000n);
  expect((await scene.verify()).findings).toEqual([]);
});
