import { expect, test } from 'vitest';
import { openDatabase } from '#infrastructure/postgres/database.ts';
import { type HouseAccount, houseAccountId } from '#services/payments/ledger/house-accounts.ts';
import { type LedgerTransfer, move, post } from '#services/payments/ledger/post.ts';
import { verifyLedger } from '#services/payments/verify-ledger.ts';
import type { Brand, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { type Sql, statement } from '#shared/sql.ts';
import { openWallet } from '#services/payments/store/wallets.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';

const SEED: HouseAccount = { kind: 'seed', owner: '', currency: 'THB' };

function newTransferId(): string {
  return newId<Brand<string, 'TransferId'>>('core');
}

function run(sql: Sql, text: string, values: readonly unknown[] = []) {
  return sql.rows<Record<string, unknown>>(statement('', text), values);
}

function postAll(db: FreshDatabase, transfers: readonly LedgerTransfer[]) {
  return db.database.transaction((tx) => post(tx, transfers));
}

/** Two wallets, the first with 100.00, and the account that it came from. */
async function openBooks(db: FreshDatabase) {
  const seed = await houseAccountId(db.database, SEED);
  const [first, second] = await db.database.transaction(async (tx) => [
    await openWallet(tx, newId<UserId>('TH'), 'THB', false),
    await openWallet(tx, newId<UserId>('TH'), 'THB', false),
  ]);
  await postAll(db, [{ id: newTransferId(), kind: 'seed', legs: move(seed, first.id, 10_000n) }]);
  return { seed, first: first.id, second: second.id };
}

async function balanceOf(db: FreshDatabase, id: string): Promise<bigint> {
  const [row] = await db.database.rows<{ balance: bigint }>(
    statement('', 'SELECT account.balance FROM payments.accounts AS account WHERE account.id = $1'),
    [id],
  );
  return row!.balance;
}

test('the app role can change neither balances nor the journal but through payments.post', async () => {
  await using db = await freshDatabase();
  const { first } = await openBooks(db);
  for (const text of [
    'UPDATE payments.accounts SET balance = balance + 1',
    'DELETE FROM payments.accounts',
    'UPDATE payments.entries SET amount = amount + 1',
    'DELETE FROM payments.entries',
    'TRUNCATE payments.entries CASCADE',
    `INSERT INTO payments.transfers (id, kind) VALUES ('${newTransferId()}', 'seed')`,
    'DELETE FROM payments.transfers',
    `INSERT INTO payments.accounts (id, kind, owner, currency, balance) VALUES ('${newTransferId()}', 'wallet', '', 'THB', 1)`,
    'DELETE FROM payments.transactions',
    'UPDATE payments.transactions SET amount = 1',
    'UPDATE payments.transaction_changes SET actor = actor',
    'DELETE FROM payments.gateway_reports',
    'UPDATE payments.holds SET amount = 1',
    'ALTER TABLE payments.entries DISABLE TRIGGER ALL',
  ]) {
    await expect(run(db.database, text), text).rejects.toMatchObject({ code: '42501' });
  }
  expect(await balanceOf(db, first)).toBe(10_000n);
});

test('entries that do not sum to zero are refused at commit, whoever writes them', async () => {
  await using db = await freshDatabase();
  const { seed, first } = await openBooks(db);
  const owner = openDatabase({ url: db.ownerUrl, poolMax: 2, applicationName: 'test' });
  const written = { transfer: false, entries: false };
  const unbalanced = owner.transaction(async (tx) => {
    const id = newTransferId();
    await run(tx, `INSERT INTO payments.transfers (id, kind) VALUES ($1, 'seed')`, [id]);
    written.transfer = true;
    await run(
      tx,
      `INSERT INTO payments.entries (account_id, seq, transfer_id, currency, amount, balance_after)
       VALUES ($1, 100, $3, 'THB', -5, -5), ($2, 100, $3, 'THB', 4, 4)`,
      [seed, first, id],
    );
    written.entries = true;
  });
  await expect(unbalanced).rejects.toMatchObject({ code: '23514', constraint: 'entries_sum_to_zero' });
  expect(written).toEqual({ transfer: true, entries: true });
  await owner.close();
});

test('sums that balance across currencies do not balance', async () => {
  await using db = await freshDatabase();
  const { first } = await openBooks(db);
  const dollars = await houseAccountId(db.database, { ...SEED, currency: 'USD' });
  const swap: LedgerTransfer = { id: newTransferId(), kind: 'seed', legs: move(dollars, first, 100n) };
  await expect(postAll(db, [swap])).rejects.toMatchObject({ constraint: 'entries_sum_to_zero' });
  expect(await balanceOf(db, first)).toBe(10_000n);
});

test('in one call each transfer has its own outcome, and a refused one leaves its neighbours alone', async () => {
  await using db = await freshDatabase();
  const { first, second } = await openBooks(db);
  const id = newTransferId();
  const spending = { accountId: first, day: '2026-11-24', month: '2026-11-01', dayMax: 7_000n, monthMax: 8_000n };
  const spend = (minor: bigint, more = {}): LedgerTransfer => ({
    id: newTransferId(),
    kind: 'transfer',
    legs: move(first, second, minor),
    spending: { ...spending, minor, ...more },
  });
  const outcomes = await postAll(db, [
    { id, kind: 'transfer', legs: move(first, second, 6_000n), spending: { ...spending, minor: 6_000n } },
    spend(4_001n),
    { id, kind: 'transfer', legs: move(second, first, 1n) },
    { id: newTransferId(), kind: 'transfer', legs: move(first, newTransferId(), 1n) },
    spend(1_001n),
    spend(1_000n),
    spend(1_001n, { day: '2026-11-25' }),
    spend(1_000n, { day: '2026-11-25' }),
    { id: newTransferId(), kind: 'transfer', legs: move(second, first, 8_000n) },
    { id: newTransferId(), kind: 'transfer', legs: move(second, first, 1n) },
  ]);
  expect(outcomes).toEqual([
    'posted',
    'insufficient_funds',
    'duplicate',
    'no_account',
    'daily_limit',
    'posted',
    'monthly_limit',
    'posted',
    'posted',
    'insufficient_funds',
  ]);
  expect(await balanceOf(db, first)).toBe(10_000n);
  expect(await balanceOf(db, second)).toBe(0n);
  expect((await verifyLedger(db.database)).findings).toEqual([]);
});

test('a transfer id is spent for ever, in another call and with other accounts too', async () => {
  await using db = await freshDatabase();
  const { first, second } = await openBooks(db);
  const id = newTransferId();
  expect(await postAll(db, [{ id, kind: 'transfer', legs: move(first, second, 1n) }])).toEqual(['posted']);
  expect(await postAll(db, [{ id, kind: 'transfer', legs: move(first, second, 1n) }])).toEqual(['duplicate']);
  const simultaneous = newTransferId();
  const twice = await Promise.all(
    [1, 2].map(() => postAll(db, [{ id: simultaneous, kind: 'transfer', legs: move(first, second, 1n) }])),
  );
  expect(twice.flat().toSorted()).toEqual(['duplicate', 'posted']);
  expect(await balanceOf(db, second)).toBe(2n);
});

test('a suspended account takes money and gives none, a closed one does neither', async () => {
  await using db = await freshDatabase();
  const { seed, first, second } = await openBooks(db);
  const owner = openDatabase({ url: db.ownerUrl, poolMax: 2, applicationName: 'test' });
  await run(owner, `UPDATE payments.accounts SET status = 'suspended' WHERE id = $1`, [first]);
  await run(owner, `UPDATE payments.accounts SET status = 'closed' WHERE id = $1`, [second]);
  await owner.close();
  const outcomes = await postAll(db, [
    { id: newTransferId(), kind: 'transfer', legs: move(first, seed, 1n) },
    { id: newTransferId(), kind: 'seed', legs: move(seed, second, 1n) },
    { id: newTransferId(), kind: 'seed', legs: move(seed, first, 1n) },
  ]);
  expect(outcomes).toEqual(['suspended', 'suspended', 'posted']);
});

test('what is owed to a closed account opens it again where it is posted, and not where it is refused', async () => {
  await using db = await freshDatabase();
  const { seed, first, second } = await openBooks(db);
  const owner = openDatabase({ url: db.ownerUrl, poolMax: 2, applicationName: 'test' });
  await run(owner, `UPDATE payments.accounts SET status = 'closed' WHERE id = $1`, [second]);
  await owner.close();
  const statusOf = async (id: string) =>
    (await run(db.database, 'SELECT account.status FROM payments.accounts AS account WHERE account.id = $1', [id]))[0];
  const legs = move(first, second, 20_000n).toReversed();
  const refused = await postAll(db, [
    { id: newTransferId(), kind: 'refund', legs },
    { id: newTransferId(), kind: 'transfer', legs: move(first, second, 1n) },
    { id: newTransferId(), kind: 'transfer', legs: move(first, seed, 1n) },
  ]);
  expect(refused).toEqual(['insufficient_funds', 'suspended', 'posted']);
  expect(await statusOf(second)).toEqual({ status: 'closed' });

  const paid = await postAll(db, [
    { id: newTransferId(), kind: 'refund', legs: move(first, second, 1n) },
    { id: newTransferId(), kind: 'transfer', legs: move(first, second, 1n) },
  ]);
  expect(paid).toEqual(['posted', 'posted']);
  expect(await statusOf(second)).toEqual({ status: 'active' });
});

test('callers that lock the same accounts in opposite orders do not deadlock', async () => {
  await using db = await freshDatabase();
  const { seed, first, second } = await openBooks(db);
  await postAll(db, [{ id: newTransferId(), kind: 'seed', legs: move(seed, second, 10_000n) }]);
  const rounds = Array.from({ length: 100 }, (_, place) =>
    postAll(db, [
      {
        id: newTransferId(),
        kind: 'transfer',
        legs: place % 2 === 0 ? move(first, second, 1n) : move(second, first, 1n),
      },
    ]),
  );
  expect(new Set((await Promise.all(rounds)).flat())).toEqual(new Set(['posted']));
  expect(await balanceOf(db, first)).toBe(10_000n);
});

test('the verifier names an account whose balance is not what its entries say', async () => {
  await using db = await freshDatabase();
  const { first } = await openBooks(db);
  expect((await verifyLedger(db.database)).findings).toEqual([]);
  const owner = openDatabase({ url: db.ownerUrl, poolMax: 2, applicationName: 'test' });
  await run(owner, 'UPDATE payments.accounts SET balance = balance + 1 WHERE id = $1', [first]);
  await owner.close();
  const { findings } = await verifyLedger(db.database);
  expect(findings).toContainEqual({ check: 'account-balance', subject: first, expected: '10000', found: '10001' });
});

test('a transaction takes no step that its state machine does not know', async () => {
  await using db = await freshDatabase();
  const { first } = await openBooks(db);
  const insert = (type: string, status: string) =>
    run(
      db.database,
      `INSERT INTO payments.transactions
         (id, wallet_id, user_id, type, currency, amount, status, status_actor, created_at, updated_at, completed_at)
       SELECT $1, wallet.id, wallet.user_id, $2, 'THB', 1, $3, 'test', now(), now(),
         CASE WHEN $3 = 'completed' THEN now() END
       FROM payments.wallets AS wallet WHERE wallet.id = $4`,
      [newTransferId(), type, status, first],
    );
  for (const [type, status] of [
    ['deposit', 'completed'],
    ['payment', 'completed'],
    ['deposit', 'expired'],
    ['transfer_in', 'failed'],
  ] as const) {
    await expect(insert(type, status)).rejects.toMatchObject({ constraint: 'transactions_status' });
  }
  await expect(insert('transfer_in', 'completed')).rejects.toMatchObject({
    constraint: 'transactions_completed_is_posted',
  });
  await insert('deposit', 'pending');
  const move = (status: string) => run(db.database, 'UPDATE payments.transactions SET status = $1', [status]);
  await move('failed');
  for (const status of ['pending', 'processing', 'completed', 'cancelled', 'expired']) {
    await expect(move(status)).rejects.toMatchObject({ constraint: 'transactions_status' });
  }
});
