import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeLocalKeys } from '#infrastructure/keys/local-keys.ts';
import { makeRewrapDestinations } from '#services/payments/payout/rewrap-destinations.ts';
import { openDestination } from '#services/payments/payout/sealed-destination.ts';
import { findPayout } from '#services/payments/store/payouts.ts';
import type { TransactionId } from '#shared/ids.ts';
import { statement } from '#shared/sql.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { openWithdrawal, type WithdrawalScene } from './open-withdrawal.ts';

const newWrappingKey = () => randomBytes(32).toString('hex');

async function openedBy(scene: WithdrawalScene, id: TransactionId, messageKeys: readonly string[]): Promise<string> {
  const payout = (await findPayout(scene.db.database, id))!;
  return (await openDestination(makeLocalKeys(messageKeys), payout)).accountName;
}

const rewrapOf = (scene: WithdrawalScene, messageKeys: readonly string[]) =>
  makeRewrapDestinations({
    databases: scene.db.databases,
    outbox: scene.db.outbox,
    keyManagement: makeLocalKeys(messageKeys),
    log: quietLog,
  });

test('a key that does not unwrap is left as it is, and holds up no other', async () => {
  await using scene = await openWithdrawal();
  const ids = [(await scene.withdraw()).id, (await scene.withdraw()).id] as const;
  const spoil = statement('', `UPDATE payments.payouts SET sealed_key = '\\x00' WHERE transaction_id = $1`);
  await scene.db.database.rows(spoil, [ids[0]]);
  const key = newWrappingKey();
  const rewrap = rewrapOf(scene, [key, scene.messageKey]);
  expect([await rewrap(), await rewrap()]).toEqual([1, 0]);
  expect(await openedBy(scene, ids[1], [key])).toBe('Somchai Jaidee');
  await expect(openedBy(scene, ids[0], [key])).rejects.toThrow('was wrapped by');
});

test('destinations move to another wrapping key, each once and audited, and the older key can go', async () => {
  await using scene = await openWithdrawal();
  const { id } = await scene.withdraw();
  const key = newWrappingKey();
  await expect(openedBy(scene, id, [key])).rejects.toThrow('was wrapped by');
  const rewrap = rewrapOf(scene, [key, scene.messageKey]);
  const counts = await Promise.all(Array.from({ length: 5 }, () => rewrap()));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  expect(await openedBy(scene, id, [key])).toBe('Somchai Jaidee');
  expect(await rewrap()).toBe(0);
  const audited = (await scene.written()).filter(({ data }) => data['action'] === 'payments.destination_rewrapped');
  expect(audited).toHaveLength(1);
});
