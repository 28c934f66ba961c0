import { expect, test } from 'vitest';
import { basic, openSandbox, STRIPE, XENDIT } from './open-sandbox.ts';

const BEARER = { authorization: `Bearer ${STRIPE.secretKey}` };
const INTENT = {
  amount: '1000',
  currency: 'sgd',
  confirm: 'true',
  'allowed_payment_method_types[0]': 'paynow',
  'payment_method_data[type]': 'paynow',
  'metadata[reference]': 'tx-1',
};

test('Stripe refuses a wrong key, a missing sum, a foreign currency, an unknown field, and a key that is used again otherwise', async () => {
  await using sandbox = await openSandbox();
  const intents = '/stripe/v1/payment_intents';
  const stranger = await sandbox.call(intents, {
    body: new URLSearchParams(INTENT),
    headers: { authorization: 'Bearer x' },
  });
  expect(stranger).toMatchObject({ status: 401, body: { error: { type: 'invalid_request_error' } } });
  const ask = (changes: Record<string, string>, headers = {}) =>
    sandbox.call(intents, { body: new URLSearchParams({ ...INTENT, ...changes }), headers: { ...BEARER, ...headers } });
  for (const changes of [{ amount: '' }, { amount: '1.5' }, { currency: 'thb' }, { surprise: '1' }]) {
    expect(await ask(changes)).toMatchObject({ status: 400, body: { error: { code: 'parameter_invalid' } } });
  }
  const key = { 'idempotency-key': 'tx-1' };
  const first = await ask({}, key);
  expect(first).toMatchObject({
    status: 200,
    body: { object: 'payment_intent', status: 'requires_action', amount: 1000 },
  });
  expect(await ask({}, key)).toEqual(first);
  expect(await ask({ amount: '2000' }, key)).toMatchObject({
    status: 400,
    body: { error: { type: 'idempotency_error' } },
  });
  expect((await sandbox.call('/sandbox/charges?reference=tx-1')).body).toHaveLength(1);
});

test('Xendit refuses a wrong key, a missing version, cents of a rupiah, a foreign channel, and cancelling what is paid', async () => {
  await using sandbox = await openSandbox();
  const requests = '/xendit/v3/payment_requests';
  const wanted = {
    reference_id: 'tx-1',
    type: 'PAY',
    country: 'ID',
    currency: 'IDR',
    request_amount: 25_000,
    capture_method: 'AUTOMATIC',
    channel_code: 'QRIS',
    channel_properties: {},
  };
  const auth = basic(XENDIT.secretKey, '');
  const headers = { ...auth, 'api-version': '2024-11-11' };
  expect(await sandbox.call(requests, { body: wanted, headers: basic('xnd_other', '') })).toMatchObject({
    status: 401,
  });
  expect(await sandbox.call(requests, { body: wanted, headers: auth })).toMatchObject({ status: 400 });
  for (const changes of [
    { request_amount: 10_000.01 },
    { country: 'PH' },
    { channel_code: 'GCASH' },
    { surprise: 1 },
  ]) {
    const refused = await sandbox.call(requests, { body: { ...wanted, ...changes }, headers });
    expect(refused).toMatchObject({ status: 400, body: { error_code: 'API_VALIDATION_ERROR' } });
  }
  const made = await sandbox.call(requests, { body: wanted, headers });
  const { payment_request_id: id } = made.body as { payment_request_id: string };
  expect(made).toMatchObject({ status: 201, body: { status: 'REQUIRES_ACTION', request_amount: 25_000 } });
  await sandbox.call('/sandbox/charges/tx-1/settle', { method: 'POST' });
  const cancelled = await sandbox.call(`${requests}/${id}/cancel`, { body: {}, headers });
  expect(cancelled).toMatchObject({ status: 400, body: { error_code: 'CANNOT_CANCEL' } });
  expect((await sandbox.call(`${requests}/${id}`, { headers })).body).toMatchObject({ status: 'SUCCEEDED' });
});
