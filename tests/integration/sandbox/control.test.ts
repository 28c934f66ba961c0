import { expect, test } from 'vitest';
import { checkOmiseSignature } from '#infrastructure/gateways/omise-signature.ts';
import { createCharge, OMISE, type OpenSandbox, openSandbox } from './open-sandbox.ts';

function webhook({ call }: OpenSandbox, reference: string, body: unknown) {
  return call(`/sandbox/webhooks/${reference}`, { body });
}

test('it is live and ready', async () => {
  await using sandbox = await openSandbox();
  expect(await sandbox.call('/health/live')).toEqual({ status: 200, body: { status: 'live' } });
  expect(await sandbox.call('/health/ready')).toMatchObject({ status: 200, body: { ready: true } });
});

test.each([
  '/sandbox/inbox',
  '/sandbox/inbox?to=+66812345678',
  '/sandbox/inbox?to=%2B66812345678&all=1',
  '/sandbox/charges',
])('GET %s is refused as a problem document', async (path) => {
  await using sandbox = await openSandbox();
  const response = await fetch(sandbox.url + path);
  expect(response.status).toBe(400);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(await response.json()).toMatchObject({ code: 'VALIDATION_ERROR', title: expect.any(String), instance: path });
});

test('an unknown path, an unknown charge and an unreadable body are refused', async () => {
  await using sandbox = await openSandbox();
  expect(await sandbox.call('/sandbox/nothing')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  expect(await sandbox.call('/sandbox/charges/none/settle', { method: 'POST' })).toMatchObject({ status: 404 });
  expect(await webhook(sandbox, 'none', {})).toMatchObject({ status: 404 });
  const unreadable = await fetch(`${sandbox.url}/sandbox/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"target":',
  });
  expect(unreadable.status).toBe(400);
});

test.each([
  [{ signature: 'ugly' }, 'signature'],
  [{ signature: 'good', status: 'paid' }, 'status'],
  [{ signature: 'good', amount: '1.234' }, 'amount'],
  [{ signature: 'good', amount: 100 }, 'amount'],
  [{ signature: 'good', currency: 'EUR' }, 'currency'],
  [{ signature: 'good', timestamp: 'yesterday' }, 'timestamp'],
  [{ signature: 'good', times: 0 }, 'times'],
  [{ signature: 'good', id: '' }, 'id'],
  [{ signature: 'good', surprise: true }, 'surprise'],
])('the webhook %j is refused, its field is named and nothing is sent', async (body, path) => {
  await using sandbox = await openSandbox();
  await createCharge(sandbox, { reference: 'tx-1' });
  const refused = await webhook(sandbox, 'tx-1', body);
  expect(refused).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR', details: [{ path }] } });
  expect(sandbox.receiver.received).toEqual([]);
});

test('a webhook on demand claims what it is told to, and the gateway goes on believing the truth', async () => {
  await using sandbox = await openSandbox();
  await createCharge(sandbox, { reference: 'tx-1' });
  const timestamp = new Date(Date.now() - 600_000).toISOString();
  const claims = {
    amount: '5.00',
    currency: 'SGD',
    status: 'successful',
    timestamp,
    id: 'evnt_test_1',
    signature: 'good',
  };
  expect(await webhook(sandbox, 'tx-1', claims)).toEqual({ status: 200, body: { answers: [200] } });
  const [sent] = sandbox.receiver.received;
  expect(JSON.parse(sent!.body)).toMatchObject({
    id: 'evnt_test_1',
    key: 'charge.complete',
    data: { amount: 500, currency: 'SGD', status: 'successful', metadata: { reference: 'tx-1' } },
  });
  const check = (now: Date) => () =>
    checkOmiseSignature(OMISE.webhookSecret, sent!.headers as Record<string, string>, Buffer.from(sent!.body), now);
  expect(check(new Date(timestamp))).not.toThrow();
  expect(check(new Date())).toThrow('not believed');
  const charges = await sandbox.call('/sandbox/charges?reference=tx-1');
  expect(charges.body).toMatchObject([{ status: 'pending', amount: '100.00', currency: 'THB' }]);
});

test('a webhook with a bad signature is not believed', async () => {
  await using sandbox = await openSandbox();
  await createCharge(sandbox, { reference: 'tx-1' });
  await webhook(sandbox, 'tx-1', { signature: 'bad' });
  const [sent] = sandbox.receiver.received;
  expect(() =>
    checkOmiseSignature(
      OMISE.webhookSecret,
      sent!.headers as Record<string, string>,
      Buffer.from(sent!.body),
      new Date(),
    ),
  ).toThrow('not believed');
});

test('a webhook is sent as often as it is told, under one id, past all faults, and says how each was received', async () => {
  await using sandbox = await openSandbox();
  await createCharge(sandbox, { reference: 'tx-1' });
  await sandbox.call('/sandbox/faults', { body: { target: 'omise', kind: 'drop_webhook', rate: 1 } });
  sandbox.receiver.answerWith(409);
  const { body } = await webhook(sandbox, 'tx-1', { signature: 'good', times: 10 });
  const { answers } = body as { answers: number[] };
  expect(answers.toSorted((a, b) => a - b)).toEqual([...Array.from({ length: 9 }, () => 200), 409]);
  expect(new Set(sandbox.receiver.received.map(({ body }) => JSON.parse(body).id)).size).toBe(1);
});

test('a registry goes by the end of the number, a screening by the name, until a decision says otherwise', async () => {
  await using sandbox = await openSandbox();
  const outcome = async (number: string) => {
    const body = { case_id: 'case-1', country: 'TH', type: 'national_id', number };
    return (await sandbox.call('/registry/checks', { body })).body;
  };
  const hits = async (full_name: string) => {
    const { body } = await sandbox.call('/screening/screenings', { body: { case_id: 'case-1', full_name } });
    return (body as { hits: object[] }).hits.length;
  };
  expect(await outcome('3-1006-00445-63-5')).toMatchObject({ outcome: 'found' });
  expect(await outcome('3100600445613')).toMatchObject({ outcome: 'unclear' });
  expect(await outcome('3100600445600')).toMatchObject({ outcome: 'refused' });
  expect(await hits('Somchai Jaidee')).toBe(0);
  expect(await hits('Somchai Sanctioned')).toBe(1);

  const decide = (body: object) => sandbox.call('/sandbox/kyc/case-1/decision', { body });
  expect(await decide({ source: 'registry', result: 'maybe' })).toMatchObject({
    status: 400,
    body: { details: [{ path: 'result' }] },
  });
  expect((await decide({ source: 'registry', result: 'hit' })).status).toBe(200);
  expect((await decide({ source: 'screening', result: 'hit' })).status).toBe(200);
  expect(await outcome('3100600445635')).toMatchObject({ outcome: 'refused' });
  expect(await hits('Somchai Jaidee')).toBe(1);
  await decide({ source: 'registry', result: 'unavailable' });
  const away = await sandbox.call('/registry/checks', {
    body: { case_id: 'case-1', country: 'TH', type: 'national_id', number: '3100600445635' },
  });
  expect(away.status).toBe(503);
});
