import { expect, test } from 'vitest';
import { statement } from '#shared/sql.ts';
import { HOUR, SECOND } from '#shared/time.ts';
import { GOOD_TOKEN, newKey } from './open-payments.ts';
import { openPaymentsFront } from './open-payments-front.ts';
import { BANK, openWithdrawal } from './open-withdrawal.ts';

const NAME = statement(
  'test.name-payout',
  'UPDATE payments.payouts SET gateway_payout_id = $2 WHERE transaction_id = $1',
);
const WAITING = statement(
  'test.waiting-for-locks',
  "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
);
const NEVER_AGAIN_FOR_MS = 31 * SECOND;

test('a withdrawal is refused in a wrong form, to a wrong place, and out of a foreign wallet', async () => {
  await using front = await openPaymentsFront();
  const { caller, walletId } = await front.someoneWith('1000.00');
  const stranger = await front.someoneWith('1000.00');
  const withdraw = async (changes: Record<string, unknown> = {}, id: string = walletId) => {
    const headers = { 'idempotency-key': newKey().key, 'step-up': GOOD_TOKEN };
    const body = { amount: '100.00', destination: BANK, ...changes };
    const answer = await front.call(caller.userId, 'POST', `/payments/wallets/${id}/withdraw`, body, headers);
    return [answer.status, (answer.body as { code?: string }).code];
  };
  const invalid = [400, 'VALIDATION_ERROR'];
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
    '29.99',
  ]) {
    expect([amount, await withdraw({ amount })]).toEqual([amount, invalid]);
  }
  for (const destination of [
    { ...BANK, type: 'barter' },
    { ...BANK, type: 'paynow' },
    { ...BANK, bank_code: undefined },
    { ...BANK, bank_code: 'dbs' },
    { ...BANK, account_number: '12' },
    { ...BANK, account_number: '12345678901234567890' },
    { ...BANK, account_name: ' ' },
    { ...BANK, iban: 'DE1' },
    { ...BANK, type: 'promptpay' },
    { type: 'promptpay', account_number: '0212345678', account_name: 'Somchai' },
    undefined,
  ]) {
    expect([destination, await withdraw({ destination })]).toEqual([destination, invalid]);
  }
  expect(await withdraw({ amount: '2000000.01' })).toEqual([402, 'LIMIT_EXCEEDED']);
  expect(await withdraw({}, stranger.walletId)).toEqual([404, 'NOT_FOUND']);
  expect(await front.count('payouts')).toBe(0);
  const path = `/payments/wallets/${walletId}/withdraw`;
  const withoutKey = await front.call(caller.userId, 'POST', path, { amount: '100.00', destination: BANK });
  expect(withoutKey).toMatchObject({ status: 400, body: { code: 'IDEMPOTENCY_KEY_MISSING' } });
});

test('the PIN is always wanted, and the balance and the limits hold', async () => {
  await using scene = await openWithdrawal({ balance: '90000.00' });
  const refused = (code: string) => expect.objectContaining({ code });
  await expect(scene.withdraw({ amount: '30.00', stepUpToken: undefined })).rejects.toEqual(
    refused('STEP_UP_REQUIRED'),
  );
  await expect(scene.withdraw({ amount: '30.00', stepUpToken: 'wrong' })).rejects.toEqual(refused('STEP_UP_REQUIRED'));
  await expect(scene.withdraw({ amount: '90000.01' })).rejects.toEqual(refused('INSUFFICIENT_FUNDS'));
  await expect(scene.withdraw({ amount: '50000.01' })).rejects.toEqual(refused('LIMIT_EXCEEDED'));
  const { caller } = await scene.someoneWith('10.00');
  const asked = {
    walletId: (await scene.wallet(caller)).id,
    amount: '30.00',
    destination: BANK,
    description: undefined,
  };
  const confirmed = { key: newKey(), stepUpToken: GOOD_TOKEN };
  await expect(scene.payments.requestWithdrawal(caller, asked as never, confirmed)).rejects.toEqual(
    refused('INSUFFICIENT_FUNDS'),
  );
  const fresh = { ...scene.caller, limitedUntil: new Date(scene.now().getTime() + HOUR) };
  const large = { walletId: scene.walletId, amount: '5000.01', destination: BANK, description: undefined };
  await expect(
    scene.payments.requestWithdrawal(fresh, large, { key: newKey(), stepUpToken: GOOD_TOKEN }),
  ).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', details: expect.stringContaining('new device') });
  expect(await scene.money()).toEqual(['90000.00', '0.00']);
  expect(await scene.count('payouts')).toBe(0);
});

test('a withdrawal answers at once, processing, with its sum held and four digits of where it goes', async () => {
  await using scene = await openWithdrawal();
  const made = await scene.withdraw({ description: 'rent' });
  expect(made).toMatchObject({
    type: 'withdrawal',
    status: 'processing',
    amount: '100.00',
    currency: 'THB',
    payment_method: 'bank',
    gateway: 'omise',
    gateway_transaction_id: null,
    description: 'rent',
    fees: { processing_fee: '0.00', total_fees: '0.00' },
    destination: { type: 'bank', bank_code: 'kbank', account_last4: '7891' },
  });
  expect(await scene.money()).toEqual(['900.00', '100.00']);
  expect(await scene.written('payments.payout_requested')).toMatchObject([
    { aggregate_id: made.id, data: { transaction_id: made.id, kind: 'withdrawal', gateway: 'omise' } },
  ]);
  expect(await scene.payouts(made.id)).toEqual([]);
});

test('where the money goes is in no event, no audit entry and no plain column', async () => {
  await using scene = await openWithdrawal();
  await scene.withdraw();
  const rows = await scene.db.database.rows<{ text: string }>(
    statement('test.all-payouts', 'SELECT payout::text AS text FROM payments.payouts AS payout'),
  );
  const everything = JSON.stringify([await scene.written(), rows]);
  for (const secret of ['1234567891', '123-4-56789-1', 'Somchai', Buffer.from('1234567891').toString('hex')]) {
    expect(everything).not.toContain(secret);
  }
});

test('the same key withdraws once, also fifty times at once', async () => {
  await using scene = await openWithdrawal();
  const key = newKey();
  const answers = await Promise.allSettled(Array.from({ length: 50 }, () => scene.withdraw({}, key)));
  const ids = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.id] : []));
  expect(new Set(ids).size).toBe(1);
  for (const answer of answers) {
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'IDEMPOTENCY_KEY_IN_FLIGHT' });
  }
  expect(await scene.money()).toEqual(['900.00', '100.00']);
});

test('a hundred parallel withdrawals of the whole balance take it once', async () => {
  await using scene = await openWithdrawal();
  const answers = await Promise.allSettled(Array.from({ length: 100 }, () => scene.withdraw({ amount: '1000.00' })));
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await scene.money()).toEqual(['0.00', '1000.00']);
  expect((await scene.verify()).findings).toEqual([]);
});

test('a withdrawal is sent once, however often and side by side its step runs, and completes when it is paid', async () => {
  await using scene = await openWithdrawal();
  const { id } = await scene.withdraw();
  await Promise.all(Array.from({ length: 10 }, () => scene.payments.sendPayout(id)));
  expect(await scene.payouts(id)).toMatchObject([{ status: 'pending', attempts: 1, amount: '100.00' }]);
  expect(await scene.status(id)).toBe('processing');
  await scene.control(`/sandbox/charges/${id}/settle`);
  const [webhook] = await scene.webhooks(1);
  await Promise.all(Array.from({ length: 10 }, () => scene.hear(webhook!)));
  expect(await scene.payments.getTransaction(scene.caller, id)).toMatchObject({
    status: 'completed',
    gateway_transaction_id: expect.stringMatching(/^trsf_/),
    history: [{ status: 'processing' }, { status: 'completed' }],
  });
  expect(await scene.money()).toEqual(['900.00', '0.00']);
  expect(await scene.written('payments.payout_reported')).toHaveLength(1);
  expect(await scene.payments.checkPayout(id)).toBe('completed');
  expect((await scene.verify()).findings).toEqual([]);
});

test('a bank that refuses gives everything back, and the limits with it', async () => {
  await using scene = await openWithdrawal({ balance: '90000.00' });
  const destination = { ...BANK, account_number: '1234567800' };
  const { id } = await scene.withdraw({ amount: '50000.00', destination });
  await scene.payments.sendPayout(id);
  const [webhook] = await scene.webhooks(1);
  await scene.hear(webhook!);
  expect(await scene.payments.getTransaction(scene.caller, id)).toMatchObject({
    status: 'failed',
    history: [{ status: 'processing' }, { status: 'failed', reason: 'account_not_found' }],
  });
  expect(await scene.money()).toEqual(['90000.00', '0.00']);
  await expect(scene.withdraw({ amount: '50000.00' })).resolves.toMatchObject({ status: 'processing' });
  expect((await scene.verify()).findings).toEqual([]);
});

test('what the bank returns days after it was paid is credited anew, once', async () => {
  await using scene = await openWithdrawal();
  const { id } = await scene.withdraw();
  await scene.payments.sendPayout(id);
  await scene.control(`/sandbox/charges/${id}/settle`);
  await scene.control(`/sandbox/charges/${id}/fail`);
  const [paid, returned] = await scene.webhooks(2);
  // The later one is heard first, and then both again.
  for (const webhook of [paid, returned, returned, paid]) await scene.hear(webhook!);
  await scene.control(`/sandbox/webhooks/${id}`, {});
  for (const webhook of await scene.webhooks(1)) await scene.hear(webhook);
  expect(await scene.status(id)).toBe('completed');
  expect(await scene.money()).toEqual(['1000.00', '0.00']);
  const { transactions } = await scene.payments.listTransactions(scene.caller, { limit: 10 } as never);
  expect(transactions.filter(({ type }) => type === 'refund')).toMatchObject([
    { status: 'completed', amount: '100.00', reference: 'returned_by_bank' },
  ]);
  expect((await scene.verify()).findings).toEqual([]);
});

test('a return that overtakes the report of the payment fails the withdrawal, and the payment changes nothing', async () => {
  await using scene = await openWithdrawal();
  const { id } = await scene.withdraw();
  await scene.payments.sendPayout(id);
  await scene.control(`/sandbox/charges/${id}/settle`);
  await scene.control(`/sandbox/charges/${id}/fail`);
  const [paid, returned] = await scene.webhooks(2);
  await scene.hear(returned!);
  await scene.hear(paid!);
  expect(await scene.status(id)).toBe('failed');
  expect(await scene.money()).toEqual(['1000.00', '0.00']);
  expect((await scene.verify()).findings).toEqual([]);
});

test('a payout whose answer was lost is asked about before it is tried again', async () => {
  await using scene = await openWithdrawal();
  const { id } = await scene.withdraw();
  // The first call makes the recipient, the second one the transfer.
  await scene.fault('slow');
  await scene.fault('reset_after_commit');
  await expect(scene.payments.sendPayout(id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(await scene.payments.checkPayout(id)).toBe('processing');
  expect(await scene.payouts(id)).toMatchObject([{ status: 'pending', attempts: 1 }]);
  expect((await scene.payments.getTransaction(scene.caller, id)).gateway_transaction_id).toMatch(/^trsf_/);
});

test('a gateway that honours no keys is left in peace after a lost answer, and then asked once', async () => {
  await using scene = await openWithdrawal();
  const { id } = await scene.withdraw();
  await scene.fault('error');
  await expect(scene.payments.sendPayout(id)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(await scene.payments.sendPayout(id)).toBe('processing');
  expect(await scene.payouts(id)).toEqual([]);
  scene.pass(NEVER_AGAIN_FOR_MS);
  await Promise.all(Array.from({ length: 10 }, () => scene.payments.sendPayout(id)));
  expect(await scene.payouts(id)).toMatchObject([{ status: 'pending', attempts: 1 }]);
});

test('what no webhook told of is found by asking', async () => {
  await using scene = await openWithdrawal();
  const { id } = await scene.withdraw();
  await scene.payments.sendPayout(id);
  await scene.fault('drop_webhook');
  await scene.control(`/sandbox/charges/${id}/settle`);
  expect(await Promise.all([1, 2, 3].map(() => scene.payments.checkPayout(id)))).toEqual(Array(3).fill('completed'));
  expect(await scene.money()).toEqual(['900.00', '0.00']);
});

test('a forged report, one of another sum, and one of a payout that nobody asked for change nothing', async () => {
  await using scene = await openWithdrawal();
  const { id } = await scene.withdraw();
  await scene.payments.sendPayout(id);
  await scene.control(`/sandbox/webhooks/${id}`, { status: 'successful', signature: 'bad' });
  await scene.control(`/sandbox/webhooks/${id}`, { status: 'successful', amount: '1.00' });
  await scene.control(`/sandbox/webhooks/${id}`, { status: 'failed', currency: 'USD' });
  const [forged, cheap, foreign] = await scene.webhooks(3);
  await expect(scene.hear(forged!)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  for (const webhook of [cheap, foreign])
    await expect(scene.hear(webhook!)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await scene.status(id)).toBe('processing');
  expect(await scene.money()).toEqual(['900.00', '100.00']);
  expect(await scene.count('payout_reports')).toBe(0);
});

test('a description of auto is paid by itself', async () => {
  await using scene = await openWithdrawal();
  const { id } = await scene.withdraw({ description: 'auto' });
  await scene.payments.sendPayout(id);
  const [webhook] = await scene.webhooks(1);
  await scene.hear(webhook!);
  expect(await scene.status(id)).toBe('completed');
});

test('a report of another payout than the one that is named while it waits is refused', async () => {
  await using scene = await openWithdrawal();
  const { id } = await scene.withdraw();
  await scene.payments.sendPayout(id);
  await scene.control(`/sandbox/charges/${id}/settle`);
  const [paid] = await scene.webhooks(1);
  await scene.db.database.rows(NAME, [id, null]);
  const heard = await scene.db.database.transaction(async (tx) => {
    await tx.rows(NAME, [id, 'trsf_test_its_own']);
    const hearing = scene.hear(paid!).catch((error: unknown) => error);
    // It has looked the payout up without its name, and waits for this transaction.
    await expect.poll(() => scene.db.database.rows(WAITING, []), { timeout: 10_000 }).toHaveLength(1);
    return { hearing };
  });
  expect(await heard.hearing).toMatchObject({ code: 'CONFLICT' });
  expect(await scene.status(id)).toBe('processing');
  expect(await scene.count('payout_reports')).toBe(0);
  const refused = (await scene.written('audit.recorded')).filter(({ data }) => data['outcome'] === 'refused');
  expect(refused.map(({ data }) => data['facts'])).toMatchObject([{ mismatch: 'second_payout' }]);
});
