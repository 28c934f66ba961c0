import { expect, test } from 'vitest';
import { crc16 } from '#services/payments/emv-qr/crc16.ts';
import { MINUTE } from '#shared/time.ts';
import { newKey, PUBLIC_URL } from './open-payments.ts';
import { openDeposit } from './open-deposit.ts';
import { openPaymentsFront } from './open-payments-front.ts';

test('a deposit is refused in a wrong form, by a foreign method, beyond what the method takes, into a foreign wallet', async () => {
  await using front = await openPaymentsFront();
  const caller = front.someone();
  const deposit = async (walletId: string, changes: Record<string, unknown> = {}) => {
    const body = { amount: '100.00', payment_method: 'promptpay', ...changes };
    const path = `/payments/wallets/${walletId}/deposit`;
    const answer = await front.call(caller.userId, 'POST', path, body, { 'idempotency-key': newKey().key });
    return [answer.status, (answer.body as { code?: string }).code];
  };
  const baht = await front.payments.createWallet(caller, { currency: 'THB', isPrimary: false }, undefined);
  const dollars = await front.payments.createWallet(caller, { currency: 'SGD', isPrimary: false }, undefined);
  const stranger = await front.someoneWith('1.00');
  for (const amount of [
    '-1',
    '0',
    '1e3',
    '1.001',
    'NaN',
    '1 ',
    100,
    ['1'],
    '1000000000000000000000000000000',
    '19.99',
  ]) {
    expect(await deposit(baht.id, { amount })).toEqual([400, 'VALIDATION_ERROR']);
  }
  expect(await deposit(baht.id, { payment_method: 'barter' })).toEqual([400, 'VALIDATION_ERROR']);
  expect(await deposit(baht.id, { payment_method: 'paynow' })).toEqual([400, 'VALIDATION_ERROR']);
  expect(await deposit(dollars.id)).toEqual([400, 'VALIDATION_ERROR']);
  expect(await deposit(baht.id, { currency: 'THB' })).toEqual([400, 'VALIDATION_ERROR']);
  expect(await deposit(baht.id, { amount: '150000.01' })).toEqual([402, 'LIMIT_EXCEEDED']);
  expect(await deposit(stranger.walletId)).toEqual([404, 'NOT_FOUND']);
  const withoutKey = await front.call(caller.userId, 'POST', `/payments/wallets/${baht.id}/deposit`, {
    amount: '100.00',
    payment_method: 'promptpay',
  });
  expect(withoutKey).toMatchObject({ status: 400, body: { code: 'IDEMPOTENCY_KEY_MISSING' } });
  expect(await front.count('charges')).toBe(0);
});

test('a deposit answers at once, pending, with a QR code that names it and its sum', async () => {
  await using scene = await openDeposit();
  const deposit = await scene.request({ amount: '123.45', description: 'rent' });
  expect(deposit).toMatchObject({
    type: 'deposit',
    status: 'pending',
    amount: '123.45',
    currency: 'THB',
    payment_method: 'promptpay',
    gateway: 'omise',
    gateway_transaction_id: null,
    description: 'rent',
  });
  const code = deposit.qr_code!;
  expect(crc16(code.slice(0, -4))).toBe(code.slice(-4));
  expect(code).toContain('5406123.45');
  const digits = deposit.id.replaceAll('-', '').toUpperCase();
  expect(code).toContain(digits.slice(0, 16));
  expect(code).toContain(digits.slice(16));
  const [requested] = await scene.written('payments.deposit_requested');
  expect(requested).toMatchObject({
    aggregate_id: deposit.id,
    data: { transaction_id: deposit.id, gateway: 'omise', expires_after_ms: 30 * MINUTE },
  });
  expect(await scene.charges(deposit.id)).toEqual([]);
});

test('the same key asks for one deposit', async () => {
  await using scene = await openDeposit();
  const key = newKey();
  const asked = { walletId: scene.walletId, amount: '100.00', paymentMethod: 'promptpay', description: undefined };
  const first = await scene.payments.requestDeposit(scene.caller, asked, key);
  expect(await scene.payments.requestDeposit(scene.caller, asked, key)).toEqual(first);
  expect(await scene.count('charges')).toBe(1);
  expect(await scene.written('payments.deposit_requested')).toHaveLength(1);
});

test('a method with a page answers 503 until the gateway has given it, then leads there, then is gone', async () => {
  await using scene = await openDeposit();
  const deposit = await scene.request({ method: 'mobile_banking_scb' });
  expect(deposit.payment_url).toBe(`${PUBLIC_URL}/api/v1/payments/transactions/${deposit.id}/pay`);
  expect(deposit.qr_code).toBeUndefined();
  await expect(scene.payments.paymentPage(deposit.id)).rejects.toMatchObject({ code: 'RETRY_LATER', retryAfterS: 2 });
  await scene.payments.createCharge(deposit.id);
  const shown = await scene.payments.paymentPage(deposit.id);
  const page = 'location' in shown ? shown.location : '';
  expect(page).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/omise\/pay\/chrg_/);
  expect((await fetch(page)).status).toBe(200);
  await scene.control(`/sandbox/charges/${deposit.id}/settle`);
  await scene.payments.checkCharge(deposit.id);
  await expect(scene.payments.paymentPage(deposit.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a charge is made once under the reference of its deposit, however often the step runs', async () => {
  await using scene = await openDeposit();
  const { id } = await scene.request();
  expect(await scene.payments.createCharge(id)).toBe('pending');
  expect(await scene.payments.createCharge(id)).toBe('pending');
  expect(await scene.charges(id)).toMatchObject([{ status: 'pending', attempts: 1 }]);
  expect(await scene.payments.getTransaction(scene.caller, id)).toMatchObject({
    gateway_transaction_id: expect.stringMatching(/^chrg_/),
  });
});

test('a creation whose answer was lost is asked about before it is tried again', async () => {
  await using scene = await openDeposit();
  const { id } = await scene.request();
  await scene.control('/sandbox/faults', { target: 'omise', kind: 'reset_after_commit', count: 1 });
  await expect(scene.payments.createCharge(id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(await scene.status(id)).toBe('pending');
  expect(await scene.payments.createCharge(id)).toBe('pending');
  expect(await scene.charges(id)).toMatchObject([{ status: 'pending', attempts: 1 }]);
});

test('a creation that failed before it took effect is made at the next try', async () => {
  await using scene = await openDeposit();
  const { id } = await scene.request();
  await scene.control('/sandbox/faults', { target: 'omise', kind: 'error', count: 1 });
  await expect(scene.payments.createCharge(id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(await scene.payments.createCharge(id)).toBe('pending');
  expect(await scene.charges(id)).toHaveLength(1);
});

test('money that no webhook told of is found by asking, and credited once', async () => {
  await using scene = await openDeposit();
  const { id } = await scene.request();
  await scene.payments.createCharge(id);
  await scene.control('/sandbox/faults', { target: 'omise', kind: 'drop_webhook', count: 1 });
  await scene.control(`/sandbox/charges/${id}/settle`);
  const statuses = await Promise.all([1, 2, 3].map(() => scene.payments.checkCharge(id)));
  expect(statuses).toEqual(['completed', 'completed', 'completed']);
  expect((await scene.wallet(scene.caller)).balance).toBe('100.00');
  expect((await scene.verify()).findings).toEqual([]);
});

test('a declined charge fails the deposit with the word of the gateway', async () => {
  await using scene = await openDeposit();
  const { id } = await scene.request();
  await scene.payments.createCharge(id);
  await scene.control(`/sandbox/charges/${id}/fail`);
  expect(await scene.payments.checkCharge(id)).toBe('failed');
  expect(await scene.payments.getTransaction(scene.caller, id)).toMatchObject({
    status: 'failed',
    history: [{ status: 'pending' }, { status: 'failed', reason: 'payment_rejected' }],
  });
  expect(await scene.payments.expireCharge(id)).toBe('failed');
});

test('a deposit that nobody pays expires here and at the gateway', async () => {
  await using scene = await openDeposit();
  const { id } = await scene.request();
  await scene.payments.createCharge(id);
  expect(await scene.payments.expireCharge(id)).toBe('expired');
  expect(await scene.payments.expireCharge(id)).toBe('expired');
  expect(await scene.charges(id)).toMatchObject([{ status: 'expired' }]);
  expect((await scene.wallet(scene.caller)).balance).toBe('0.00');
});

test('a deposit that was paid at the last moment is completed instead of expired', async () => {
  await using scene = await openDeposit();
  const { id } = await scene.request();
  await scene.payments.createCharge(id);
  await scene.control('/sandbox/faults', { target: 'omise', kind: 'drop_webhook', count: 1 });
  await scene.control(`/sandbox/charges/${id}/settle`);
  expect(await scene.payments.expireCharge(id)).toBe('completed');
  expect((await scene.wallet(scene.caller)).balance).toBe('100.00');
});

test('a charge whose id we never heard is found and closed when the deposit expires', async () => {
  await using scene = await openDeposit();
  const { id } = await scene.request();
  await scene.control('/sandbox/faults', { target: 'omise', kind: 'reset_after_commit', count: 1 });
  await expect(scene.payments.createCharge(id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(await scene.payments.expireCharge(id)).toBe('expired');
  expect(await scene.charges(id)).toMatchObject([{ status: 'expired' }]);
});
