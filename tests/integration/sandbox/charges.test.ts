import { expect, test } from 'vitest';
import { checkOmiseSignature } from '#infrastructure/gateways/omise-signature.ts';
import { basic, createCharge, OMISE, type OpenSandbox, openSandbox } from './open-sandbox.ts';
import type { Received } from './receiver.ts';

const AUTH = basic(OMISE.secretKey, '');

function end({ call }: OpenSandbox, reference: string, how: 'settle' | 'fail' | 'expire') {
  return call(`/sandbox/charges/${reference}/${how}`, { method: 'POST' });
}

async function webhooks({ receiver }: OpenSandbox, count: number): Promise<readonly Received[]> {
  await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(count);
  return receiver.received;
}

function verify({ headers, body }: Received): void {
  checkOmiseSignature(OMISE.webhookSecret, headers as Record<string, string>, Buffer.from(body), new Date());
}

test('Omise refuses a wrong key, a missing amount, a currency that the source does not take, an unknown field', async () => {
  await using sandbox = await openSandbox();
  const stranger = await sandbox.call('/omise/charges', { body: {}, headers: basic('skey_other', '') });
  expect(stranger).toMatchObject({ status: 401, body: { object: 'error', code: 'authentication_failure' } });
  const source = { type: 'promptpay' };
  for (const [body, named] of [
    [{ currency: 'THB', source }, 'amount'],
    [{ amount: 0, currency: 'THB', source }, 'amount'],
    [{ amount: 100, currency: 'SGD', source }, 'currency'],
    [{ amount: 100, currency: 'THB', source: { type: 'barter' } }, 'source.type'],
    [{ amount: 100, currency: 'THB', source, surprise: 1 }, 'surprise'],
  ] as const) {
    const refused = await sandbox.call('/omise/charges', { body, headers: AUTH });
    expect(refused).toMatchObject({
      status: 400,
      body: { code: 'bad_request', message: expect.stringContaining(named) },
    });
  }
});

test('a charge waits until its payer pays; then the signed webhook tells of it', async () => {
  await using sandbox = await openSandbox();
  const created = await createCharge(sandbox, { reference: 'tx-1' });
  expect(created).toMatchObject({
    status: 200,
    body: {
      object: 'charge',
      id: expect.stringMatching(/^chrg_test_[0-9a-z]{19}$/),
      amount: 10000,
      currency: 'THB',
      status: 'pending',
      paid: false,
      metadata: { reference: 'tx-1' },
      source: { type: 'promptpay', flow: 'offline' },
    },
  });
  const believed = { gateway: 'omise', reference: 'tx-1', amount: '100.00', currency: 'THB', idempotency_key: 'tx-1' };
  const before = await sandbox.call('/sandbox/charges?reference=tx-1');
  expect(before.body).toEqual([{ ...believed, status: 'pending', attempts: 1 }]);
  expect(sandbox.receiver.received).toEqual([]);

  const settled = await end(sandbox, 'tx-1', 'settle');
  expect(settled).toEqual({ status: 200, body: { ...believed, status: 'successful', attempts: 1 } });
  const [webhook] = await webhooks(sandbox, 1);
  expect(webhook?.path).toBe('/api/v1/payments/webhooks/omise');
  verify(webhook!);
  const { id } = created.body as { id: string };
  expect(JSON.parse(webhook!.body)).toMatchObject({
    object: 'event',
    id: expect.stringMatching(/^evnt_test_/),
    key: 'charge.complete',
    data: { object: 'charge', id, status: 'successful', paid: true, amount: 10000, metadata: { reference: 'tx-1' } },
  });
  const asked = await sandbox.call(`/omise/charges/${id}`, { headers: AUTH });
  expect(asked.body).toMatchObject({ id, status: 'successful', paid_at: expect.any(String) });
});

test('a declined charge and one that nobody paid are told of too, and neither can be declined again', async () => {
  await using sandbox = await openSandbox();
  await createCharge(sandbox, { reference: 'declined' });
  await createCharge(sandbox, { reference: 'left' });
  await end(sandbox, 'declined', 'fail');
  await webhooks(sandbox, 1);
  await end(sandbox, 'left', 'expire');
  const [declined, left] = (await webhooks(sandbox, 2)).map(({ body }) => JSON.parse(body));
  expect(declined).toMatchObject({
    key: 'charge.complete',
    data: { status: 'failed', failure_code: 'payment_rejected' },
  });
  expect(left).toMatchObject({ key: 'charge.expire', data: { status: 'expired', expired: true } });
  expect(await end(sandbox, 'declined', 'settle')).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  expect(await end(sandbox, 'left', 'fail')).toMatchObject({ status: 409 });
});

test('a code that has expired can still be paid, and paying twice changes nothing', async () => {
  await using sandbox = await openSandbox();
  await createCharge(sandbox, { reference: 'late' });
  await end(sandbox, 'late', 'expire');
  await webhooks(sandbox, 1);
  expect(await end(sandbox, 'late', 'settle')).toMatchObject({ status: 200, body: { status: 'successful' } });
  await webhooks(sandbox, 2);
  expect(await end(sandbox, 'late', 'settle')).toMatchObject({ status: 200 });
  await createCharge(sandbox, { reference: 'other' });
  await end(sandbox, 'other', 'settle');
  const told = (await webhooks(sandbox, 3)).map(({ body }) => JSON.parse(body).data);
  expect(told.map(({ metadata, status }) => `${metadata.reference} ${status}`)).toEqual([
    'late expired',
    'late successful',
    'other successful',
  ]);
});

test('a payment described as auto is paid by itself', async () => {
  await using sandbox = await openSandbox();
  await createCharge(sandbox, { reference: 'tx-auto', fields: { description: 'auto' } });
  const [webhook] = await webhooks(sandbox, 1);
  expect(JSON.parse(webhook!.body)).toMatchObject({
    data: { status: 'successful', metadata: { reference: 'tx-auto' } },
  });
});

test('a charge expires by itself at the time that it was given', async () => {
  await using sandbox = await openSandbox();
  const expires_at = new Date(Date.now() + 100).toISOString();
  await createCharge(sandbox, { reference: 'short', fields: { expires_at } });
  const [webhook] = await webhooks(sandbox, 1);
  expect(JSON.parse(webhook!.body)).toMatchObject({ key: 'charge.expire', data: { status: 'expired' } });
});

test('the same key makes one charge, with another body it is refused, another key makes a second charge', async () => {
  await using sandbox = await openSandbox();
  const first = await createCharge(sandbox, { reference: 'tx-1', key: 'k' });
  const again = await createCharge(sandbox, { reference: 'tx-1', key: 'k' });
  expect(again).toEqual(first);
  const reused = await createCharge(sandbox, { reference: 'tx-1', key: 'k', fields: { amount: '20000' } });
  expect(reused.status).toBe(409);
  await createCharge(sandbox, { reference: 'tx-1', key: 'other' });
  const charges = await sandbox.call('/sandbox/charges?reference=tx-1');
  expect(charges.body).toMatchObject([
    { idempotency_key: 'k', attempts: 4 },
    { idempotency_key: 'other', attempts: 4 },
  ]);
});

test('the list shows the charges of a time, in either order, page by page', async () => {
  await using sandbox = await openSandbox();
  const from = new Date().toISOString();
  for (const reference of ['a', 'b', 'c']) await createCharge(sandbox, { reference });
  const page = async (query: string) => {
    const { body } = await sandbox.call(`/omise/charges?from=${from}&${query}`, { headers: AUTH });
    const { data, total } = body as { data: { metadata: { reference: string } }[]; total: number };
    return { total, references: data.map(({ metadata }) => metadata.reference).join('') };
  };
  expect(await page('order=chronological&limit=2')).toEqual({ total: 3, references: 'ab' });
  expect(await page('order=chronological&limit=2&offset=2')).toEqual({ total: 3, references: 'c' });
  expect(await page('order=reverse_chronological')).toEqual({ total: 3, references: 'cba' });
  expect(await page('to=2020-01-01T00:00:00Z')).toEqual({ total: 0, references: '' });
});

test('the product can withdraw a charge while it waits, not after it was paid', async () => {
  await using sandbox = await openSandbox();
  const expire = async (reference: string) => {
    const { body } = await createCharge(sandbox, { reference });
    const { id } = body as { id: string };
    return await sandbox.call(`/omise/charges/${id}/expire`, { method: 'POST', headers: AUTH });
  };
  expect(await expire('tx-1')).toMatchObject({ status: 200, body: { status: 'expired' } });
  await createCharge(sandbox, { reference: 'tx-2' });
  await end(sandbox, 'tx-2', 'settle');
  expect(await expire('tx-2')).toMatchObject({ status: 400, body: { code: 'bad_request' } });
});

test('a method with a page has one that pays', async () => {
  await using sandbox = await openSandbox();
  const created = await createCharge(sandbox, { reference: 'tx-1', fields: { 'source[type]': 'truemoney' } });
  const { authorize_uri } = created.body as { authorize_uri: string };
  const page = await fetch(authorize_uri);
  expect(page.headers.get('content-type')).toContain('text/html');
  const html = await page.text();
  expect(html).toContain('100.00 THB');
  const action = /action="([^"]+settle)"/.exec(html)?.[1];
  await sandbox.call(action ?? '', { method: 'POST' });
  const charges = await sandbox.call('/sandbox/charges?reference=tx-1');
  expect(charges.body).toMatchObject([{ status: 'successful' }]);
});

test('a webhook that is not taken is sent again, signed anew, under the same id', async () => {
  await using sandbox = await openSandbox();
  sandbox.receiver.answerWith(503, 500);
  await createCharge(sandbox, { reference: 'tx-1' });
  await end(sandbox, 'tx-1', 'settle');
  const tries = await webhooks(sandbox, 3);
  for (const sent of tries) verify(sent);
  expect(new Set(tries.map(({ body }) => JSON.parse(body).id)).size).toBe(1);
});
