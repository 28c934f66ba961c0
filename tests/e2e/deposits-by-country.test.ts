import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '#tests/chaos/patience.ts';
import { type Cluster, startCluster } from '#tests/harness/cluster.ts';
import { testEnvironment } from '#tests/harness/config.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { callAt } from '#tests/integration/gateway/call-at.ts';

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

async function ask(method: string, path: string, asked: Asked = {}): Promise<Record<string, unknown>> {
  const { status, body } = await callAt(cluster.gatewayUrl)(method, `/api/v1${path}`, asked);
  expect(status, JSON.stringify(body)).toBeLessThan(300);
  return body as Record<string, unknown>;
}

async function sandbox(method: string, path: string): Promise<unknown> {
  const response = await fetch(`${cluster.sandboxUrl}/sandbox${path}`, { method });
  expect(response.ok).toBe(true);
  return await response.json();
}

/** Someone new of this country logs in with the code that comes to the phone. */
async function logIn(country: string, phone: string): Promise<string> {
  await ask('POST', '/auth/otp/send', { body: { phone_number: phone, country_code: country } });
  const text = await until(`a code for ${phone}`, async () => {
    const inbox = (await sandbox('GET', `/inbox?to=${encodeURIComponent(phone)}`)) as { text: string }[];
    return inbox[0]?.text;
  });
  const otp_code = /\b\d{6}\b/.exec(text)![0];
  const device_info = { device_id: randomUUID() };
  const body = { phone_number: phone, country_code: country, otp_code, device_info };
  return String((await ask('POST', '/auth/otp/verify', { body }))['access_token']);
}

const digits = (count: number) => String(randomInt(10 ** count)).padStart(count, '0');

test.each([
  {
    country: 'TH',
    phone: `+6681${digits(7)}`,
    currency: 'THB',
    method: 'mobile_banking_kbank',
    amount: '100.00',
    gateway: 'omise',
  },
  { country: 'SG', phone: `+6581${digits(6)}`, currency: 'SGD', method: 'card', amount: '10.00', gateway: 'stripe' },
  { country: 'ID', phone: `+62812${digits(8)}`, currency: 'IDR', method: 'qris', amount: '25000', gateway: 'xendit' },
  { country: 'MY', phone: `+6012${digits(7)}`, currency: 'MYR', method: 'fpx', amount: '10.00', gateway: 'stripe' },
  { country: 'PH', phone: `+63917${digits(7)}`, currency: 'PHP', method: 'gcash', amount: '100.00', gateway: 'xendit' },
  { country: 'VN', phone: `+8491${digits(7)}`, currency: 'VND', method: 'vietqr', amount: '100000', gateway: 'xendit' },
])(
  'someone in $country puts $amount $currency in by $method',
  async ({ country, phone, currency, method, amount, gateway }) => {
    const token = await logIn(country, phone);
    const { methods } = (await ask('GET', '/payments/methods', { token })) as { methods: { type: string }[] };
    expect(methods.map(({ type }) => type)).toContain(method);
    const wallet = await ask('POST', '/payments/wallets', { token, body: { currency } });
    const deposit = await ask('POST', `/payments/wallets/${String(wallet['id'])}/deposit`, {
      token,
      headers: { 'idempotency-key': randomUUID() },
      body: { amount, payment_method: method },
    });
    expect(deposit).toMatchObject({ status: 'pending', gateway });
    const page = await until('the payer is shown how', async () => {
      const answer = await fetch(String(deposit['payment_url']), { redirect: 'manual' });
      return answer.status === 503 ? undefined : answer;
    });
    expect([200, 303]).toContain(page.status);

    await sandbox('POST', `/charges/${String(deposit['id'])}/settle`);
    const ended = await until('the deposit is over', async () => {
      const now = await ask('GET', `/payments/transactions/${String(deposit['id'])}`, { token });
      return now['status'] === 'pending' ? undefined : now;
    });
    expect(ended).toMatchObject({ status: 'completed', amount, currency, gateway });
    const { wallets } = (await ask('GET', '/payments/wallets', { token })) as { wallets: { balance: string }[] };
    expect(wallets.map(({ balance }) => balance)).toEqual([amount]);
  },
);
