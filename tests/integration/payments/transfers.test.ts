import { expect, test } from 'vitest';
import type { SendTransfer } from '#services/payments/transfer/asked.ts';
import { AppError } from '#shared/errors.ts';
import type { Caller } from '#shared/caller.ts';
import type { WalletId } from '#shared/ids.ts';
import { GOOD_TOKEN, newKey, openPayments, type TestPayments } from './open-payments.ts';

function transferOf(minor: bigint, walletId: WalletId, to: Caller): SendTransfer {
  return {
    walletId,
    recipientId: to.userId,
    money: { minor, currency: 'THB' },
    description: 'for lunch',
    reference: 'L-1',
  };
}

function send({ payments }: TestPayments, from: Caller, transfer: SendTransfer, key = newKey()) {
  return payments.sendTransfer(from, transfer, { key, stepUpToken: GOOD_TOKEN });
}

function codes(settled: readonly PromiseSettledResult<unknown>[]): string[] {
  return settled.map((one) => {
    if (one.status === 'fulfilled') return 'ok';
    return one.reason instanceof AppError ? one.reason.code : String(one.reason);
  });
}

test('a hundred parallel spends of the whole balance: one succeeds', async () => {
  await using test = await openPayments();
  const { caller, walletId } = await test.someoneWith('1000.00');
  const recipients = Array.from({ length: 100 }, () => test.someone());
  const settled = await Promise.allSettled(
    recipients.map((recipient) => send(test, caller, transferOf(100_000n, walletId, recipient))),
  );
  const outcomes = codes(settled);
  expect(outcomes.filter((code) => code === 'ok')).toHaveLength(1);
  expect(outcomes.filter((code) => code === 'INSUFFICIENT_FUNDS')).toHaveLength(99);
  expect((await test.wallet(caller)).balance).toBe('0.00');
  expect((await test.verify()).findings).toEqual([]);
});

test('the same key fifty times at once moves the money once, and every answer is that one or "in flight"', async () => {
  await using test = await openPayments();
  const { caller, walletId } = await test.someoneWith('1000.00');
  const recipient = test.someone();
  const key = newKey();
  const transfer = transferOf(1_000n, walletId, recipient);
  const settled = await Promise.allSettled(Array.from({ length: 50 }, () => send(test, caller, transfer, key)));
  const outcomes = codes(settled);
  expect(outcomes.filter((code) => code === 'ok').length).toBeGreaterThan(0);
  expect(new Set(outcomes)).toSatisfy((found: Set<string>) =>
    found.isSubsetOf(new Set(['ok', 'IDEMPOTENCY_KEY_IN_FLIGHT'])),
  );
  const answers = settled.flatMap((one) => (one.status === 'fulfilled' ? [JSON.stringify(one.value)] : []));
  expect(new Set(answers).size).toBe(1);
  expect((await test.wallet(caller)).balance).toBe('990.00');
  expect((await test.wallet(recipient)).balance).toBe('10.00');
});

test('a repeat gets the first answer, also without the PIN and after the money is gone', async () => {
  await using test = await openPayments();
  const { caller, walletId } = await test.someoneWith('1000.00');
  const transfer = transferOf(100_000n, walletId, test.someone());
  const key = newKey();
  const first = await send(test, caller, transfer, key);
  const repeat = await test.payments.sendTransfer(caller, transfer, { key, stepUpToken: undefined });
  expect(repeat).toEqual(first);
  await expect(send(test, caller, transfer, { ...key, digest: 'another' })).rejects.toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  });
});

test('a refused transfer burns no key', async () => {
  await using test = await openPayments();
  const { caller, walletId } = await test.someoneWith('10.00');
  const recipient = test.someone();
  const key = newKey();
  const transfer = transferOf(2_000n, walletId, recipient);
  await expect(send(test, caller, transfer, key)).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
  const friend = await test.someoneWith('10.00');
  await send(test, friend.caller, transferOf(1_000n, friend.walletId, caller));
  expect(await send(test, caller, transfer, key)).toMatchObject({ status: 'completed', amount: '20.00' });
});

test('both sides see the transfer, and it is told of in its transaction', async () => {
  await using test = await openPayments();
  const { caller, walletId } = await test.someoneWith('1000.00');
  const recipient = test.someone();
  const answer = await send(test, caller, transferOf(12_345n, walletId, recipient));
  expect(answer).toMatchObject({
    wallet_id: walletId,
    type: 'transfer_out',
    amount: '123.45',
    currency: 'THB',
    status: 'completed',
    counterpart_id: recipient.userId,
    description: 'for lunch',
    reference: 'L-1',
    fees: { total_fees: '0.00' },
  });
  expect(await test.payments.getTransaction(caller, answer.id as never)).toEqual({
    ...answer,
    history: [{ status: 'completed', at: answer.completed_at, reason: null }],
  });
  const received = await test.payments.listTransactions(recipient, {
    walletId: undefined,
    type: undefined,
    from: undefined,
    to: undefined,
    cursor: undefined,
    limit: 20,
  });
  expect(received).toMatchObject({
    transactions: [{ type: 'transfer_in', amount: '123.45', counterpart_id: caller.userId, status: 'completed' }],
    nextCursor: null,
  });
  expect(await test.wallet(recipient)).toMatchObject({ balance: '123.45', is_primary: true });
  const types = (await test.written()).map(({ type, data }) =>
    String(type === 'audit.recorded' ? data['action'] : type),
  );
  expect(types.toSorted()).toEqual([
    'payments.seeded',
    'payments.transaction_updated',
    'payments.transaction_updated',
    'payments.transfer_posted',
    'payments.transferred',
    'payments.wallet_opened',
    'payments.wallet_opened',
  ]);
  const [posted] = await test.written('payments.transfer_posted');
  expect(posted).toMatchObject({
    aggregate_id: answer.id,
    data: { sender_id: caller.userId, recipient_id: recipient.userId, amount: '123.45', currency: 'THB' },
  });
});

test('ten people who are paid at once by many end with one wallet each and the right sums', async () => {
  await using test = await openPayments();
  const senders = await Promise.all(Array.from({ length: 10 }, () => test.someoneWith('100.00')));
  const recipients = Array.from({ length: 10 }, () => test.someone());
  await Promise.all(
    senders.flatMap(({ caller, walletId }) =>
      recipients.map((recipient) => send(test, caller, transferOf(100n, walletId, recipient))),
    ),
  );
  for (const recipient of recipients) expect((await test.wallet(recipient)).balance).toBe('10.00');
  for (const { caller } of senders) expect((await test.wallet(caller)).balance).toBe('90.00');
  expect((await test.verify()).findings).toEqual([]);
});

test('a history is read in pages, newest first, with nothing twice and nothing left out', async () => {
  await using test = await openPayments();
  const { caller, walletId } = await test.someoneWith('100.00');
  const recipient = test.someone();
  for (let count = 0; count < 7; count++) await send(test, caller, transferOf(100n, walletId, recipient));
  const filter = { walletId, type: 'transfer_out' as const, from: undefined, to: undefined };
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await test.payments.listTransactions(caller, { ...filter, cursor, limit: 3 });
    seen.push(...page.transactions.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toHaveLength(7);
  expect(new Set(seen).size).toBe(7);
  expect(seen).toEqual(seen.toSorted().toReversed());
  await expect(
    test.payments.listTransactions(caller, { ...filter, cursor: 'nonsense', limit: 3 }),
  ).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  const foreign = await test.payments.listTransactions(recipient, { ...filter, cursor: undefined, limit: 3 });
  expect(foreign.transactions).toEqual([]);
});
