import { expect, test } from 'vitest';
import { assertMayWithdraw } from '#services/payments/compliance/may-withdraw.ts';
import { VELOCITY_RULES } from '#services/payments/compliance/velocity-rules.ts';
import type { TransactionId } from '#shared/ids.ts';
import { statement } from '#shared/sql.ts';
import { openDatabase } from '#infrastructure/postgres/database.ts';
import { newId } from '#shared/new-id.ts';
import { openDeposit } from './open-deposit.ts';
import { newKey } from './open-payments.ts';
import { openWithdrawal } from './open-withdrawal.ts';

test('who is on a list of sanctions gets no deposit given back', async () => {
  await using scene = await openDeposit();
  const { id } = await scene.request();
  await scene.payments.createCharge(id);
  await scene.control(`/sandbox/charges/${id}/settle`);
  const [webhook] = await scene.webhooks(1);
  await scene.hear(webhook!);
  const give = () => scene.payments.refundTransaction(scene.caller, { transactionId: id, amount: undefined }, newKey());
  scene.listed.add(scene.caller.userId);
  await scene.payments.copyParty(scene.caller.userId, 'case 1');
  await expect(give()).rejects.toMatchObject({ code: 'CONFLICT', message: 'The wallet is suspended or closed' });
  expect(await scene.wallet(scene.caller)).toMatchObject({ available_balance: '100.00', frozen_balance: '0.00' });

  scene.listed.delete(scene.caller.userId);
  await scene.payments.copyParty(scene.caller.userId, 'case 1');
  await expect(give()).resolves.toMatchObject({ status: 'processing' });
});

test('a withdrawal that was taken up before its owner came on a list fails, and the gateway is never asked', async () => {
  await using scene = await openWithdrawal();
  const { id } = await scene.withdraw();
  scene.listed.add(scene.caller.userId);
  await scene.payments.copyParty(scene.caller.userId, 'case 1');
  expect(await scene.payments.sendPayout(id)).toBe('failed');
  expect(await scene.payouts(id)).toEqual([]);
  expect(await scene.money()).toEqual(['1000.00', '0.00']);
  expect((await scene.verify()).findings).toEqual([]);
});

test('a withdrawal that was taken up before its wallet was frozen fails, unless the gateway was asked before', async () => {
  await using scene = await openWithdrawal();
  const [asked, waiting] = [await scene.withdraw(), await scene.withdraw()];
  expect(await scene.payments.sendPayout(asked.id)).toBe('processing');
  await scene.payments.freezeWallet(scene.someone(), scene.walletId, 'reported as stolen');
  expect(await scene.payments.sendPayout(waiting.id)).toBe('failed');
  expect(await scene.payouts(waiting.id)).toEqual([]);
  expect(await scene.payments.sendPayout(asked.id)).toBe('processing');
  expect(await scene.money()).toEqual(['900.00', '100.00']);
  expect((await scene.verify()).findings).toEqual([]);
});

test('someone whose account is suspended takes nothing out', async () => {
  await using scene = await openWithdrawal({ facts: { status: 'suspended' } });
  await expect(scene.withdraw()).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await scene.money()).toEqual(['1000.00', '0.00']);
});

const DEPOSIT = statement(
  'test.small-deposit',
  `WITH moved AS (
     INSERT INTO payments.transfers (id, kind) VALUES ($1, 'deposit') RETURNING id
   )
   INSERT INTO payments.transactions (id, wallet_id, user_id, type, currency, amount, status, status_actor, created_at,
     updated_at) SELECT $1, $2, $3, 'deposit', 'THB', 10000, 'pending', 'a test', $4, $4`,
);
const COMPLETE = statement(
  'test.complete-deposit',
  `UPDATE payments.transactions SET status = 'completed', transfer_id = id, completed_at = updated_at WHERE user_id = $1`,
);

test('what many small deposits brought does not leave in another currency either', async () => {
  await using scene = await openWithdrawal();
  const { userId } = scene.caller;
  const asOwner = openDatabase({ url: scene.db.ownerUrl, poolMax: 1, applicationName: 'test' });
  for (let made = 0; made < 10; made++) {
    await asOwner.rows(DEPOSIT, [newId<TransactionId>('core'), scene.walletId, userId, scene.now()]);
  }
  await asOwner.rows(COMPLETE, [userId]);
  await asOwner.close();
  const rules = { velocityRules: VELOCITY_RULES, ruleMeters: { overRule: () => undefined } };
  // 1,000 baht are a fifth of the sum that needs the PIN, and so are 30 dollars.
  const may = (minor: bigint) =>
    scene.db.database.transaction((tx) =>
      assertMayWithdraw({ outbox: scene.db.outbox, ...rules }, tx, userId, { minor, currency: 'USD' }, scene.now()),
    );
  await expect(may(3_000n)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', rules: ['gathered_deposits'] });
  await expect(may(1_000n)).resolves.toBeUndefined();
});
