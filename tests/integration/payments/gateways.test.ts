import { describe, expect, test } from 'vitest';
import { crc16 } from '#services/payments/emv-qr/crc16.ts';
import { MINUTE } from '#shared/time.ts';
import { openDeposit } from './open-deposit.ts';

/** One way of paying each, with what its payer is shown in the end. */
const WAYS = [
  {
    country: 'TH',
    currency: 'THB',
    gateway: 'omise',
    method: 'mobile_banking_scb',
    amount: '123.45',
    shows: 'payment_url',
  },
  { country: 'SG', currency: 'SGD', gateway: 'omise', method: 'paynow', amount: '12.34', shows: 'payment_url' },
  { country: 'SG', currency: 'SGD', gateway: 'stripe', method: 'grabpay', amount: '12.34', shows: 'payment_url' },
  { country: 'SG', currency: 'SGD', gateway: 'stripe', method: 'card', amount: '12.34', shows: 'payment_url' },
  { country: 'MY', currency: 'MYR', gateway: 'stripe', method: 'fpx', amount: '55.50', shows: 'payment_url' },
  { country: 'ID', currency: 'IDR', gateway: 'xendit', method: 'qris', amount: '25000', shows: 'qr_code' },
  { country: 'ID', currency: 'IDR', gateway: 'xendit', method: 'va_bca', amount: '25000', shows: 'virtual_account' },
  { country: 'PH', currency: 'PHP', gateway: 'xendit', method: 'gcash', amount: '99.95', shows: 'payment_url' },
  { country: 'PH', currency: 'PHP', gateway: 'xendit', method: 'maya', amount: '99.95', shows: 'payment_url' },
  { country: 'VN', currency: 'VND', gateway: 'xendit', method: 'vietqr', amount: '150000', shows: 'qr_code' },
  { country: 'VN', currency: 'VND', gateway: 'xendit', method: 'momo', amount: '150000', shows: 'payment_url' },
  { country: 'VN', currency: 'USD', gateway: 'stripe', method: 'card', amount: '10.00', shows: 'payment_url' },
] as const;

test.each(WAYS)('$method in $currency is charged, shown, reported by $gateway and credited once', async (way) => {
  const { method, amount, gateway, currency, shows } = way;
  await using scene = await openDeposit(way);
  const { id, ...asked } = await scene.request({ method, amount });
  expect(asked).toMatchObject({ status: 'pending', gateway, amount, currency });
  expect(asked.payment_url).toContain(id);
  await expect(scene.payments.paymentPage(id)).rejects.toMatchObject({ code: 'RETRY_LATER' });

  expect(await scene.payments.createCharge(id)).toBe('pending');
  const waiting = await scene.payments.getTransaction(scene.caller, id);
  expect(waiting[shows]).toBeDefined();
  if (waiting.qr_code !== undefined) expect(crc16(waiting.qr_code.slice(0, -4))).toBe(waiting.qr_code.slice(-4));
  const page = await scene.payments.paymentPage(id);
  expect('location' in page).toBe(shows === 'payment_url');
  expect(await scene.charges(id)).toMatchObject([{ gateway, amount, currency, status: 'pending', attempts: 1 }]);

  await scene.control(`/sandbox/charges/${id}/settle`);
  const [webhook] = await scene.webhooks(1);
  await Promise.all([1, 2, 3].map(() => scene.hear(webhook!)));
  expect(await scene.payments.checkCharge(id)).toBe('completed');
  expect((await scene.wallet(scene.caller, currency)).balance).toBe(amount);
  expect(await scene.count('gateway_reports')).toBe(1);
  expect((await scene.verify()).findings).toEqual([]);
});

const BOTH = [
  { gateway: 'stripe', country: 'SG', currency: 'SGD', method: 'grabpay', amount: '12.34' },
  { gateway: 'stripe', country: 'SG', currency: 'SGD', method: 'card', amount: '12.34' },
  { gateway: 'xendit', country: 'PH', currency: 'PHP', method: 'gcash', amount: '99.95' },
] as const;

describe.each(BOTH)('$method at $gateway', (way) => {
  const { gateway, method, amount, currency } = way;
  async function openMade() {
    const scene = await openDeposit(way);
    const { id } = await scene.request({ method, amount });
    await scene.payments.createCharge(id);
    return { ...scene, id };
  }

  test('refuses a webhook that is forged, or tells of another sum or currency; nothing changes', async () => {
    await using scene = await openMade();
    await scene.control(`/sandbox/webhooks/${scene.id}`, { status: 'successful', signature: 'bad' });
    await scene.control(`/sandbox/webhooks/${scene.id}`, { status: 'successful', amount: '99999' });
    await scene.control(`/sandbox/webhooks/${scene.id}`, { status: 'successful', currency: 'THB' });
    await scene.control(`/sandbox/webhooks/${scene.id}`, { status: 'successful' });
    const [forged, ...others] = await scene.webhooks(4);
    await expect(scene.hear(forged!)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    for (const webhook of others) await expect(scene.hear(webhook)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await scene.status(scene.id)).toBe('pending');
    expect(await scene.count('gateway_reports')).toBe(0);

    await scene.control(`/sandbox/charges/${scene.id}/settle`);
    const [honest] = await scene.webhooks(1);
    await scene.control(`/sandbox/webhooks/${scene.id}`, { amount: '99999' });
    const [lying] = await scene.webhooks(1);
    await expect(scene.hear(lying!)).rejects.toMatchObject({ code: 'CONFLICT' });
    const refused = (await scene.written('audit.recorded')).filter(({ data }) => data['outcome'] === 'refused');
    expect(refused.map(({ data }) => data['facts'])).toMatchObject([{ mismatch: 'amount' }]);
    await scene.hear(honest!);
    expect((await scene.wallet(scene.caller, currency)).balance).toBe(amount);
  });

  test('a webhook that plays again later changes nothing', async () => {
    await using scene = await openMade();
    await scene.control(`/sandbox/charges/${scene.id}/settle`);
    const [webhook] = await scene.webhooks(1);
    await scene.hear(webhook!);
    scene.pass(6 * MINUTE);
    if (gateway === 'stripe') await expect(scene.hear(webhook!)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    else await scene.hear(webhook!);
    expect(await scene.count('transfers')).toBe(1);
  });

  test('a creation whose answer was lost is asked about before it is tried again', async () => {
    await using scene = await openDeposit(way);
    const { id } = await scene.request({ method, amount });
    await scene.control('/sandbox/faults', { target: gateway, kind: 'reset_after_commit', count: 1 });
    await expect(scene.payments.createCharge(id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(await scene.payments.createCharge(id)).toBe('pending');
    expect(await scene.charges(id)).toMatchObject([{ status: 'pending', attempts: 1 }]);
  });

  test('what the gateway declines fails, what nobody pays expires there too, and late money is credited', async () => {
    await using scene = await openMade();
    await scene.control(`/sandbox/charges/${scene.id}/fail`);
    expect(await scene.payments.checkCharge(scene.id)).toBe('failed');

    const left = await scene.request({ method, amount });
    await scene.payments.createCharge(left.id);
    expect(await scene.payments.expireCharge(left.id)).toBe('expired');
    expect(await scene.charges(left.id)).toMatchObject([{ status: 'expired' }]);
    await scene.control(`/sandbox/charges/${left.id}/settle`);
    const [, , paid] = await scene.webhooks(3);
    await scene.hear(paid!);
    expect(await scene.status(left.id)).toBe('completed');
    expect((await scene.wallet(scene.caller, currency)).balance).toBe(amount);
  });

  test('a webhook that comes before the answer to the creation is heard, and names the charge', async () => {
    await using scene = await openDeposit(way);
    const { id } = await scene.request({ method, amount });
    await scene.control('/sandbox/faults', { target: gateway, kind: 'reset_after_commit', count: 1 });
    await expect(scene.payments.createCharge(id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await scene.control(`/sandbox/charges/${id}/settle`);
    const [webhook] = await scene.webhooks(1);
    await scene.hear(webhook!);
    expect(await scene.payments.createCharge(id)).toBe('completed');
    expect(await scene.charges(id)).toHaveLength(1);
  });
});
