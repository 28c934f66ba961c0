import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeOpenExchangeRates } from '#infrastructure/fx/open-exchange-rates.ts';
import type { CurrencyStanding, FxMeters } from '#services/payments/conversion/ports.ts';
import { makeRefreshRates } from '#services/payments/conversion/refresh-rates.ts';
import type { Caller } from '#shared/caller.ts';
import type { QuoteBody } from '#shared/contracts/payments/conversions.ts';
import type { QuoteId, TransactionId, WalletId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { FX } from '../sandbox/open-sandbox.ts';
import { FX_RULES, GOOD_TOKEN, newKey, openPayments, type TestPayments } from './open-payments.ts';

let test_: TestPayments;
let poll: () => Promise<void>;
const polls: string[] = [];
let standing = new Map<Currency, CurrencyStanding>();

const meters: FxMeters = {
  quoted: () => undefined,
  converted: () => undefined,
  polled: (outcome) => void polls.push(outcome),
  standing: (one) => void standing.set(one.currency, one),
};

function refresherOf(of: TestPayments): () => Promise<void> {
  const { db, sandbox } = of;
  return makeRefreshRates({
    databases: db.databases,
    outbox: db.outbox,
    clock: () => of.now(),
    log: quietLog,
    feed: makeOpenExchangeRates({ baseUrl: `${sandbox.url}/fx`, ...FX }),
    fx: FX_RULES,
    fxMeters: meters,
  });
}

beforeAll(async () => {
  test_ = await openPayments();
  poll = refresherOf(test_);
  await poll();
});
afterAll(() => test_[Symbol.asyncDispose]());

const quote = (caller: Caller, amount: string, from: Currency = 'THB', to: Currency = 'USD') =>
  test_.payments.requestQuote(caller, { from, to, amount }, undefined);
const convert = (
  caller: Caller,
  { quote_id }: { readonly quote_id: string },
  asked: { token?: string; key?: ReturnType<typeof newKey> } = {},
) =>
  test_.payments.convert(
    caller,
    { quoteId: quote_id as QuoteId, description: undefined },
    { key: asked.key, stepUpToken: asked.token },
  );
const code = (found: Promise<unknown>) =>
  found.then(
    () => 'done',
    (error: { code: string }) => error.code,
  );

test('quotes between a currency and itself, of nothing, of too little and in a wrong form are refused', async () => {
  const caller = test_.someone();
  expect(await code(quote(caller, '10.00', 'THB', 'THB'))).toBe('VALIDATION_ERROR');
  for (const amount of ['0', '-1', '1e3', 'NaN', '1 ', '0.001', '1'.repeat(30)]) {
    expect(await code(quote(caller, amount)), amount).toBe('VALIDATION_ERROR');
  }
  expect(await code(quote(caller, '1.5', 'VND'))).toBe('VALIDATION_ERROR');
  expect(await code(quote(caller, '1', 'VND'))).toBe('VALIDATION_ERROR');
});

test("a quote that is nobody's or someone else's is not found", async () => {
  const { caller } = await test_.someoneWith('1000.00');
  const theirs = await quote(caller, '100.00');
  const nobodys = { quote_id: newId<QuoteId>('core') };
  expect(await code(convert(caller, nobodys))).toBe('NOT_FOUND');
  expect(await code(convert((await test_.someoneWith('1000.00')).caller, theirs))).toBe('NOT_FOUND');
});

test('a large sum needs the PIN', async () => {
  const { caller } = await test_.someoneWith('20000.00');
  const large = await quote(caller, '5000.01');
  expect(await code(convert(caller, large))).toBe('STEP_UP_REQUIRED');
  expect(await code(convert(caller, large, { token: GOOD_TOKEN }))).toBe('done');
  expect(await code(convert(caller, await quote(caller, '5000.00')))).toBe('done');
});

test('more than the wallet has, the fee counted, or may spend, is refused and leaves the quote', async () => {
  const { caller } = await test_.someoneWith('100.00');
  const whole = await quote(caller, '100.00');
  expect(whole.fee).toBe('0.40');
  expect(await code(convert(caller, whole))).toBe('INSUFFICIENT_FUNDS');
  expect(await code(convert(test_.someone(), await quote(caller, '1.00')))).toBe('NOT_FOUND');
  const poor = test_.someone();
  expect(await code(convert(poor, await quote(poor, '1.00')))).toBe('INSUFFICIENT_FUNDS');

  const { caller: rich } = await test_.someoneWith('100000.00');
  const over = await quote(rich, '49900.00');
  expect(await code(convert(rich, over, { token: GOOD_TOKEN }))).toBe('LIMIT_EXCEEDED');
  expect(await spentAt(over)).toBeNull();
  expect(await code(convert(rich, await quote(rich, '49800.00'), { token: GOOD_TOKEN }))).toBe('done');
  expect(await code(convert({ ...caller, limitedUntil: new Date(Date.now() + MINUTE) }, whole))).not.toBe('done');
});

test('someone whose account is suspended exchanges nothing', async () => {
  const { caller } = await test_.someoneWith('100.00', 'THB', { status: 'suspended' });
  const theirs = await quote(caller, '10.00');
  expect(await code(convert(caller, theirs))).toBe('CONFLICT');
  expect(await spentAt(theirs)).toBeNull();
});

async function spentAt({ quote_id }: QuoteBody): Promise<Date | null> {
  const query = statement(
    'test.spent-at',
    'SELECT quote.spent_at FROM payments.fx_quotes AS quote WHERE quote.id = $1',
  );
  const [row] = await test_.db.database.rows<{ spent_at: Date | null }>(query, [quote_id]);
  return row!.spent_at;
}

test('a quote that has expired buys nothing', async () => {
  await using late = await openPayments();
  await refresherOf(late)();
  const { caller } = await late.someoneWith('1000.00');
  const old = await late.payments.requestQuote(caller, { from: 'THB', to: 'USD', amount: '10.00' }, undefined);
  late.pass(30 * SECOND);
  const asked = { quoteId: old.quote_id as QuoteId, description: undefined };
  expect(await code(late.payments.convert(caller, asked, { key: undefined, stepUpToken: undefined }))).toBe('CONFLICT');
  expect((await late.verify()).findings).toEqual([]);
});

test('a conversion moves both currencies, takes the fee, and is seen from both wallets', async () => {
  const { caller, walletId } = await test_.someoneWith('1000.00');
  const given = await quote(caller, '500.00');
  expect(given).toMatchObject({ from: 'THB', to: 'USD', amount: '500.00', fee: '2.00' });
  const made = await test_.payments.convert(
    caller,
    { quoteId: given.quote_id as QuoteId, description: 'for the trip' },
    { key: newKey(), stepUpToken: undefined },
  );
  const receive = ((500n * 100n * BigInt(given.rate.replace('0.', '').padEnd(12, '0'))) / 10n ** 12n).toString();
  expect(given.receive_amount.replace('.', '')).toBe(receive);
  expect(made).toMatchObject({
    type: 'conversion',
    status: 'completed',
    wallet_id: walletId,
    amount: '500.00',
    currency: 'THB',
    exchange_rate: given.rate,
    fees: { conversion_fee: '2.00', total_fees: '2.00' },
    description: 'for the trip',
    conversion: { quote_id: given.quote_id, side: 'from', other_amount: given.receive_amount, other_currency: 'USD' },
  });
  expect(await test_.wallet(caller)).toMatchObject({ balance: '498.00', used_this_month: '502.00' });
  expect(await test_.wallet(caller, 'USD')).toMatchObject({ balance: given.receive_amount, is_primary: false });

  const { history: _, ...read } = await test_.payments.getTransaction(caller, made.id as TransactionId);
  expect(read).toEqual(made);
  const other = await test_.payments.getTransaction(caller, made.conversion!.other_transaction_id as TransactionId);
  expect(other).toMatchObject({
    type: 'conversion',
    amount: given.receive_amount,
    currency: 'USD',
    exchange_rate: given.rate,
    fees: { total_fees: '0.00' },
    conversion: { side: 'to', other_transaction_id: made.id, other_amount: '500.00', other_currency: 'THB' },
  });
  const listed = await test_.payments.listTransactions(caller, {
    walletId: undefined,
    type: 'conversion',
    from: undefined,
    to: undefined,
    cursor: undefined,
    limit: 10,
  });
  expect(listed.transactions.map(({ id }) => id).toSorted()).toEqual([made.id, other.id].toSorted());

  const posted = (await test_.written('payments.conversion_posted')).find(
    ({ data }) => data['transaction_id'] === made.id,
  );
  expect(posted?.data).toMatchObject({ from: 'THB', to: 'USD', amount: '500.00', fee: '2.00', rate: given.rate });
  const told = (await test_.written('payments.transaction_updated')).map(({ data }) => data['transaction_id']);
  expect(told).toEqual(expect.arrayContaining([made.id, other.id]));
  expect((await test_.verify()).findings).toEqual([]);
});

test('the database lets nobody change, remove or spend again what was spent, nor rewrite a rate', async () => {
  const { caller } = await test_.someoneWith('1000.00');
  const given = await quote(caller, '100.00');
  await convert(caller, given);
  const id = given.quote_id;
  const refused = (text: string, values: unknown[]) =>
    expect(test_.db.database.rows(statement('', text), values), text).rejects.toThrow();
  await refused('UPDATE payments.fx_quotes SET spent_at = NULL, transfer_id = NULL WHERE id = $1', [id]);
  await refused('DELETE FROM payments.fx_quotes WHERE id = $1', [id]);
  await refused('UPDATE payments.fx_quotes SET receive_amount = 1 WHERE id = $1', [id]);
  await refused(`UPDATE payments.fx_rates SET per_usd = 1 WHERE currency = $1`, ['THB']);
  await refused(`DELETE FROM payments.fx_rates WHERE currency = $1`, ['THB']);
});

test('fifty parallel spends of a quote convert once, and so do fifty with one key', async () => {
  const { caller } = await test_.someoneWith('1000.00');
  const given = await quote(caller, '100.00');
  const tries = await Promise.all(Array.from({ length: 50 }, () => code(convert(caller, given, { key: newKey() }))));
  expect(tries.filter((outcome) => outcome === 'done')).toHaveLength(1);
  expect(new Set(tries)).toEqual(new Set(['done', 'CONFLICT']));
  expect(await test_.wallet(caller)).toMatchObject({ balance: '899.60' });

  const again = await quote(caller, '100.00');
  const key = newKey();
  const same = await Promise.allSettled(Array.from({ length: 50 }, () => convert(caller, again, { key })));
  const made = same.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []));
  expect(new Set(made).size).toBe(1);
  expect((await convert(caller, again, { key })).id).toBe(made[0]);
  expect(await test_.wallet(caller)).toMatchObject({ balance: '799.20' });
  expect((await test_.verify()).findings).toEqual([]);
});

test('converting there and back never gains, in any pair, and the books stay right', async () => {
  const { caller } = await test_.someoneWith('4000.00');
  for (const to of ['SGD', 'IDR', 'MYR', 'PHP', 'VND', 'USD'] as const) {
    const before = Number((await test_.wallet(caller)).balance);
    const there = await quote(caller, '300.00', 'THB', to);
    await convert(caller, there);
    const back = await backQuote(caller, there, to);
    await convert(caller, back);
    expect(Number((await test_.wallet(caller)).balance), to).toBeLessThan(before);
  }
  expect((await test_.verify()).findings).toEqual([]);
});

/** Nearly all of what came out, since the fee comes on top. */
function backQuote(caller: Caller, there: QuoteBody, to: Currency): Promise<QuoteBody> {
  const amount = (Number(there.receive_amount) * 0.99).toFixed(there.receive_amount.includes('.') ? 2 : 0);
  return quote(caller, amount, to, 'THB');
}

test('a wallet that may hold no more takes no more', async () => {
  const { caller } = await test_.someoneWith('5000.00', 'SGD', { country: 'ID' });
  expect(await code(convert(caller, await quote(caller, '190.00', 'SGD', 'IDR')))).toMatch('LIMIT_EXCEEDED');
});

test('rates that are old, have jumped or are missing give no quotes, and come back by themselves', async () => {
  await using apart = await openPayments();
  const refresh = refresherOf(apart);
  const { caller } = await apart.someoneWith('1000.00');
  const ask = (to: Currency = 'USD') =>
    code(apart.payments.requestQuote(caller, { from: 'THB', to, amount: '10.00' }, undefined));
  expect(await ask()).toBe('RETRY_LATER');
  await refresh();
  expect(await ask()).toBe('done');
  apart.pass(15 * MINUTE + 2 * SECOND);
  expect(await ask()).toBe('RETRY_LATER');

  await apart.sandbox.call('/sandbox/faults', { body: { target: 'fx', kind: 'error', count: 1 } });
  standing = new Map();
  await refresh();
  expect(polls.at(-1)).toBe('failed');
  expect(standing.get('THB')?.state).toBe('stale');
  await refresh();
  expect(await ask()).toBe('done');

  apart.pass(2 * SECOND);
  await apart.sandbox.call('/sandbox/fx', { body: { rates: { THB: '40.1' } } });
  await refresh();
  expect(standing.get('THB')?.state).toBe('held');
  expect(await ask()).toBe('RETRY_LATER');
  expect((await apart.payments.showFx()).currencies.find(({ currency }) => currency === 'THB')).toMatchObject({
    state: 'held',
    per_usd: '40.1',
    position: '0.00',
  });

  apart.pass(2 * SECOND);
  await apart.sandbox.call('/sandbox/fx', { body: { rates: { THB: '32.5' } } });
  await refresh();
  expect(await ask()).toBe('done');
});

test('a rate that jumped is quoted once ops accept the newest', async () => {
  await using apart = await openPayments();
  const refresh = refresherOf(apart);
  const ops = { ...apart.someone(), role: 'ops' as const };
  const { caller } = await apart.someoneWith('1000.00');
  await refresh();
  apart.pass(2 * SECOND);
  await apart.sandbox.call('/sandbox/fx', { body: { rates: { THB: '40.1' } } });
  await refresh();
  const held = standing.get('THB')!.ratedAt!;
  const accept = (currency: Currency, ratedAt: Date) =>
    code(apart.payments.acceptRate(ops, { currency, ratedAt, reason: 'the central bank let it go' }));
  expect(await accept('THB', new Date(0))).toBe('NOT_FOUND');
  expect(await accept('USD', held)).toBe('CONFLICT');
  expect(await accept('THB', held)).toBe('done');
  expect(await accept('THB', held)).toBe('CONFLICT');
  const given = await apart.payments.requestQuote(caller, { from: 'THB', to: 'USD', amount: '40.10' }, undefined);
  expect(given.receive_amount).toBe('0.99');
});

test('rates of a time that has not come are not kept, and the same ones are kept once', async () => {
  await using apart = await openPayments();
  const refresh = refresherOf(apart);
  const at = (ms: number) => ({ body: { rated_at: new Date(apart.now().getTime() + ms).toISOString() } });
  await apart.sandbox.call('/sandbox/fx', at(5 * MINUTE));
  await refresh();
  expect(polls.at(-1)).toBe('refused');
  expect(await apart.count('fx_rates')).toBe(0);
  await apart.sandbox.call('/sandbox/fx', at(-MINUTE));
  await refresh();
  await refresh();
  expect(polls.slice(-2)).toEqual(['fresh', 'same']);
  expect(await apart.count('fx_rates')).toBe(7);
});

test('the house goes no further out in a currency than it may, however many convert at once', async () => {
  await using apart = await openPayments({ fx: { exposureMaxMicros: 10_000_000n } });
  await refresherOf(apart)();
  const { caller } = await apart.someoneWith('10000.00');
  const ask = (amount: string) => apart.payments.requestQuote(caller, { from: 'THB', to: 'USD', amount }, undefined);
  expect(await code(ask('400.00'))).toBe('RETRY_LATER');
  const quotes = await Promise.all(Array.from({ length: 4 }, () => ask('100.00')));
  const outcomes = await Promise.all(
    quotes.map(({ quote_id }) =>
      code(
        apart.payments.convert(
          caller,
          { quoteId: quote_id as QuoteId, description: undefined },
          { key: undefined, stepUpToken: undefined },
        ),
      ),
    ),
  );
  expect(outcomes.toSorted()).toEqual(['RETRY_LATER', 'done', 'done', 'done']);
  const { currencies, exposure_max_usd } = await apart.payments.showFx();
  expect(exposure_max_usd).toBe('10');
  expect(currencies.find(({ currency }) => currency === 'THB')).toMatchObject({ position: '300.00' });
  expect(currencies.find(({ currency }) => currency === 'USD')!.position).toMatch(/^-9\./);
  expect((await apart.verify()).findings).toEqual([]);
});

test('a closed or frozen wallet gives nothing', async () => {
  const { caller, walletId } = await test_.someoneWith('1000.00');
  const given = await quote(caller, '10.00');
  const freeze = statement(
    'test.freeze',
    `SELECT payments.move_wallet($1::uuid, 'active', 'suspended', 'test', 'test')`,
  );
  await test_.db.database.rows(freeze, [walletId satisfies WalletId]);
  expect(await code(convert(caller, given))).toBe('CONFLICT');
});
