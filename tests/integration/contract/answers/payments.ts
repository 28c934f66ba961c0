import { expect, test } from 'vitest';
import type { SeededUser } from '#tests/harness/seed.ts';
import { callNamed, NOBODYS } from '../calls.ts';
import { expectFault, expectRefused } from '../refused.ts';
import { type Body, done, expectFields, PATIENCE, PIN, proofOf, type World } from './world.ts';

const WALLET =
  'id, user_id, currency, balance, frozen_balance, available_balance, daily_limit, monthly_limit, used_this_month, status, is_primary';
const METHOD = 'type, name, supported_currencies, min_amount, max_amount, fee_percentage, fee_fixed';
const QUOTE = 'quote_id, from, to, amount, rate, fee, receive_amount, expires_at';
const TRANSACTION = 'id, wallet_id, type, amount, currency, status, fees, description, created_at, updated_at';

type Payer = { readonly id: string; readonly token: string; readonly walletId: string };

/** The rows of the contract's table of payment calls. */
export function paymentsAnswers(world: () => World): void {
  async function payers(count: number, balance = '1000.00:THB'): Promise<Payer[]> {
    const seeded = await world().seed({ users: count, balance, pin: PIN });
    return seeded.map((user) => ({ id: user.user_id, token: user.access_token, walletId: user.wallet_id! }));
  }

  async function balanceOf({ token, walletId }: Payer): Promise<unknown> {
    const { wallets } = (await done(world(), 'listWallets', 200, { token })) as { wallets: Body[] };
    return wallets.find(({ id }) => id === walletId)?.['balance'];
  }

  const deposit = ({ token, walletId }: Payer, body: unknown) =>
    world().ask(callNamed('createDeposit'), { token, params: { id: walletId }, body });

  const sandbox = async (path: string, body?: unknown) => {
    const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) };
    const response = await fetch(`${world().sandboxUrl}/sandbox/${path}`, sent);
    expect([path, response.ok]).toEqual([path, true]);
  };

  async function chargesOf(id: unknown): Promise<Body[]> {
    return (await (await fetch(`${world().sandboxUrl}/sandbox/charges?reference=${String(id)}`)).json()) as Body[];
  }

  test('GET and POST /payments/wallets: one of each currency, the first is the primary one', async () => {
    const [seeded] = await world().seed({ users: 1 });
    const { access_token: token, user_id: userId } = seeded!;
    const first = await done(world(), 'createWallet', 201, { token, body: { currency: 'THB' } });
    expectFields(first, WALLET);
    expect(first).toMatchObject({
      user_id: userId,
      currency: 'THB',
      balance: '0.00',
      frozen_balance: '0.00',
      available_balance: '0.00',
      used_this_month: '0.00',
      status: 'active',
      is_primary: true,
    });
    const dong = await done(world(), 'createWallet', 201, { token, body: { currency: 'VND' } });
    expect(dong).toMatchObject({ balance: '0', is_primary: false });
    const twice = await world().ask(callNamed('createWallet'), { token, body: { currency: 'THB' } });
    expectRefused(twice, 'CONFLICT', 'a second wallet of one currency');
    const { wallets } = (await done(world(), 'listWallets', 200, { token })) as { wallets: Body[] };
    expect(wallets).toEqual([first, dong]);
  });

  test('GET /payments/methods answers those of the country', async () => {
    const [payer] = (await payers(1)) as [Payer];
    const { methods } = (await done(world(), 'listPaymentMethods', 200, { token: payer.token })) as { methods: Body[] };
    expect(methods.map(({ type }) => type)).toContain('promptpay');
    for (const method of methods) expectFields(method, METHOD);
  });

  test('POST …/deposit: 201 pending with a QR code; the gateway knows it by our id; the webhook counts once', async () => {
    const [payer] = (await payers(1)) as [Payer];
    const answer = await deposit(payer, { amount: '250.50', payment_method: 'promptpay', description: 'lunch' });
    expect(answer.status).toBe(201);
    expectFields(answer.body, TRANSACTION);
    const { id, qr_code: qr } = answer.body as { id: string; qr_code: string };
    expect(answer.body).toMatchObject({
      wallet_id: payer.walletId,
      type: 'deposit',
      amount: '250.50',
      currency: 'THB',
      status: 'pending',
      description: 'lunch',
    });
    expect(qr).toMatch(/^000201.*5406250\.50.*6304[0-9A-F]{4}$/);
    expect(answer.body).not.toHaveProperty('payment_url');

    await expect.poll(() => chargesOf(id), PATIENCE).toMatchObject([{ reference: id, idempotency_key: id }]);
    await sandbox(`webhooks/${id}`, { status: 'successful', signature: 'bad' });
    expect(await balanceOf(payer)).toBe('1000.00');
    await sandbox(`charges/${id}/settle`);
    await sandbox(`webhooks/${id}`, { times: 5 });
    const read = () => done(world(), 'getTransaction', 200, { token: payer.token, params: { id } });
    await expect.poll(read, PATIENCE).toMatchObject({ status: 'completed' });
    expect(await balanceOf(payer)).toBe('1250.50');
    const completed = await read();
    expect(completed).not.toHaveProperty('qr_code');
    expect(completed).toMatchObject({ history: [{ status: 'pending' }, { status: 'completed' }] });
    const unsigned = await world().ask(callNamed('receiveGatewayWebhook'), { body: { id: 'evnt_1', data: {} } });
    expectRefused(unsigned, 'UNAUTHORIZED', 'an unsigned webhook');
  });

  test('POST …/deposit by a bank’s app: a payment_url of ours, which leads on once the gateway has given its page', async () => {
    const [payer] = (await payers(1)) as [Payer];
    const answer = await deposit(payer, { amount: '100.00', payment_method: 'mobile_banking_kbank' });
    const { id, payment_url: url } = answer.body as { id: string; payment_url: string };
    expect([answer.status, url.startsWith(`${world().url}/api/v1/payments/`)]).toEqual([201, true]);
    expect(answer.body).not.toHaveProperty('qr_code');
    const page = callNamed('openPaymentPage');
    const open = () => world().ask(page, { params: { id } });
    await expect.poll(async () => (await open()).status, PATIENCE).toBe(303);
    expect((await open()).headers.get('location')).toMatch(/^https?:\/\//);
    expectRefused(await world().ask(page, { params: { id: NOBODYS } }), 'NOT_FOUND', 'nothing to pay');
  });

  test('amounts: a wrong form is 400, over a limit 402, and more than the balance 402', async () => {
    const [payer, friend] = (await payers(2)) as [Payer, Payer];
    const headers = await proofOf(world(), payer.token);
    const transfer = (amount: string, currency = 'THB') =>
      world().ask(callNamed('createTransfer'), {
        token: payer.token,
        headers,
        body: { wallet_id: payer.walletId, recipient_id: friend.id, amount, currency },
      });
    for (const amount of [
      '',
      '1e3',
      '-1',
      '+1',
      '1,000',
      '01.00',
      '1.001',
      '.5',
      'NaN',
      '0',
      '0.00',
      ' 1',
      '9'.repeat(19),
    ]) {
      expectFault(await transfer(amount), 'amount', amount);
      const refused = await deposit(payer, { amount, payment_method: 'promptpay' });
      expectFault(refused, 'amount', `deposit ${amount}`);
    }
    for (const [amount, currency] of [
      ['1.5', 'VND'],
      ['1.00', 'IDR'],
    ] as const) {
      expectFault(await transfer(amount, currency), 'amount', `${amount} ${currency}`);
    }
    expectFault(await transfer('1.00', 'SGD'), 'currency', 'a currency that the wallet is not in');
    expectRefused(await transfer('1000.01'), 'INSUFFICIENT_FUNDS', 'a satang too much');
    expectFault(await deposit(payer, { amount: '19.99', payment_method: 'promptpay' }), 'amount', 'below the method');
    const much = await deposit(payer, { amount: '150000.01', payment_method: 'promptpay' });
    expectRefused(much, 'LIMIT_EXCEEDED', 'above the method');
    expectFault(await deposit(payer, { amount: '100.00', payment_method: 'barter' }), 'payment_method', 'no method');
    expect(await balanceOf(payer)).toBe('1000.00');

    const [rich] = (await payers(1, '500000.00:THB')) as [Payer];
    const over = await world().ask(callNamed('createTransfer'), {
      token: rich.token,
      headers: await proofOf(world(), rich.token),
      body: { wallet_id: rich.walletId, recipient_id: friend.id, amount: '50000.01', currency: 'THB' },
    });
    expectRefused(over, 'LIMIT_EXCEEDED', 'over the daily limit');
  });

  test('POST /payments/quotes and /payments/conversions: a rate is locked, spent once, and lapses', async () => {
    const [payer, other] = (await payers(2, '20000.00:THB')) as [Payer, Payer];
    const { token } = payer;
    const asked = { from: 'THB', to: 'VND', amount: '1000.00' };
    const quoting = callNamed('createQuote');
    // The worker's first look at the feed.
    await expect.poll(async () => (await world().ask(quoting, { token, body: asked })).status, PATIENCE).toBe(201);
    const quote = await done(world(), 'createQuote', 201, { token, body: asked });
    expectFields(quote, QUOTE);
    expect(quote).toMatchObject({ ...asked, fee: '4.00', receive_amount: expect.stringMatching(/^\d+$/) });
    const exact = Number(quote['rate']) * 1000;
    expect(Math.abs(Number(quote['receive_amount']) - exact)).toBeLessThanOrEqual(1);
    for (const amount of ['0', '1.001', '1e3']) {
      expectFault(await world().ask(quoting, { token, body: { ...asked, amount } }), 'amount', amount);
    }
    expectFault(await world().ask(quoting, { token, body: { ...asked, to: 'THB' } }), 'to', 'the same currency');

    const body = { quote_id: quote['quote_id'] };
    const converting = callNamed('createConversion');
    expectRefused(await world().ask(converting, { token: other.token, body }), 'NOT_FOUND', "someone else's quote");
    const made = await done(world(), 'createConversion', 201, { token, body });
    expectFields(made, `${TRANSACTION}, exchange_rate`);
    expect(made).toMatchObject({
      type: 'conversion',
      status: 'completed',
      amount: '1000.00',
      exchange_rate: quote['rate'],
      fees: { conversion_fee: '4.00' },
    });
    expect(await balanceOf(payer)).toBe('18996.00');
    expectRefused(await world().ask(converting, { token, body }), 'CONFLICT', 'a spent quote');

    const large = await done(world(), 'createQuote', 201, { token, body: { ...asked, amount: '5000.01' } });
    const spend = { token, body: { quote_id: large['quote_id'] } };
    expectRefused(await world().ask(converting, spend), 'STEP_UP_REQUIRED', 'a large sum');
    await done(world(), 'createConversion', 201, { ...spend, headers: await proofOf(world(), token) });
  });

  test('a wallet’s code is read as a payment to its owner, and a code that is none is refused', async () => {
    const [payer] = (await payers(1)) as [Payer];
    const { token } = payer;
    const shown = await done(world(), 'showWalletQr', 200, {
      token,
      params: { id: payer.walletId },
      query: { amount: '12.50' },
    });
    const parse = (payload: unknown) => world().ask(callNamed('parseQr'), { token, body: { payload } });
    const read = await parse(shown['payload']);
    expect([read.status, read.body]).toMatchObject([
      200,
      { scheme: 'tchat', recipient_id: payer.id, currency: 'THB', amount: '12.50', is_dynamic: true, crc_ok: true },
    ]);
    const { payload } = await done(world(), 'showWalletQr', 200, { token, params: { id: payer.walletId } });
    expect((await parse(payload)).body).toMatchObject({ recipient_id: payer.id, amount: null, is_dynamic: false });
    const changed = String(payload).replace('5802TH', '5802SG');
    expectFault(await parse(changed), 'payload', 'a changed code');
    expectFault(await parse('hello'), 'payload', 'no code');
  });

  test('POST /payments/transfers: 201, with the PIN for someone never paid before or above 5,000 baht', async () => {
    const [payer] = (await payers(1, '20000.00:THB')) as [Payer];
    const [friend] = (await world().seed({ users: 1 })) as [SeededUser];
    const order = { wallet_id: payer.walletId, recipient_id: friend.user_id, currency: 'THB' };
    const transfer = (body: Body, headers = {}) =>
      world().ask(callNamed('createTransfer'), { token: payer.token, headers, body: { ...order, ...body } });
    expectRefused(await transfer({ amount: '120.00' }), 'STEP_UP_REQUIRED', 'a first payment');
    const proof = await proofOf(world(), payer.token);
    const words = { description: 'noodles', reference: 'n-1' };
    const first = await transfer({ amount: '120.00', ...words }, proof);
    expect(first.status).toBe(201);
    expectFields(first.body, TRANSACTION);
    expect(first.body).toMatchObject({ type: 'transfer_out', status: 'completed', amount: '120.00', ...words });
    expect((await transfer({ amount: '5000.00' })).status).toBe(201);
    expectRefused(await transfer({ amount: '5000.01' }), 'STEP_UP_REQUIRED', 'a large sum');
    expect((await transfer({ amount: '5000.01' }, proof)).status).toBe(201);
    const oneself = await transfer({ amount: '1.00', recipient_id: payer.id }, proof);
    expectFault(oneself, 'recipient_id', 'oneself');
    expectFault(await transfer({ amount: '1.00', description: 'x'.repeat(201) }, proof), 'description', '201');
    expectFault(await transfer({ amount: '1.00', reference: 'x'.repeat(101) }, proof), 'reference', '101');

    // The friend had no wallet; it was opened for the money.
    const theirs = await done(world(), 'listWallets', 200, { token: friend.access_token });
    expect(theirs).toMatchObject({ wallets: [{ currency: 'THB', balance: '10120.01', is_primary: true }] });
    const query = { type: 'transfer_in', from: new Date(Date.now() - 60_000).toISOString() };
    const history = await done(world(), 'listTransactions', 200, { token: friend.access_token, query });
    expect(history).toMatchObject({
      transactions: ['5000.01', '5000.00', '120.00'].map((amount) => ({ amount, type: 'transfer_in' })),
      next_cursor: null,
    });
    const future = { from: new Date(Date.now() + 60_000).toISOString() };
    const none = await done(world(), 'listTransactions', 200, { token: friend.access_token, query: future });
    expect(none).toEqual({ transactions: [], next_cursor: null });
  });
}
