import { expect, test } from 'vitest';
import type { TransactionBody } from '#shared/contracts/payments/transaction.ts';
import { verifyLedger } from '#services/payments/verify-ledger.ts';
import { makeSendTransfer } from '#services/payments/send-transfer.ts';
import { makeTransferBatch } from '#services/payments/transfer/run-batch.ts';
import { AppError } from '#shared/errors.ts';
import type { UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { type Sql, statement } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { asks, openTransfers, type Party } from './open-transfers.ts';

function codeOf(answer: TransactionBody | AppError): string {
  return answer instanceof AppError ? answer.code : 'ok';
}

async function count(sql: Sql, from: string): Promise<number> {
  const [row] = await sql.rows<{ count: bigint }>(statement('', `SELECT count(*) FROM ${from}`));
  return Number(row!.count);
}

async function openScene(people: number, minor: bigint) {
  const db = await freshDatabase();
  const transfers = openTransfers(db.databases);
  return {
    db,
    ...transfers,
    all: await transfers.parties(people, minor),
    run: makeTransferBatch(transfers.ports),
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  };
}

test('in one batch a refused transfer leaves its neighbours alone, whatever it was refused for', async () => {
  await using scene = await openScene(3, 10_000n);
  const { someone, run, db } = scene;
  const [anna, ben, cora] = scene.all as [Party, Party, Party];
  const suspended = someone({ status: 'suspended' }).userId;
  const fresh = someone().userId;
  const answers = await run([
    asks(anna, ben.caller.userId, 6_000n),
    asks(anna, cora.caller.userId, 4_001n),
    asks({ ...anna, walletId: ben.walletId }, cora.caller.userId, 1n),
    asks(ben, suspended, 1n),
    asks(ben, newId<UserId>('TH'), 1n),
    asks(ben, fresh, 16_001n),
    asks(ben, fresh, 16_000n),
    asks(anna, cora.caller.userId, 4_000n),
    asks(ben, cora.caller.userId, 1n),
  ]);
  expect(answers.map(codeOf)).toEqual([
    'ok',
    'INSUFFICIENT_FUNDS',
    'NOT_FOUND',
    'NOT_FOUND',
    'NOT_FOUND',
    'INSUFFICIENT_FUNDS',
    'ok',
    'ok',
    'INSUFFICIENT_FUNDS',
  ]);
  const ids = [...scene.all.map(({ caller }) => caller.userId), fresh];
  expect(await scene.balancesOf(ids)).toEqual([0n, 0n, 14_000n, 16_000n]);
  expect(await count(db.database, 'http.idempotency_keys')).toBe(3);
  const audited = "events.outbox WHERE type = 'audit.recorded' AND data->>'action' = 'payments.transferred'";
  expect(await count(db.database, `${audited} AND data->>'outcome' = 'refused'`)).toBe(3);
  expect(await count(db.database, `${audited} AND data->>'outcome' = 'ok'`)).toBe(3);
  expect((await verifyLedger(db.database)).findings).toEqual([]);
});

test('a refused transfer opens no wallet, and one that passes in the same batch opens its own', async () => {
  await using scene = await openScene(2, 10_000n);
  const [anna, ben] = scene.all as [Party, Party];
  const [one, other] = [scene.someone().userId, scene.someone().userId];
  const answers = await scene.run([
    asks(anna, one, 10_001n),
    asks(anna, other, 10_000n),
    asks(ben, one, 10_001n),
    asks(ben, other, 1n),
  ]);
  expect(answers.map(codeOf)).toEqual(['INSUFFICIENT_FUNDS', 'ok', 'INSUFFICIENT_FUNDS', 'ok']);
  expect(await scene.balancesOf([one, other])).toEqual([undefined, 10_001n]);
  expect((await scene.run([asks(anna, one, 1n)])).map(codeOf)).toEqual(['INSUFFICIENT_FUNDS']);
  expect(await scene.balancesOf([one])).toEqual([undefined]);
  const opened = "events.outbox WHERE type = 'payments.wallet_opened'";
  expect(await count(scene.db.database, `${opened} AND data->>'user_id' = '${other}'`)).toBe(1);
  expect(await count(scene.db.database, `${opened} AND data->>'user_id' = '${one}'`)).toBe(0);
});

test('the same key fifty times in one batch is one transfer, and with another body it is refused', async () => {
  await using scene = await openScene(2, 10_000n);
  const [anna, ben] = scene.all as [Party, Party];
  const key = { key: 'once', digest: 'a digest' };
  const same = Array.from({ length: 50 }, () => asks(anna, ben.caller.userId, 100n, key));
  const other = asks(anna, ben.caller.userId, 200n, { ...key, digest: 'another' });
  const answers = await scene.run([...same, other]);
  expect(new Set(answers.slice(0, 50).map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(codeOf(answers[0]!)).toBe('ok');
  expect(codeOf(answers[50]!)).toBe('IDEMPOTENCY_KEY_REUSED');
  expect(await scene.balancesOf([ben.caller.userId])).toEqual([10_100n]);
  const [replay] = await scene.run([asks(anna, ben.caller.userId, 100n, key)]);
  expect(JSON.stringify(replay)).toBe(JSON.stringify(answers[0]));
});

test('the same key fifty times in concurrent batches is one transfer', async () => {
  await using scene = await openScene(2, 10_000n);
  const [anna, ben] = scene.all as [Party, Party];
  const key = { key: 'once', digest: 'a digest' };
  const batches = Array.from({ length: 10 }, () =>
    Array.from({ length: 5 }, () => asks(anna, ben.caller.userId, 100n, key)),
  );
  const answers = (await Promise.all(batches.map(scene.run))).flat();
  const done = answers.filter((answer) => codeOf(answer) === 'ok');
  expect(done.length).toBeGreaterThan(0);
  expect(new Set(done.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(new Set(answers.map(codeOf))).toSatisfy((codes: Set<string>) =>
    codes.isSubsetOf(new Set(['ok', 'IDEMPOTENCY_KEY_IN_FLIGHT'])),
  );
  expect(await scene.balancesOf([ben.caller.userId])).toEqual([10_100n]);
});

test('five hundred parallel spends through the lanes never take a wallet below zero', async () => {
  await using scene = await openScene(5, 10_000n);
  const send = makeSendTransfer(scene.ports);
  const spends = Array.from({ length: 500 }, (_, place) => {
    const [from, to] = [scene.all[0]!, scene.all[1 + (place % 4)]!];
    const { caller, asked, key } = asks(from, to.caller.userId, 99n);
    return send(caller, asked, { key, stepUpToken: undefined });
  });
  const settled = await Promise.allSettled(spends);
  const paid = settled.filter(({ status }) => status === 'fulfilled').length;
  expect(paid).toBe(101);
  for (const one of settled) {
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
  }
  const [rest] = await scene.balancesOf([scene.all[0]!.caller.userId]);
  expect(rest).toBe(1n);
  expect((await verifyLedger(scene.db.database)).findings).toEqual([]);
});

test('what one item does to the whole batch is borne by that item alone', async () => {
  await using scene = await openScene(2, 10_000n);
  const [anna, ben] = scene.all as [Party, Party];
  const send = makeSendTransfer(scene.ports);
  const good = Array.from({ length: 20 }, () => asks(anna, ben.caller.userId, 1n));
  // A character that Postgres keeps in no text: parsing keeps it out, and here it breaks the statement of its batch.
  const bad = asks(anna, ben.caller.userId, 1n);
  const broken = { ...bad, asked: { ...bad.asked, description: 'a\u0000b' } };
  const settled = await Promise.allSettled(
    [...good, broken].map(({ caller, asked, key }) => send(caller, asked, { key, stepUpToken: undefined })),
  );
  expect(settled.map(({ status }) => status)).toEqual([...good.map(() => 'fulfilled'), 'rejected']);
  expect(await scene.balancesOf([ben.caller.userId])).toEqual([10_020n]);
});

test('more than may wait are told to come back, and the others are done', async () => {
  await using scene = await openScene(2, 100_000n);
  const [anna, ben] = scene.all as [Party, Party];
  const send = makeSendTransfer(scene.ports);
  const many = Array.from({ length: 4_100 }, () => asks(anna, ben.caller.userId, 1n));
  const settled = await Promise.allSettled(
    many.map(({ caller, asked, key }) => send(caller, asked, { key, stepUpToken: undefined })),
  );
  const refused = settled.filter((one) => one.status === 'rejected');
  expect(refused).toHaveLength(100);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'RETRY_LATER', retryAfterS: 1 });
  expect(await scene.balancesOf([ben.caller.userId])).toEqual([104_000n]);
});
