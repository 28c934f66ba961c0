import { expect, test } from 'vitest';
import { CURRENCIES } from '#shared/money.ts';
import { newKey } from './open-payments.ts';
import { openPaymentsFront } from './open-payments-front.ts';

test('a wallet is refused in an unknown currency, with unknown fields, and twice in one currency', async () => {
  await using front = await openPaymentsFront();
  const { userId } = front.someone();
  for (const body of [
    {},
    { currency: 'BTC' },
    { currency: ['THB'] },
    { currency: 'THB', balance: '1.00' },
    { currency: 'THB', is_primary: 'yes' },
  ]) {
    expect(await front.call(userId, 'POST', '/payments/wallets', body)).toMatchObject({ status: 400 });
  }
  expect(await front.call(userId, 'POST', '/payments/wallets', { currency: 'THB' })).toMatchObject({ status: 201 });
  expect(await front.call(userId, 'POST', '/payments/wallets', { currency: 'THB' })).toMatchObject({
    status: 409,
    body: { code: 'CONFLICT' },
  });
});

test('a repeat with the same key answers the wallet that was opened', async () => {
  await using front = await openPaymentsFront();
  const { userId } = front.someone();
  const headers = { 'idempotency-key': newKey().key };
  const open = () => front.call(userId, 'POST', '/payments/wallets', { currency: 'THB' }, headers);
  const first = await open();
  expect(await open()).toMatchObject({ status: 201, body: first.body });
});

test('a new wallet is empty, active, and has the limits of its owner', async () => {
  await using front = await openPaymentsFront();
  const { userId } = front.someone({ country: 'ID', kycTier: 1 });
  const { status, body } = await front.call(userId, 'POST', '/payments/wallets', { currency: 'IDR' });
  expect({ status, body }).toMatchObject({
    status: 201,
    body: {
      user_id: userId,
      currency: 'IDR',
      balance: '0',
      frozen_balance: '0',
      available_balance: '0',
      daily_limit: '20000000',
      monthly_limit: '40000000',
      used_this_month: '0',
      status: 'active',
      is_primary: true,
    },
  });
  expect(await front.call(userId, 'GET', '/payments/wallets')).toMatchObject({
    status: 200,
    body: { wallets: [body], next_cursor: null },
  });
});

test('one wallet is the primary one: the first, until another is asked to be', async () => {
  await using front = await openPaymentsFront();
  const caller = front.someone();
  const open = (currency: 'THB' | 'SGD' | 'USD', isPrimary: boolean) =>
    front.payments.createWallet(caller, { currency, isPrimary }, undefined);
  await open('SGD', false);
  await open('THB', false);
  await open('USD', true);
  const wallets = await front.payments.listWallets(caller);
  expect(wallets.map(({ currency, is_primary }) => [currency, is_primary])).toEqual([
    ['USD', true],
    ['SGD', false],
    ['THB', false],
  ]);
});

test('all currencies opened at once make one wallet each and one primary', async () => {
  await using front = await openPaymentsFront();
  const caller = front.someone();
  const opened = await Promise.allSettled(
    [...CURRENCIES, ...CURRENCIES].map((currency) =>
      front.payments.createWallet(caller, { currency, isPrimary: true }, undefined),
    ),
  );
  expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
  const wallets = await front.payments.listWallets(caller);
  expect(wallets.map(({ currency }) => currency).toSorted()).toEqual(CURRENCIES.toSorted());
  expect(wallets.filter(({ is_primary }) => is_primary)).toHaveLength(1);
});

test('each country lists its own methods, and a stranger sees no transaction', async () => {
  await using front = await openPaymentsFront();
  const owner = await front.someoneWith('1.00');
  const stranger = front.someone();
  expect(await front.call(stranger.userId, 'GET', '/payments/methods')).toMatchObject({
    status: 200,
    body: {
      methods: expect.arrayContaining([expect.objectContaining({ type: 'promptpay', supported_currencies: ['THB'] })]),
    },
  });
  const { body } = await front.call(owner.caller.userId, 'GET', `/payments/transactions?wallet_id=${owner.walletId}`);
  const [deposit] = (body as { transactions: { id: string }[] }).transactions;
  expect(deposit).toMatchObject({ type: 'deposit', status: 'completed', amount: '1.00' });
  const path = `/payments/transactions/${deposit!.id}`;
  expect(await front.call(owner.caller.userId, 'GET', path)).toMatchObject({ status: 200 });
  expect(await front.call(stranger.userId, 'GET', path)).toMatchObject({ status: 404 });
  for (const query of [
    'limit=0',
    'limit=101',
    'type=gift',
    'wallet_id=mine',
    'from=yesterday',
    'surprise=1',
    'cursor=x',
  ]) {
    expect(await front.call(stranger.userId, 'GET', `/payments/transactions?${query}`)).toMatchObject({ status: 400 });
  }
});
