import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Caller } from '#shared/caller.ts';
import { statement } from '#shared/sql.ts';
import { openReconciliation, type OpenReconciliation } from './open-reconciliation.ts';

const FAIL = statement(
  'test.fail-deposit',
  `UPDATE payments.transactions SET status = 'failed', status_actor = 'test' WHERE id = $1`,
);
const EXPIRE = statement(
  'test.expire-deposit',
  `UPDATE payments.transactions SET status = 'expired', status_actor = 'test' WHERE id = $1`,
);
const REFUNDS = statement(
  'test.refunds-of-deposit',
  `SELECT refund.amount, refund.reference FROM payments.transactions AS refund WHERE refund.refund_of = $1`,
);

let world: OpenReconciliation;
beforeEach(async () => {
  world = await openReconciliation();
});
afterEach(async () => {
  expect((await world.verify()).findings).toEqual([]);
  await world[Symbol.asyncDispose]();
});

/** A deposit of 100.00 that failed here, and was paid at the gateway; its webhook was not heard yet. */
async function paidAfterFailing() {
  const { id } = await world.request({ amount: '100.00' });
  await world.payments.createCharge(id);
  await world.db.database.rows(FAIL, [id]);
  await world.control(`/sandbox/charges/${id}/settle`);
  const [webhook] = await world.webhooks(1);
  return { id, webhook: webhook! };
}

function staff(): Caller {
  return { ...world.someone(), role: 'ops' };
}

const WRITE_OFF = { action: 'write_off', reason: 'too small to follow' } as const;
const CREDIT = { action: 'credit_user', reason: 'the gateway has it' } as const;

test('money that came for a deposit which had failed is set aside once, though the statement tells of it too', async () => {
  const { webhook } = await paidAfterFailing();
  await world.hear(webhook);
  expect(await world.run()).toEqual([]);
  // It waits there, in the one suspense of the gateway, to be given back.
  expect(await world.balances()).toMatchObject({ suspense: 10_000n });
});

test('what a statement told of first is in suspense once when the gateway reports it', async () => {
  const { id, webhook } = await paidAfterFailing();
  expect(await world.run()).toMatchObject([{ kind: 'status_differs', transaction_id: id }]);
  expect(await world.balances()).toMatchObject({ suspense: 10_000n });
  await world.hear(webhook);
  expect(await world.run()).toEqual([]);
  expect(await world.balances()).toMatchObject({ suspense: 10_000n });
});

test('staff cannot credit money that is being given back already', async () => {
  const { webhook } = await paidAfterFailing();
  const [finding] = await world.run();
  await world.hear(webhook);
  const credit = world.payments.decideFinding(staff(), finding!.id, CREDIT);
  await expect(credit).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await world.wallet(world.caller)).balance).toBe('0.00');
});

test('money that came for a deposit which had failed is credited to its owner once, by staff', async () => {
  const { id } = await paidAfterFailing();
  const [finding] = await world.run();
  const by = staff();
  const resolved = await world.payments.decideFinding(by, finding!.id, CREDIT);
  expect(resolved).toMatchObject({ status: 'resolved', resolution: 'credit_user', resolved_by: by.userId });
  expect((await world.wallet(world.caller)).balance).toBe('100.00');
  // What the gateway owes is in clearing, and nothing waits to be explained.
  expect(await world.balances()).toMatchObject({ suspense: 0n });
  expect(await world.db.database.rows(REFUNDS, [id])).toMatchObject([{ amount: 10_000n, reference: 'reconciliation' }]);
  await expect(world.payments.decideFinding(by, finding!.id, CREDIT)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await world.wallet(world.caller)).balance).toBe('100.00');
  expect(await world.run()).toEqual([]);
});

test('money that staff have credited is not given back when the gateway reports it afterwards', async () => {
  const { id, webhook } = await paidAfterFailing();
  const [finding] = await world.run();
  await world.payments.decideFinding(staff(), finding!.id, CREDIT);
  await world.hear(webhook);
  expect(await world.db.database.rows(REFUNDS, [id])).toMatchObject([{ amount: 10_000n, reference: 'reconciliation' }]);
  expect((await world.wallet(world.caller)).balance).toBe('100.00');
  expect(await world.run()).toEqual([]);
});

test('money of a deposit that waits or has expired is not written off: it may still complete', async () => {
  const { id } = await world.request({ amount: '100.00' });
  await world.payments.createCharge(id);
  await world.control(`/sandbox/charges/${id}/settle`);
  const [webhook] = await world.webhooks(1);
  const [finding] = await world.run();
  const writeOff = () => world.payments.decideFinding(staff(), finding!.id, WRITE_OFF);
  await expect(writeOff()).rejects.toMatchObject({ code: 'CONFLICT' });
  await world.db.database.rows(EXPIRE, [id]);
  await expect(writeOff()).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await world.balances()).toMatchObject({ suspense: 10_000n });
  await world.hear(webhook!);
  await expect(writeOff()).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await world.wallet(world.caller)).balance).toBe('100.00');
  expect(await world.run()).toEqual([]);
  expect(await world.balances()).toMatchObject({ suspense: 0n });
});

test('money that came for a deposit which had failed may be written off, and is not given back then', async () => {
  const { id, webhook } = await paidAfterFailing();
  const [finding] = await world.run();
  const resolved = await world.payments.decideFinding(staff(), finding!.id, WRITE_OFF);
  expect(resolved).toMatchObject({ status: 'resolved', resolution: 'write_off' });
  await world.hear(webhook);
  expect(await world.db.database.rows(REFUNDS, [id])).toEqual([]);
  expect(await world.balances()).toMatchObject({ suspense: 0n });
});
