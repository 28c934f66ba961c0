import { expect, test } from 'vitest';
import { openDatabase } from '#infrastructure/postgres/database.ts';
import type { Caller } from '#shared/caller.ts';
import type { OrderId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { DAY } from '#shared/time.ts';
import { GOOD_TOKEN, newKey, openPayments } from './open-payments.ts';

const SINGAPORE = { country: 'SG', kycTier: 2 } as const;
/** Of S$100,000 that may leave in twelve months. */
const LEFT_CENTS = 10_000n;
const REFUSED = { code: 'LIMIT_EXCEEDED', details: expect.stringContaining('twelve months') };

/** Someone of Singapore whose wallet S$99,900 have left for others. */
async function openYear() {
  const scene = await openPayments();
  const { caller, walletId } = await scene.someoneWith('120000.00', 'SGD', SINGAPORE);
  const friend = scene.someone(SINGAPORE);
  const send = (minor: bigint, from = { caller, walletId }, to: Caller = friend, currency: Currency = 'SGD') =>
    scene.payments.sendTransfer(
      from.caller,
      {
        walletId: from.walletId,
        recipientId: to.userId,
        money: { minor, currency },
        description: undefined,
        reference: undefined,
      },
      { key: newKey(), stepUpToken: GOOD_TOKEN },
    );
  const first = await send(100n);
  // Months of it, in one: the limits of day and month allow no more than a little at a time.
  const spend = statement(
    'test.spend-a-year',
    `UPDATE payments.transactions SET amount = $2 WHERE id = $1 AND type = 'transfer_out' RETURNING id`,
  );
  const owner = openDatabase({ url: scene.db.ownerUrl, poolMax: 1, applicationName: 'test' });
  const spent = await owner.rows(spend, [first.id, 10_000_000n - LEFT_CENTS]);
  await owner.close();
  expect(spent).toHaveLength(1);
  const order = (amount: string) =>
    scene.payments.holdForOrder({
      orderId: newId<OrderId>('core'),
      customerId: caller.userId,
      walletId,
      merchantId: friend.userId,
      amount,
      currency: 'SGD',
    });
  return { ...scene, caller, walletId, friend, send, order };
}

test('a cent more than S$100,000 does not leave in twelve months, neither as a transfer nor for an order', async () => {
  await using scene = await openYear();
  await expect(scene.send(LEFT_CENTS + 1n)).rejects.toMatchObject(REFUSED);
  expect(await scene.order('100.01')).toEqual({ type: 'declined', reason: 'LIMIT_EXCEEDED' });
  expect(await scene.send(LEFT_CENTS)).toMatchObject({ status: 'completed' });
  await expect(scene.send(1n)).rejects.toMatchObject(REFUSED);
});

test('of many who would take the rest at once, no more than the rest leaves', async () => {
  await using scene = await openYear();
  const asked = await Promise.allSettled([
    ...Array.from({ length: 6 }, () => scene.send(LEFT_CENTS / 2n)),
    ...Array.from({ length: 6 }, () => scene.order('50.00')),
  ]);
  const left = asked.filter(
    (one) => one.status === 'fulfilled' && !('type' in one.value && one.value.type === 'declined'),
  );
  expect(left).toHaveLength(2);
});

test('what left more than twelve months ago counts no more', async () => {
  await using scene = await openYear();
  scene.pass(367 * DAY);
  expect(await scene.send(LEFT_CENTS + 1n)).toMatchObject({ status: 'completed' });
});

test('it binds nobody who is at home elsewhere', async () => {
  await using scene = await openYear();
  const other = await scene.someoneWith('120000.00', 'SGD', { country: 'MY', kycTier: 2 });
  const to = scene.someone({ country: 'MY' });
  expect(await scene.send(LEFT_CENTS + 1n, other, to)).toMatchObject({ status: 'completed' });
});
