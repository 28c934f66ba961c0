import { expect, test } from 'vitest';
import type { UserId, WalletId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { HOUR } from '#shared/time.ts';
import { GOOD_TOKEN, newKey, openPayments } from './open-payments.ts';
import { openPaymentsFront, type PaymentsFront } from './open-payments-front.ts';

type Body = Record<string, unknown>;

async function openScene(more: Parameters<PaymentsFront['someoneWith']> = ['1000.00']) {
  const front = await openPaymentsFront();
  const sender = await front.someoneWith(...more);
  const recipient = front.someone();
  const body = { wallet_id: sender.walletId, recipient_id: recipient.userId, amount: '10.00', currency: 'THB' };
  const send = (changes: Body = {}, headers: Record<string, string> = {}) =>
    front.call(
      sender.caller.userId,
      'POST',
      '/payments/transfers',
      { ...body, ...changes },
      {
        'idempotency-key': newKey().key,
        'step-up': GOOD_TOKEN,
        ...headers,
      },
    );
  return { front, sender, recipient, body, send, [Symbol.asyncDispose]: () => front[Symbol.asyncDispose]() };
}

test('an amount of the wrong form is refused, and nothing moves', async () => {
  await using scene = await openScene();
  const wrong = [
    '-1',
    '-1.00',
    '0',
    '0.00',
    '1e3',
    '1E3',
    '0x10',
    'NaN',
    'Infinity',
    '',
    ' ',
    '1 ',
    ' 1',
    '1,000.00',
    '1.',
    '.5',
    '01',
    '+1',
    '1.001',
    '1.234567',
    '٣',
    '9007199254740993',
    '1000000000000000000000000000000',
    '1\n',
    '1_000',
    -1,
    0,
    1,
    1.5,
    1e3,
    9007199254740992,
    null,
    true,
    [],
    ['10.00'],
    [10],
    {},
    { amount: '10.00' },
  ];
  for (const amount of wrong) {
    const { status, body } = await scene.send({ amount });
    expect({ amount, status, code: (body as Body)['code'] }).toEqual({ amount, status: 400, code: 'VALIDATION_ERROR' });
  }
  expect((await scene.front.wallet(scene.sender.caller)).balance).toBe('1000.00');
  expect(await scene.front.count('transfers')).toBe(1);
});

test('currencies that have no decimals take none', async () => {
  await using scene = await openScene(['100000', 'VND', { country: 'VN' }]);
  for (const amount of ['1.5', '1.0', '0.1']) {
    expect(await scene.send({ amount, currency: 'VND' })).toMatchObject({ status: 400 });
  }
  expect(await scene.send({ amount: '15', currency: 'VND' })).toMatchObject({ status: 201, body: { amount: '15' } });
});

test('unknown, missing and ill-formed fields are refused', async () => {
  await using scene = await openScene();
  const changes: Body[] = [
    { fee: '0.00' },
    { wallet_id: undefined },
    { wallet_id: 'mine' },
    { recipient_id: undefined },
    { recipient_id: '00000000-0000-0000-0000-000000000000' },
    { recipient_id: [scene.recipient.userId] },
    { currency: undefined },
    { currency: 'thb' },
    { currency: 'BTC' },
    { currency: 'USD' },
    { description: 'x'.repeat(201) },
    { description: 'a\u0000b' },
    { reference: 'x'.repeat(101) },
    { reference: 7 },
    { recipient_id: scene.sender.caller.userId },
  ];
  for (const change of changes) {
    const { status, body } = await scene.send(change);
    expect({ change, status, code: (body as Body)['code'] }).toEqual({ change, status: 400, code: 'VALIDATION_ERROR' });
  }
});

test('without an Idempotency-Key or a token nothing is moved', async () => {
  await using scene = await openScene();
  const { front, sender, body } = scene;
  const path = '/payments/transfers';
  expect(await front.call(sender.caller.userId, 'POST', path, body)).toMatchObject({
    status: 400,
    body: { code: 'IDEMPOTENCY_KEY_MISSING' },
  });
  const anonymous = await fetch(`${front.url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': newKey().key },
    body: JSON.stringify(body),
  });
  expect(anonymous.status).toBe(401);
  expect(await front.count('transactions')).toBe(1);
});

test('a wallet of someone else is as absent as one that does not exist', async () => {
  await using scene = await openScene();
  const other = await scene.front.someoneWith('1000.00');
  const refusals = await Promise.all([
    scene.send({ wallet_id: other.walletId }),
    scene.send({ wallet_id: newId<WalletId>('core') }),
  ]);
  expect(refusals.map(({ status }) => status)).toEqual([404, 404]);
  const shown = refusals.map(({ body }) => ({ ...(body as Body), request_id: '' }));
  expect(shown[0]).toEqual(shown[1]);
  expect((await scene.front.wallet(other.caller)).balance).toBe('1000.00');
});

test('nobody can be paid who does not exist or is not active', async () => {
  await using scene = await openScene();
  const absent = [
    newId<UserId>('TH'),
    scene.front.someone({ status: 'suspended' }).userId,
    scene.front.someone({ status: 'deleted' }).userId,
  ];
  for (const recipient_id of absent) {
    expect(await scene.send({ recipient_id })).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  }
});

test('someone never paid before needs a confirmed PIN, and so does a large sum to someone known', async () => {
  await using scene = await openScene(['20000.00']);
  const refused = { status: 403, body: { code: 'STEP_UP_REQUIRED' } };
  expect(await scene.send({}, { 'step-up': '' })).toMatchObject(refused);
  expect(await scene.send({}, { 'step-up': 'made up' })).toMatchObject(refused);
  expect(await scene.send()).toMatchObject({ status: 201 });
  expect(await scene.send({ amount: '5000.00' }, { 'step-up': '' })).toMatchObject({ status: 201 });
  expect(await scene.send({ amount: '5000.01' }, { 'step-up': '' })).toMatchObject(refused);
  expect(await scene.send({ amount: '5000.01' })).toMatchObject({ status: 201 });
});

test('more than the balance is refused by one satang, and the balance itself is not', async () => {
  await using scene = await openScene();
  expect(await scene.send({ amount: '1000.01' })).toMatchObject({ status: 402, body: { code: 'INSUFFICIENT_FUNDS' } });
  expect(await scene.send({ amount: '1000.00' })).toMatchObject({ status: 201 });
  expect(await scene.send({ amount: '0.01' })).toMatchObject({ status: 402, body: { code: 'INSUFFICIENT_FUNDS' } });
});

test('the limits of the day and of the month hold, and begin anew with the day and the month', async () => {
  await using scene = await openScene(['400000.00']);
  const { front, sender, send } = scene;
  const limits = await front.wallet(sender.caller);
  expect(limits).toMatchObject({ daily_limit: '50000.00', monthly_limit: '200000.00', used_this_month: '0.00' });
  const refused = { status: 402, body: { code: 'LIMIT_EXCEEDED' } };
  expect(await send({ amount: '50000.01' })).toMatchObject(refused);
  expect(await send({ amount: '50000.00' })).toMatchObject({ status: 201 });
  expect(await send({ amount: '0.01' })).toMatchObject(refused);
  expect((await front.wallet(sender.caller)).used_this_month).toBe('50000.00');
  front.pass(32 * 24 * 3_600_000);
  expect((await front.wallet(sender.caller)).used_this_month).toBe('0.00');
  expect(await send({ amount: '50000.00' })).toMatchObject({ status: 201 });
  expect((await front.wallet(sender.caller)).used_this_month).toBe('50000.00');
});

test('a refusal is audited, and a body that was merely wrong is not', async () => {
  await using scene = await openScene();
  await scene.send({ amount: '1e3' });
  await scene.send({ amount: '1000.01' });
  const refused = (await scene.front.written('audit.recorded')).filter(({ data }) => data['outcome'] === 'refused');
  expect(refused).toMatchObject([
    {
      aggregate_id: scene.sender.walletId,
      data: { actor: scene.sender.caller.userId, facts: { code: 'INSUFFICIENT_FUNDS' } },
    },
  ]);
});

test('from a new device no more leaves in a day than what needs no PIN, with the PIN too, and then as before', async () => {
  await using payments = await openPayments();
  const { caller, walletId } = await payments.someoneWith('20000.00');
  const recipientId = payments.someone().userId;
  const limitedUntil = new Date(payments.now().getTime() + HOUR);
  const send = (from: typeof caller, minor: bigint) =>
    payments.payments.sendTransfer(
      from,
      { walletId, recipientId, money: { minor, currency: 'THB' }, description: undefined, reference: undefined },
      { key: newKey(), stepUpToken: GOOD_TOKEN },
    );
  const onNewDevice = { ...caller, limitedUntil };
  const refusal = {
    code: 'LIMIT_EXCEEDED',
    details: expect.stringContaining('new device or number: 5000 THB') as string,
  };
  await expect(send(onNewDevice, 500_001n)).rejects.toMatchObject(refusal);
  await expect(send(onNewDevice, 300_000n)).resolves.toMatchObject({ status: 'completed' });
  await expect(send(onNewDevice, 200_001n)).rejects.toMatchObject(refusal);
  await expect(send(onNewDevice, 200_000n)).resolves.toMatchObject({ status: 'completed' });
  await expect(send(onNewDevice, 1n)).rejects.toMatchObject(refusal);
  await expect(send(caller, 600_000n)).resolves.toMatchObject({ status: 'completed' });
  payments.pass(HOUR);
  await expect(send(onNewDevice, 600_000n)).resolves.toMatchObject({ status: 'completed' });
  expect((await payments.verify()).findings).toEqual([]);
});
