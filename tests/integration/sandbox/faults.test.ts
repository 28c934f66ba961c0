import { expect, test } from 'vitest';
import { createCharge, type OpenSandbox, openSandbox, sendByTwilio } from './open-sandbox.ts';

function fault({ call }: OpenSandbox, body: unknown) {
  return call('/sandbox/faults', { body });
}

async function settled(sandbox: OpenSandbox, reference: string): Promise<void> {
  await createCharge(sandbox, { reference });
  await sandbox.call(`/sandbox/charges/${reference}/settle`, { method: 'POST' });
}

/** The references in the order in which webhooks told of them, once there are `count`. */
async function toldOf({ receiver }: OpenSandbox, count: number): Promise<string[]> {
  await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(count);
  return receiver.received.map(({ body }) => JSON.parse(body).data.metadata.reference as string);
}

test.each([
  [{ target: 'paypal', kind: 'error', count: 1 }, ['target']],
  [{ target: 'omise', kind: 'mischief', count: 1 }, ['kind']],
  [{ target: 'omise', kind: 'error' }, ['count', 'rate']],
  [{ target: 'omise', kind: 'error', count: 1, rate: 0.5 }, ['count', 'rate']],
  [{ target: 'omise', kind: 'error', count: 0 }, ['count']],
  [{ target: 'omise', kind: 'error', count: 1.5 }, ['count']],
  [{ target: 'omise', kind: 'error', count: '1' }, ['count']],
  [{ target: 'omise', kind: 'error', rate: 0 }, ['rate']],
  [{ target: 'omise', kind: 'error', rate: 1.1 }, ['rate']],
  [{ target: 'omise', kind: 'error', count: 1, for: 'ever' }, ['for']],
  [undefined, ['']],
])('the fault %j is refused and the fields are named', async (body, paths) => {
  await using sandbox = await openSandbox();
  const refused = await sandbox.call('/sandbox/faults', { method: 'POST', ...(body === undefined ? {} : { body }) });
  expect(refused).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR', status: 400 } });
  const { details } = refused.body as { details: { path: string }[] };
  expect(details.map(({ path }) => path)).toEqual(paths);
  expect((await sandbox.call('/sandbox/faults')).body).toEqual([]);
});

test('faults are listed with what is left of them, and cleared', async () => {
  await using sandbox = await openSandbox();
  expect(await fault(sandbox, { target: 'omise', kind: 'error', count: 2 })).toEqual({
    status: 201,
    body: { target: 'omise', kind: 'error', count: 2 },
  });
  await fault(sandbox, { target: 'twilio', kind: 'slow', rate: 0.5 });
  expect((await createCharge(sandbox, { reference: 'tx-1' })).status).toBe(500);
  expect((await sandbox.call('/sandbox/faults')).body).toEqual([
    { target: 'omise', kind: 'error', count: 1 },
    { target: 'twilio', kind: 'slow', rate: 0.5 },
  ]);
  expect((await sandbox.call('/sandbox/faults', { method: 'DELETE' })).status).toBe(204);
  expect((await createCharge(sandbox, { reference: 'tx-1' })).status).toBe(200);
});

test('an error does nothing, and is counted as an attempt', async () => {
  await using sandbox = await openSandbox();
  await fault(sandbox, { target: 'omise', kind: 'error', count: 1 });
  expect(await createCharge(sandbox, { reference: 'tx-1' })).toMatchObject({
    status: 500,
    body: { object: 'error', code: 'internal_error' },
  });
  expect((await sandbox.call('/sandbox/charges?reference=tx-1')).body).toEqual([]);
  await createCharge(sandbox, { reference: 'tx-1' });
  expect((await sandbox.call('/sandbox/charges?reference=tx-1')).body).toMatchObject([{ attempts: 2 }]);
});

test('a timeout takes the request, does nothing and never answers', async () => {
  await using sandbox = await openSandbox();
  await fault(sandbox, { target: 'omise', kind: 'timeout', count: 1 });
  const asked = createCharge(sandbox, { reference: 'tx-1', signal: AbortSignal.timeout(500) });
  await expect(asked).rejects.toThrow(/timeout/i);
  expect((await sandbox.call('/sandbox/charges?reference=tx-1')).body).toEqual([]);
});

test('a reset after the commit breaks the connection, and the charge is there', async () => {
  await using sandbox = await openSandbox();
  await fault(sandbox, { target: 'omise', kind: 'reset_after_commit', count: 1 });
  await expect(createCharge(sandbox, { reference: 'tx-1' })).rejects.toThrow('fetch failed');
  expect((await sandbox.call('/sandbox/charges?reference=tx-1')).body).toMatchObject([
    { status: 'pending', attempts: 1 },
  ]);
  expect(await createCharge(sandbox, { reference: 'tx-1' })).toMatchObject({ status: 200 });
  expect((await sandbox.call('/sandbox/charges?reference=tx-1')).body).toMatchObject([{ attempts: 2 }]);
});

test('a slow answer is overtaken by the webhook', async () => {
  await using sandbox = await openSandbox();
  await fault(sandbox, { target: 'omise', kind: 'slow', count: 1 });
  const order: string[] = [];
  const asked = createCharge(sandbox, { reference: 'tx-1', fields: { description: 'auto' } }).then((reply) => {
    order.push('answer');
    return reply;
  });
  await toldOf(sandbox, 1);
  order.push('webhook');
  expect((await asked).status).toBe(200);
  expect(order).toEqual(['webhook', 'answer']);
});

test('a duplicated webhook comes twice under one id', async () => {
  await using sandbox = await openSandbox();
  await fault(sandbox, { target: 'omise', kind: 'duplicate_webhook', count: 1 });
  await settled(sandbox, 'tx-1');
  expect(await toldOf(sandbox, 2)).toEqual(['tx-1', 'tx-1']);
  expect(new Set(sandbox.receiver.received.map(({ body }) => JSON.parse(body).id)).size).toBe(1);
});

test('a reordered webhook comes after the next one, or by itself when there is none', async () => {
  await using sandbox = await openSandbox();
  await fault(sandbox, { target: 'omise', kind: 'reorder_webhooks', count: 1 });
  await settled(sandbox, 'first');
  await settled(sandbox, 'second');
  expect(await toldOf(sandbox, 2)).toEqual(['second', 'first']);
  await fault(sandbox, { target: 'omise', kind: 'reorder_webhooks', count: 1 });
  await settled(sandbox, 'alone');
  expect(await toldOf(sandbox, 3)).toEqual(['second', 'first', 'alone']);
});

test('a dropped webhook never comes, later ones do', async () => {
  await using sandbox = await openSandbox();
  await fault(sandbox, { target: 'omise', kind: 'drop_webhook', count: 1 });
  await settled(sandbox, 'dropped');
  await settled(sandbox, 'told');
  expect(await toldOf(sandbox, 1)).toEqual(['told']);
  expect((await sandbox.call('/sandbox/charges?reference=dropped')).body).toMatchObject([{ status: 'successful' }]);
});

test('a text without a delivery report arrives all the same', async () => {
  await using sandbox = await openSandbox();
  await fault(sandbox, { target: 'twilio', kind: 'no_delivery_report', count: 1 });
  await sendByTwilio(sandbox, { to: '+66812345678' });
  const reported = await sendByTwilio(sandbox, { to: '+66812345678' });
  await expect.poll(() => sandbox.receiver.received.length, { timeout: 10_000 }).toBe(1);
  expect(sandbox.receiver.received[0]?.body).toContain((reported.body as { sid: string }).sid);
  expect((await sandbox.call('/sandbox/inbox?to=%2B66812345678')).body).toHaveLength(2);
});

test('a fault of one provider leaves the others alone', async () => {
  await using sandbox = await openSandbox();
  await fault(sandbox, { target: 'twilio', kind: 'error', rate: 1 });
  expect((await sendByTwilio(sandbox, { to: '+66812345678' })).body).toMatchObject({ code: 20500 });
  expect((await createCharge(sandbox, { reference: 'tx-1' })).status).toBe(200);
});
