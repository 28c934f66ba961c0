import { expect, test } from 'vitest';
import type { Caller } from '#shared/caller.ts';
import type { WalletId } from '#shared/ids.ts';
import { statement } from '#shared/sql.ts';
import { DAY, MINUTE } from '#shared/time.ts';
import { GOOD_TOKEN, newKey, openPayments, type TestPayments } from './open-payments.ts';

function transfer(scene: TestPayments, from: Caller, walletId: WalletId, to: Caller, minor: bigint) {
  const asked = {
    walletId,
    recipientId: to.userId,
    money: { minor, currency: 'THB' },
    description: undefined,
    reference: undefined,
  } as const;
  return scene.payments.sendTransfer(from, asked, { key: newKey(), stepUpToken: GOOD_TOKEN });
}

const CHANGES = statement('', 'SELECT change.status, change.reason FROM payments.wallet_changes AS change ORDER BY at');

test('a frozen wallet takes money and gives none, until it is unfrozen; both are told and audited once', async () => {
  await using scene = await openPayments();
  const { payments } = scene;
  const ops = scene.someone();
  const [nok, lek] = [await scene.someoneWith('100.00'), await scene.someoneWith('100.00')];
  await expect(payments.freezeWallet(nok.caller, nok.walletId, 'mine')).rejects.toMatchObject({ code: 'CONFLICT' });

  const frozen = await payments.freezeWallet(ops, nok.walletId, 'stolen phone');
  expect(frozen).toMatchObject({ status: 'suspended', changes: [{ status: 'suspended', reason: 'stolen phone' }] });
  expect(await payments.freezeWallet(ops, nok.walletId, 'again')).toEqual(frozen);
  await expect(transfer(scene, nok.caller, nok.walletId, lek.caller, 100n)).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(payments.closeWallet(nok.caller, nok.walletId)).rejects.toMatchObject({ code: 'CONFLICT' });
  await transfer(scene, lek.caller, lek.walletId, nok.caller, 100n);
  expect(await scene.wallet(nok.caller)).toMatchObject({ balance: '101.00', status: 'suspended' });

  await payments.unfreezeWallet(ops, nok.walletId, 'found again');
  await transfer(scene, nok.caller, nok.walletId, lek.caller, 100n);
  const steps = (await scene.written('payments.wallet_updated')).map(({ data }) => data['step']);
  expect(steps).toEqual(['frozen', 'unfrozen']);
  const audited = (await scene.written('audit.recorded')).map(({ data }) => data['action']);
  expect(audited.filter((action) => String(action).startsWith('payments.wallet_'))).toEqual(
    expect.arrayContaining(['payments.wallet_frozen', 'payments.wallet_unfrozen']),
  );
  expect((await scene.verify()).findings).toEqual([]);
});

test('a wallet with money in it, held for an order, or with a deposit under way is not closed', async () => {
  await using scene = await openPayments();
  const { payments } = scene;
  const { caller, walletId } = await scene.someoneWith('1.00');
  const close = () => payments.closeWallet(caller, walletId);
  await expect(close()).rejects.toMatchObject({ code: 'CONFLICT', message: 'There is money in the wallet' });

  await transfer(scene, caller, walletId, scene.someone(), 100n);
  const deposit = { walletId, amount: '20.00', paymentMethod: 'promptpay', description: undefined };
  await payments.requestDeposit(caller, deposit, newKey());
  await expect(close()).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('under way') });
  expect(await scene.wallet(caller)).toMatchObject({ status: 'active' });
});

test('a closed wallet hands on being primary, and opening its currency again opens the same one', async () => {
  await using scene = await openPayments();
  const { payments } = scene;
  const caller = scene.someone();
  const baht = await payments.createWallet(caller, { currency: 'THB', isPrimary: true }, undefined);
  const dollars = await payments.createWallet(caller, { currency: 'USD', isPrimary: false }, undefined);
  expect(await payments.closeWallet(caller, baht.id as WalletId)).toMatchObject({
    status: 'closed',
    is_primary: false,
  });
  expect(await payments.closeWallet(caller, baht.id as WalletId)).toMatchObject({ status: 'closed' });
  expect(await payments.getWallet(caller, dollars.id as WalletId, undefined)).toMatchObject({ is_primary: true });
  await expect(payments.updateWallet(caller, baht.id as WalletId, true)).rejects.toMatchObject({ code: 'CONFLICT' });

  const again = await payments.createWallet(caller, { currency: 'THB', isPrimary: false }, undefined);
  expect(again).toMatchObject({ id: baht.id, status: 'active', is_primary: false });
  expect(await scene.db.database.rows(CHANGES)).toEqual([
    { status: 'closed', reason: 'closed_by_owner' },
    { status: 'active', reason: 'opened_again' },
  ]);
});

test('another wallet becomes the primary one, and the primary one does not merely stop being it', async () => {
  await using scene = await openPayments();
  const { payments } = scene;
  const caller = scene.someone();
  const baht = await payments.createWallet(caller, { currency: 'THB', isPrimary: true }, undefined);
  const dollars = await payments.createWallet(caller, { currency: 'USD', isPrimary: false }, undefined);
  await expect(payments.updateWallet(caller, baht.id as WalletId, false)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await payments.updateWallet(caller, dollars.id as WalletId, true)).toMatchObject({ is_primary: true });
  expect((await payments.listWallets(caller)).map(({ currency, is_primary }) => [currency, is_primary])).toEqual([
    ['USD', true],
    ['THB', false],
  ]);
});

test('a payment to someone who closed that wallet opens it again', async () => {
  await using scene = await openPayments();
  const { payments } = scene;
  const [payer, payee] = [await scene.someoneWith('100.00'), scene.someone()];
  const wallet = await payments.createWallet(payee, { currency: 'THB', isPrimary: false }, undefined);
  await payments.closeWallet(payee, wallet.id as WalletId);
  await transfer(scene, payer.caller, payer.walletId, payee, 100n);
  expect(await scene.wallet(payee)).toMatchObject({ id: wallet.id, status: 'active', balance: '1.00' });
});

test('twenty closings and payments at once never leave money in a closed wallet', async () => {
  await using scene = await openPayments();
  const { payments } = scene;
  const [payer, payee] = [await scene.someoneWith('100.00'), scene.someone()];
  const { id } = await payments.createWallet(payee, { currency: 'THB', isPrimary: false }, undefined);
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, place): Promise<unknown> =>
      place % 2 === 0
        ? payments.closeWallet(payee, id as WalletId)
        : transfer(scene, payer.caller, payer.walletId, payee, 100n),
    ),
  );
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'CONFLICT' });
  }
  const { status, balance } = await scene.wallet(payee);
  expect(status === 'closed' ? balance : status).toBe(status === 'closed' ? '0.00' : 'active');
  expect((await scene.verify()).findings).toEqual([]);
});

test('balances are told as they were at any moment, and not for one that is still to come', async () => {
  await using scene = await openPayments();
  const { payments } = scene;
  const { caller, walletId } = await scene.someoneWith('100.00');
  const moments: [Date, string][] = [[new Date(), '100.00']];
  for (let sent = 1; sent <= 9; sent += 1) {
    await transfer(scene, caller, walletId, scene.someone(), 100n);
    moments.push([new Date(), `${100 - sent}.00`]);
  }
  for (const [at, balance] of moments) {
    expect(await payments.getWallet(caller, walletId, at)).toMatchObject({ balance, as_of: at.toISOString() });
  }
  const before = new Date(Date.now() - DAY);
  expect(await payments.getWallet(caller, walletId, before)).toMatchObject({
    balance: '0.00',
    available_balance: '0.00',
  });
  const soon = new Date(Date.now() + MINUTE);
  await expect(payments.getWallet(caller, walletId, soon)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  expect(await payments.getWallet(caller, walletId, undefined)).not.toHaveProperty('as_of');
});
