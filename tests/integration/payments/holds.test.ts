import { expect, test } from 'vitest';
import { makeExpireHolds } from '#services/payments/ledger/expire-holds.ts';
import { placeHold, postHold, voidHold } from '#services/payments/ledger/hold.ts';
import { houseAccountId } from '#services/payments/ledger/house-accounts.ts';
import { type LedgerTransfer, move, post, split } from '#services/payments/ledger/post.ts';
import { findWallet } from '#services/payments/store/wallets.ts';
import type { Brand } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { HOUR } from '#shared/time.ts';
import { openPayments, type TestPayments } from './open-payments.ts';

const newTransferId = () => newId<Brand<string, 'TransferId'>>('core');
const DAY = { day: '2026-11-24', month: '2026-11-01', dayMax: 50_000n, monthMax: 50_000n };

/** A wallet with 100.00, and the accounts that receivers have. */
async function openBooks(scene: TestPayments) {
  const { caller, walletId } = await scene.someoneWith('100.00');
  const wallet = (await findWallet(scene.db.database, walletId, caller.userId))!;
  const account = (kind: 'fees' | 'merchant_payable', owner: string) =>
    houseAccountId(scene.db.database, { kind, owner, currency: 'THB' });
  const [fees, merchant] = [await account('fees', ''), await account('merchant_payable', caller.userId)];
  const place = async (minor: bigint, expiresAt?: Date) => {
    const id = newTransferId();
    const spending = { accountId: walletId, minor, ...DAY };
    const hold = { id, accountId: walletId, holdAccountId: wallet.hold_account_id, minor, spending };
    const outcome = await scene.db.database.transaction((tx) =>
      placeHold(tx, { ...hold, ...(expiresAt === undefined ? {} : { expiresAt }) }),
    );
    return { id, outcome };
  };
  return { caller, walletId, fees, merchant, place };
}

const shown = async (scene: TestPayments, caller: Parameters<TestPayments['wallet']>[0]) => {
  const { available_balance, frozen_balance } = await scene.wallet(caller);
  return [available_balance, frozen_balance];
};

test('what cannot be set aside leaves no hold', async () => {
  await using scene = await openPayments();
  const { caller, place } = await openBooks(scene);
  expect((await place(10_001n)).outcome).toBe('insufficient_funds');
  expect((await place(50_001n)).outcome).toBe('insufficient_funds');
  expect(await scene.count('holds')).toBe(0);
  expect(await shown(scene, caller)).toEqual(['100.00', '0.00']);
});

test('a hold is given away in part, to several receivers at once, and the rest is back and no longer spent', async () => {
  await using scene = await openPayments();
  const { caller, walletId, fees, merchant, place } = await openBooks(scene);
  const { id } = await place(6_000n);
  expect(await shown(scene, caller)).toEqual(['40.00', '60.00']);
  const give = (parts: readonly bigint[]) =>
    scene.db.database.transaction((tx) =>
      postHold(tx, id, {
        transferId: newTransferId(),
        kind: 'capture',
        parts: [
          { accountId: merchant, minor: parts[0]! },
          { accountId: fees, minor: parts[1]! },
        ],
        at: new Date(),
      }),
    );
  await expect(give([6_000n, 1n])).rejects.toBeInstanceOf(RangeError);
  await expect(give([0n, 0n])).rejects.toBeInstanceOf(RangeError);
  const outcomes = await Promise.all([give([3_800n, 200n]), give([3_800n, 200n]), give([1n, 1n])]);
  expect(outcomes.toSorted()).toEqual(['done', 'ended', 'ended']);
  const [available, frozen] = await shown(scene, caller);
  expect(frozen).toBe('0.00');
  expect(['60.00', '99.98']).toContain(available);
  const { entries } = await scene.payments.getStatement(caller, { walletId, limit: 10 });
  expect(entries.map(({ kind }) => kind)).toEqual(['capture', 'hold', expect.any(String)]);
  const merchantsCheck = (await scene.verify()).findings.filter(({ check }) => check !== 'merchant-payable');
  expect(merchantsCheck).toEqual([]);
});

test('a hold is let go of once, by whoever comes first, and by itself when its time is over', async () => {
  await using scene = await openPayments();
  const { caller, place } = await openBooks(scene);
  const { id } = await place(1_000n);
  const letGo = () => scene.db.database.transaction((tx) => voidHold(tx, id, { at: new Date() }));
  expect((await Promise.all([letGo(), letGo(), letGo()])).toSorted()).toEqual(['done', 'ended', 'ended']);
  expect(await shown(scene, caller)).toEqual(['100.00', '0.00']);

  await place(1_000n);
  await place(2_000n, new Date(scene.now().getTime() + HOUR));
  const ports = { databases: scene.db.databases, outbox: scene.db.outbox, clock: () => scene.now() };
  const expire = makeExpireHolds(ports);
  expect(await expire()).toBe(0);
  scene.pass(HOUR);
  const swept = await Promise.all([expire(), expire(), expire()]);
  expect(swept.reduce((sum, ended) => sum + ended)).toBe(1);
  expect(await shown(scene, caller)).toEqual(['90.00', '10.00']);
  expect((await scene.verify()).findings).toEqual([]);
});

test('linked transfers are posted together or not at all, and their neighbours on their own', async () => {
  await using scene = await openPayments();
  const [nok, lek] = [await scene.someoneWith('100.00'), await scene.someoneWith('100.00')];
  const pay = (minor: bigint, isLinked?: true): LedgerTransfer => ({
    id: newTransferId(),
    kind: 'transfer',
    legs: move(nok.walletId, lek.walletId, minor),
    ...(isLinked === undefined ? {} : { isLinked }),
  });
  const outcomes = await scene.db.database.transaction((tx) =>
    post(tx, [
      pay(1_000n),
      // Nothing of this chain stays: not its first, nor the one that could be posted after the refused one.
      pay(2_000n, true),
      pay(9_000n, true),
      pay(1n),
      pay(3_000n, true),
      pay(4_000n),
      pay(2_001n),
      pay(2_000n),
    ]),
  );
  expect(outcomes).toEqual([
    'posted',
    'linked_failed',
    'insufficient_funds',
    'linked_failed',
    'posted',
    'posted',
    'insufficient_funds',
    'posted',
  ]);
  expect(await shown(scene, nok.caller)).toEqual(['0.00', '0.00']);
  expect(await shown(scene, lek.caller)).toEqual(['200.00', '0.00']);
  const open = scene.db.database.transaction((tx) => post(tx, [pay(1n, true)]));
  await expect(open).rejects.toThrow('linked to none');
  expect((await scene.verify()).findings).toEqual([]);
});

test('a chain that is refused gives back what it counted against limits', async () => {
  await using scene = await openPayments();
  const [nok, lek] = [await scene.someoneWith('100.00'), await scene.someoneWith('100.00')];
  const spending = { accountId: nok.walletId, day: DAY.day, month: DAY.month, dayMax: 5_000n, monthMax: 5_000n };
  const pay = (minor: bigint, isLinked?: true): LedgerTransfer => ({
    id: newTransferId(),
    kind: 'transfer',
    legs: move(nok.walletId, lek.walletId, minor),
    spending: { ...spending, minor },
    ...(isLinked === undefined ? {} : { isLinked }),
  });
  const run = (transfers: readonly LedgerTransfer[]) => scene.db.database.transaction((tx) => post(tx, transfers));
  expect(await run([pay(3_000n, true), pay(2_001n), pay(5_000n), pay(1n)])).toEqual([
    'linked_failed',
    'daily_limit',
    'posted',
    'daily_limit',
  ]);
  expect((await scene.verify()).findings).toEqual([]);
});

test('a price less its fee is one balanced transfer, and parts of nothing have no leg', async () => {
  await using scene = await openPayments();
  const { caller, walletId, fees, merchant } = await openBooks(scene);
  const pay = (fee: bigint) => ({
    id: newTransferId(),
    kind: 'fee' as const,
    legs: split(walletId, [
      { accountId: merchant, minor: 1_000n - fee },
      { accountId: fees, minor: fee },
    ]),
  });
  expect([pay(25n).legs.length, pay(0n).legs.length]).toEqual([3, 2]);
  expect(await scene.db.database.transaction((tx) => post(tx, [pay(25n), pay(0n)]))).toEqual(['posted', 'posted']);
  expect(await shown(scene, caller)).toEqual(['80.00', '0.00']);
  const findings = (await scene.verify()).findings.filter(({ check }) => check !== 'merchant-payable');
  expect(findings).toEqual([]);
});
