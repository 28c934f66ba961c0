import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '#tests/chaos/patience.ts';
import { type Cluster, startCluster } from '#tests/harness/cluster.ts';
import { testEnvironment } from '#tests/harness/config.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { seed, type SeededUser } from '#tests/harness/seed.ts';
import { callAt } from '#tests/integration/gateway/call-at.ts';

const PIN = '246810';

let db: FreshDatabase;
let cluster: Cluster;
beforeAll(async () => {
  db = await freshDatabase();
  cluster = await startCluster(testEnvironment(db.url, { RATE_LIMITS: 'relaxed' }), ['sandbox', 'gateway', 'worker']);
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await db[Symbol.asyncDispose]();
});

type Asked = { readonly token?: string; readonly body?: object; readonly headers?: Record<string, string> };

async function ask<Body = Record<string, string>>(method: string, path: string, asked: Asked = {}) {
  const { status, body } = await callAt(cluster.gatewayUrl)(method, `/api/v1${path}`, asked);
  return { status, body: body as Body };
}

async function texts(to: string): Promise<readonly string[]> {
  const response = await fetch(`${cluster.sandboxUrl}/sandbox/inbox?to=${encodeURIComponent(to)}`);
  return ((await response.json()) as { text: string }[]).map(({ text }) => text);
}

/** Asks for a code and reads it where the sandbox shows it. */
async function codeFor(phone: string): Promise<string> {
  const before = (await texts(phone)).length;
  await ask('POST', '/auth/otp/send', { body: { phone_number: phone, country_code: 'TH' } });
  const newest = await until('the code has come', async () => {
    const all = await texts(phone);
    return all.length > before && all[0]!;
  });
  return /\b\d{6}\b/.exec(newest)![0];
}

async function logIn(phone: string, deviceId: string): Promise<string> {
  const body = {
    phone_number: phone,
    country_code: 'TH',
    otp_code: await codeFor(phone),
    device_info: { device_id: deviceId },
  };
  return (await ask('POST', '/auth/otp/verify', { body })).body['access_token']!;
}

async function proofOf(token: string): Promise<string> {
  return (await ask('POST', '/auth/step-up', { token, body: { pin: PIN } })).body['step_up_token']!;
}

async function pay(token: string, payer: SeededUser, payee: SeededUser, amount: string) {
  const body = { wallet_id: payer.wallet_id, recipient_id: payee.user_id, amount, currency: 'THB' };
  const headers = { 'idempotency-key': randomUUID(), 'step-up': await proofOf(token) };
  return await ask('POST', '/payments/transfers', { token, body, headers });
}

test('a new device pays little for a day, the first one as before, and a number that is left is told', async () => {
  const [payer, payee] = (await seed(cluster.env, { users: 2, balance: '30000.00:THB', pin: PIN })) as [
    SeededUser,
    SeededUser,
  ];
  const phone = await logIn(payer.phone_number, 'phone');
  const stolen = await logIn(payer.phone_number, 'stolen');
  expect(await pay(stolen, payer, payee, '5000.01')).toMatchObject({ status: 402, body: { code: 'LIMIT_EXCEEDED' } });
  expect(await pay(stolen, payer, payee, '100.00')).toMatchObject({ status: 201 });
  expect(await pay(phone, payer, payee, '6000.00')).toMatchObject({ status: 201 });

  const next = `+6681${String(Date.now()).slice(-7)}`;
  const body = {
    phone_number: next,
    country_code: 'TH',
    otp_code: await codeFor(next),
    device_info: { device_id: 'phone' },
  };
  const headers = { 'step-up': await proofOf(phone) };
  const changed = await ask<{ access_token: string; user: { phone_number: string } }>('PUT', '/users/me/phone', {
    token: phone,
    body,
    headers,
  });
  expect(changed).toMatchObject({ status: 200, body: { user: { phone_number: next } } });
  expect(await ask('GET', '/users/profile', { token: phone })).toMatchObject({ status: 401 });
  expect(await pay(changed.body.access_token, payer, payee, '100.00')).toMatchObject({ status: 402 });
  await until('the old number is told', async () => {
    const [newest = ''] = await texts(payer.phone_number);
    return newest.startsWith('Tchat: ') && !/\d{6}/.test(newest);
  });
});

test('checkout asks for the PIN above a sum, and all orders of a new device share what it may spend in a day', async () => {
  const [merchant] = (await seed(cluster.env, { users: 1, role: 'merchant' })) as [SeededUser];
  const [buyer] = (await seed(cluster.env, { users: 1, balance: '30000.00:THB', pin: PIN })) as [SeededUser];
  const product = await ask<{ id: string }>('POST', '/commerce/products', {
    token: merchant.access_token,
    body: {
      shop_id: merchant.shop_id,
      name: 'Lamp',
      price: '3000.00',
      currency: 'THB',
      stock_quantity: 20,
      images: ['https://images.example.com/lamp.jpg'],
    },
  });
  const address = { street: '9 Thanon Sukhumvit', city: 'Bangkok', postal_code: '10110', country: 'TH' };
  const order = async (token: string, quantity: number, proof?: string) =>
    await ask<{ id: string; code: string }>('POST', '/commerce/orders', {
      token,
      body: {
        shop_id: merchant.shop_id,
        items: [{ product_id: product.body.id, quantity }],
        currency: 'THB',
        wallet_id: buyer.wallet_id,
        shipping_address: address,
      },
      headers: { 'idempotency-key': randomUUID(), ...(proof === undefined ? {} : { 'step-up': proof }) },
    });
  const paid = async (token: string, id: string, status: string) =>
    await until(`the order is ${status}`, async () => {
      const { body } = await ask<{ events: { step: string; status: string; reason?: string }[] }>(
        'GET',
        `/commerce/orders/${id}/timeline`,
        { token },
      );
      return body.events.find((event) => event.step === 'payment' && event.status === status);
    });

  const phone = await logIn(buyer.phone_number, 'phone');
  expect(await order(phone, 2)).toMatchObject({ status: 403, body: { code: 'STEP_UP_REQUIRED' } });
  const known = await order(phone, 2, await proofOf(phone));
  expect(known.status).toBe(201);
  await paid(phone, known.body.id, 'completed');

  const fresh = await logIn(buyer.phone_number, 'another');
  expect(await order(fresh, 2, await proofOf(fresh))).toMatchObject({ status: 402, body: { code: 'LIMIT_EXCEEDED' } });
  // What left from the phone today counts as well, and is more than a new device may spend.
  const small = await order(fresh, 1);
  expect(small.status).toBe(201);
  await until('the order is called off', async () => {
    const { body } = await ask<{ status: string }>('GET', `/commerce/orders/${small.body.id}`, { token: fresh });
    return body.status === 'cancelled';
  });
});

test('seeded ops work at once; logging in again they owe their second factor', async () => {
  const [ops] = (await seed(cluster.env, { users: 1, role: 'ops' })) as [SeededUser];
  expect(await ask('GET', '/ops/audit', { token: ops.access_token })).toMatchObject({ status: 200 });
  const token = await logIn(ops.phone_number, 'desk');
  expect(await ask('GET', '/ops/audit', { token })).toMatchObject({
    status: 403,
    body: { code: 'SECOND_FACTOR_REQUIRED' },
  });
  expect(await ask('POST', '/auth/second-factor/enrol', { token, body: {} })).toMatchObject({ status: 200 });
});
