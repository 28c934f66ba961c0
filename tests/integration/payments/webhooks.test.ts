import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import type { TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { MINUTE } from '#shared/time.ts';
import { OMISE } from '../sandbox/open-sandbox.ts';
import { openDeposit, type DepositScene } from './open-deposit.ts';

const NAME = statement(
  'test.name-charge',
  'UPDATE payments.charges SET gateway_charge_id = $2 WHERE transaction_id = $1',
);

/** A webhook as Omise would sign it. */
function signed(body: string, at: Date) {
  const timestamp = Math.floor(at.getTime() / 1000).toString();
  const secret = Buffer.from(OMISE.webhookSecret, 'base64');
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { body, headers: { 'omise-signature': signature, 'omise-signature-timestamp': timestamp } };
}

async function openPaid() {
  const scene = await openDeposit();
  const { id } = await scene.request();
  await scene.payments.createCharge(id);
  return { ...scene, id };
}

/** What a refused webhook must not have touched. */
async function untouched(scene: DepositScene & { readonly id: Parameters<DepositScene['status']>[0] }): Promise<void> {
  expect(await scene.status(scene.id)).toBe('pending');
  expect((await scene.wallet(scene.caller)).balance).toBe('0.00');
  expect(await scene.count('gateway_reports')).toBe(0);
  expect(await scene.count('transfers')).toBe(0);
}

test('a forged webhook is refused: no signature, a wrong one, a good one over another body', async () => {
  await using scene = await openPaid();
  await scene.control(`/sandbox/webhooks/${scene.id}`, { status: 'successful', signature: 'bad' });
  await scene.control(`/sandbox/webhooks/${scene.id}`, { status: 'successful' });
  const [bad, good] = await scene.webhooks(2);
  const refused = { code: 'UNAUTHORIZED' };
  await expect(scene.hear(bad!)).rejects.toMatchObject(refused);
  await expect(scene.hear(good!, { headers: { 'omise-signature': '' } })).rejects.toMatchObject(refused);
  await expect(scene.hear(good!, { body: good!.body.replace('10000', '99999') })).rejects.toMatchObject(refused);
  await untouched(scene);
});

test('a webhook that was signed six minutes ago, or plays again later, is refused', async () => {
  await using scene = await openPaid();
  const timestamp = new Date(scene.now().getTime() - 6 * MINUTE).toISOString();
  await scene.control(`/sandbox/webhooks/${scene.id}`, { status: 'successful', timestamp });
  await scene.control(`/sandbox/webhooks/${scene.id}`, { status: 'successful' });
  const [stale, fresh] = await scene.webhooks(2);
  await expect(scene.hear(stale!)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  scene.pass(6 * MINUTE);
  await expect(scene.hear(fresh!)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  await untouched(scene);
});

test('a signed report of another amount or currency is refused and audited', async () => {
  await using scene = await openPaid();
  await scene.control(`/sandbox/webhooks/${scene.id}`, { status: 'successful', amount: '1.00' });
  await scene.control(`/sandbox/webhooks/${scene.id}`, { status: 'successful', currency: 'USD' });
  for (const webhook of await scene.webhooks(2)) {
    await expect(scene.hear(webhook)).rejects.toMatchObject({ code: 'CONFLICT' });
  }
  await untouched(scene);
  const refused = (await scene.written('audit.recorded')).filter(({ data }) => data['outcome'] === 'refused');
  expect(refused.map(({ data }) => data['facts'])).toMatchObject([{ mismatch: 'amount' }, { mismatch: 'currency' }]);
});

test('a report of a charge that we never asked for is absent, and so is an unknown gateway', async () => {
  await using scene = await openPaid();
  await scene.control(`/sandbox/webhooks/${scene.id}`, { status: 'successful' });
  const [webhook] = await scene.webhooks(1);
  const call = { headers: webhook!.headers as Record<string, string>, body: Buffer.from(webhook!.body) };
  const absent = { code: 'NOT_FOUND' };
  await expect(scene.payments.receiveWebhook({ ...call, gateway: 'midtrans' })).rejects.toMatchObject(absent);
  for (const reference of ['someone else', '', newId<TransactionId>('core')]) {
    const body = webhook!.body.replace(scene.id, reference);
    await expect(scene.hear(webhook!, signed(body, scene.now()))).rejects.toMatchObject(absent);
  }
  await untouched(scene);
});

test('a signed body that is no event of the gateway is refused, and one about something else is passed over', async () => {
  await using scene = await openPaid();
  const webhook = { path: '', headers: {}, body: '' };
  const event = { object: 'event', id: 'evnt_test_1', key: 'charge.complete' };
  for (const body of ['', 'nonsense', '[]', '{}', JSON.stringify(event), JSON.stringify({ ...event, data: {} })]) {
    await expect(scene.hear(webhook, signed(body, scene.now()))).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  }
  const other = JSON.stringify({ ...event, key: 'customer.create', data: {} });
  await expect(scene.hear(webhook, signed(other, scene.now()))).resolves.toBeUndefined();
  await untouched(scene);
});

test('the same webhook ten times at once has one effect', async () => {
  await using scene = await openPaid();
  await scene.control(`/sandbox/charges/${scene.id}/settle`);
  const [webhook] = await scene.webhooks(1);
  await Promise.all(Array.from({ length: 10 }, () => scene.hear(webhook!)));
  expect(await scene.status(scene.id)).toBe('completed');
  expect(await scene.wallet(scene.caller)).toMatchObject({ balance: '100.00', frozen_balance: '0.00' });
  expect(await scene.written('payments.charge_reported')).toHaveLength(1);
  expect(await scene.count('gateway_reports')).toBe(1);
  expect((await scene.verify()).findings).toEqual([]);
});

test('ten different webhooks of one payment credit it once, and asking afterwards changes nothing', async () => {
  await using scene = await openPaid();
  await scene.control(`/sandbox/charges/${scene.id}/settle`);
  for (let times = 1; times < 10; times++) await scene.control(`/sandbox/webhooks/${scene.id}`, {});
  const webhooks = await scene.webhooks(10);
  await Promise.all(webhooks.map((webhook) => scene.hear(webhook)));
  expect(await scene.payments.checkCharge(scene.id)).toBe('completed');
  expect((await scene.wallet(scene.caller)).balance).toBe('100.00');
  expect(await scene.count('gateway_reports')).toBe(10);
  expect(await scene.count('transfers')).toBe(1);
});

test('a webhook that comes before the answer to the creation is heard, and names the charge', async () => {
  await using scene = await openDeposit();
  const { id } = await scene.request();
  await scene.control('/sandbox/faults', { target: 'omise', kind: 'reset_after_commit', count: 1 });
  await expect(scene.payments.createCharge(id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  await scene.control(`/sandbox/charges/${id}/settle`);
  const [webhook] = await scene.webhooks(1);
  await scene.hear(webhook!);
  expect(await scene.payments.getTransaction(scene.caller, id)).toMatchObject({
    status: 'completed',
    gateway_transaction_id: expect.stringMatching(/^chrg_/),
  });
  expect(await scene.payments.createCharge(id)).toBe('completed');
  expect(await scene.charges(id)).toHaveLength(1);
});

test('money that arrives after the deposit expired is credited, once', async () => {
  await using scene = await openPaid();
  expect(await scene.payments.expireCharge(scene.id)).toBe('expired');
  await scene.control(`/sandbox/webhooks/${scene.id}`, { status: 'successful' });
  await scene.control(`/sandbox/webhooks/${scene.id}`, { status: 'successful' });
  for (const webhook of await scene.webhooks(3)) await scene.hear(webhook);
  expect(await scene.payments.getTransaction(scene.caller, scene.id)).toMatchObject({
    status: 'completed',
    history: [{ status: 'pending' }, { status: 'expired' }, { status: 'completed', reason: 'late_capture' }],
  });
  expect((await scene.wallet(scene.caller)).balance).toBe('100.00');
  expect((await scene.verify()).findings).toEqual([]);
});

test('a failure that is reported after the money arrived changes nothing', async () => {
  await using scene = await openPaid();
  await scene.control(`/sandbox/charges/${scene.id}/settle`);
  await scene.control(`/sandbox/webhooks/${scene.id}`, { status: 'failed' });
  for (const webhook of await scene.webhooks(2)) await scene.hear(webhook);
  expect(await scene.status(scene.id)).toBe('completed');
  expect((await scene.wallet(scene.caller)).balance).toBe('100.00');
});

test('that another charge of a deposit failed or expired ends nothing and is audited; what was paid is credited', async () => {
  await using scene = await openPaid();
  await scene.db.database.rows(NAME, [scene.id, 'chrg_test_its_own']);
  for (const status of ['failed', 'expired', 'successful']) {
    await scene.control(`/sandbox/webhooks/${scene.id}`, { status });
  }
  const [failed, expired, paid] = await scene.webhooks(3);
  for (const webhook of [failed, expired, failed]) await scene.hear(webhook!);
  expect(await scene.status(scene.id)).toBe('pending');
  expect(await scene.written('payments.charge_reported')).toEqual([]);
  const audit = (await scene.written('audit.recorded')).filter(({ data }) => data['outcome'] === 'refused');
  expect(audit.map(({ data }) => data['facts'])).toMatchObject([
    { mismatch: 'second_charge' },
    { mismatch: 'second_charge' },
  ]);
  await scene.hear(paid!);
  expect(await scene.status(scene.id)).toBe('completed');
});
