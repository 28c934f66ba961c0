import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeLookAtLedger } from '#services/payments/reconciliation/look-at-ledger.ts';
import type { Caller } from '#shared/caller.ts';
import type { FindingId, ReconciliationRunId, TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { HOUR, MINUTE } from '#shared/time.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { asSuperuser } from '#tests/harness/template-database.ts';
import { openReconciliation, type OpenReconciliation } from './open-reconciliation.ts';

let world: OpenReconciliation;
beforeEach(async () => {
  world = await openReconciliation();
});
afterEach(async () => {
  expect((await world.verify()).findings).toEqual([]);
  await world[Symbol.asyncDispose]();
});

test('deposits that both sides know are no finding, and a fee of 1.65 % with its tax is all that is missing', async () => {
  await world.paid('100.00');
  await world.paid('250.00');
  expect(await world.run()).toEqual([]);
  // 1.65 and 7 % of it for the first, 4.12 and 0.28 for the second.
  const fees = 165n + 11n + 412n + 28n;
  expect(await world.balances()).toEqual({
    gateway_clearing: -(35_000n - fees),
    gateway_fees: -fees,
    suspense: 0n,
    bank: 0n,
  });
});

test('a gateway that pays over what it owes leaves nothing in clearing', async () => {
  await world.paid('100.00');
  await world.plant({ kind: 'bank_payout', amount: '98.24', currency: 'THB' });
  expect(await world.run()).toEqual([]);
  const balances = { gateway_clearing: 0n, gateway_fees: -176n, bank: -9_824n, suspense: 0n };
  expect(await world.balances()).toEqual(balances);
});

test('a payment that we do not know is set aside', async () => {
  await world.plant({ kind: 'unknown', amount: '70.00', currency: 'THB' });
  expect(await world.run()).toMatchObject([{ kind: 'missing_in_ledger', our_amount: null, status: 'open' }]);
  expect((await world.balances())['suspense']).toBeGreaterThan(0n);
});

test('a deposit that the statement lacks is set aside, and found again when the line comes late', async () => {
  const id = await world.paid();
  await world.plant({ kind: 'missing', reference: id });
  const found = await world.run();
  expect(found).toMatchObject([{ kind: 'missing_at_gateway', subject: id, transaction_id: id, our_amount: -10_000n }]);
  expect(await world.balances()).toMatchObject({ suspense: -10_000n, gateway_clearing: 0n });

  await world.restore();
  expect(await world.run()).toEqual([]);
  expect(await world.findings()).toMatchObject([
    { status: 'resolved', resolution: 'matched', resolved_by: 'reconciliation' },
  ]);
  expect(await world.balances()).toMatchObject({ suspense: 0n });
});

test('a sum that is not ours is set aside by the difference, until the gateway corrects it', async () => {
  const id = await world.paid('100.00');
  await world.plant({ kind: 'changed', reference: id, amount: '90.00', currency: 'THB' });
  const [found, ...others] = await world.run();
  expect(others).toEqual([]);
  expect(found).toMatchObject({ kind: 'amount_differs', transaction_id: id, our_amount: -10_000n });
  expect((await world.balances())['suspense']).toBe(found!.our_amount! - found!.their_amount!);

  await world.restore();
  expect(await world.run()).toEqual([]);
  expect(await world.balances()).toMatchObject({ suspense: 0n });
});

test('a currency that is not ours is set aside in both', async () => {
  const id = await world.paid('100.00');
  await world.plant({ kind: 'changed', reference: id, amount: '100.00', currency: 'SGD' });
  expect(await world.run()).toMatchObject([{ kind: 'currency_differs', our_currency: 'THB', their_currency: 'SGD' }]);
  expect(await world.balances()).toMatchObject({ suspense: -10_000n });
});

test('a deposit that is on the statement twice is set aside once', async () => {
  const id = await world.paid('100.00');
  await world.plant({ kind: 'duplicate', reference: id });
  expect(await world.run()).toMatchObject([{ kind: 'duplicate' }]);
  expect((await world.balances())['suspense']).toBeGreaterThan(0n);
});

test('money that was paid and of which we have not heard is set aside, until the deposit completes', async () => {
  const { id } = await world.request({ amount: '100.00' });
  await world.payments.createCharge(id);
  await world.control(`/sandbox/charges/${id}/settle`);
  const [webhook] = await world.webhooks(1);
  expect(await world.run()).toMatchObject([{ kind: 'status_differs', transaction_id: id }]);
  expect(await world.balances()).toMatchObject({ suspense: 10_000n });

  await world.hear(webhook!);
  await world.reconcile.revisitFindings();
  expect(await world.findings()).toMatchObject([{ status: 'resolved', resolution: 'matched' }]);
  expect(await world.balances()).toMatchObject({ suspense: 0n });
  expect(await world.run()).toEqual([]);
});

test('the same day reconciled again finds nothing new, posts nothing twice, and completes once', async () => {
  const id = await world.paid();
  await world.paid('55.00');
  await world.plant({ kind: 'missing', reference: id });
  await world.plant({ kind: 'unknown', amount: '70.00', currency: 'THB' });
  await world.plant({ kind: 'bank_payout', amount: '10.00', currency: 'THB' });
  const first = await world.run();
  const [balances, transfers] = [await world.balances(), await world.count('transfers')];
  expect(await world.run()).toEqual(first);
  expect(await world.balances()).toEqual(balances);
  expect(await world.count('transfers')).toBe(transfers);
  expect(await world.written('payments.reconciliation_completed')).toHaveLength(2);
});

test('steps that two workers take at once claim nothing twice', async () => {
  for (const amount of ['70.00', '71.00', '72.00']) await world.plant({ kind: 'unknown', amount, currency: 'THB' });
  const of = { gateway: 'omise', day: new Date().toISOString().slice(0, 10) };
  await world.reconcile.loadStatementPage(of);
  await Promise.all(Array.from({ length: 4 }, () => world.reconcile.judgeLines(of)));
  expect(await world.findings()).toHaveLength(3);
  await Promise.all(Array.from({ length: 4 }, () => world.reconcile.closeReconciliation(of)));
  expect(await world.count('transfers')).toBe(3);
});

test('a gateway that is away is no reason to claim anything', async () => {
  await world.paid();
  await world.sandbox.call('/sandbox/faults', { body: { target: 'omise', kind: 'error', count: 1 } });
  await expect(world.run()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(await world.findings()).toEqual([]);
  expect(await world.run()).toEqual([]);
});

test('a deposit that waits and whose workflow is gone is lost, until it ends', async () => {
  const { id } = await world.request();
  world.states.set(`payment-${id}`, 'absent');
  expect(await world.run()).toEqual([]);
  world.pass(20 * MINUTE);
  expect(await world.run()).toMatchObject([{ kind: 'workflow_lost', transaction_id: id }]);
  await world.payments.expireCharge(id);
  expect(await world.run()).toEqual([]);
});

test('nothing is claimed of workflows while Temporal cannot be asked', async () => {
  const { id } = await world.request();
  world.states.set(`payment-${id}`, 'unknown');
  world.pass(20 * MINUTE);
  await expect(world.run()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(await world.findings()).toEqual([]);
});

test('a workflow that runs on after its deposit has ended is told of, until it stops', async () => {
  const id = (await world.paid()) as TransactionId;
  world.states.set(`payment-${id}`, 'running');
  world.pass(2 * HOUR);
  expect(await world.run()).toMatchObject([{ kind: 'workflow_left_running', transaction_id: id }]);
  world.states.set(`payment-${id}`, 'completed');
  expect(await world.run()).toEqual([]);
});

test('days that are over are due, from the first movement on, until they are done', async () => {
  await world.paid();
  expect(await world.reconcile.dueReconciliations()).toEqual([]);
  const day = new Date().toISOString().slice(0, 10);
  world.pass(26 * HOUR);
  expect(await world.reconcile.dueReconciliations()).toContainEqual({ gateway: 'omise', day });
  await world.run();
  expect(await world.reconcile.dueReconciliations()).toEqual([]);
});

/** Staff who look into findings. */
function staff(): Caller {
  return { ...world.someone(), role: 'ops' };
}

test('nobody decides what does not fit, twice, or what is not there', async () => {
  const reason = 'the gateway says so';
  const nobodys = newId<FindingId>('core');
  const dismiss = { action: 'dismiss', reason } as const;
  await expect(world.payments.decideFinding(staff(), nobodys, dismiss)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await world.plant({ kind: 'unknown', amount: '70.00', currency: 'THB' });
  const [finding] = await world.run();
  const credit = world.payments.decideFinding(staff(), finding!.id, { action: 'credit_user', reason });
  await expect(credit).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await world.payments.decideFinding(staff(), finding!.id, dismiss)).toMatchObject({ resolution: 'dismiss' });
  const again = world.payments.decideFinding(staff(), finding!.id, dismiss);
  await expect(again).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await world.balances()).toMatchObject({ suspense: 0n });
});

test('a small loss is written off to the costs of the gateway by one person, with a reason', async () => {
  const id = await world.paid('100.00');
  await world.plant({ kind: 'missing', reference: id });
  const [finding] = await world.run();
  const decided = { action: 'write_off', reason: 'the gateway has lost it' } as const;
  const resolved = await world.payments.decideFinding(staff(), finding!.id, decided);
  expect(resolved).toMatchObject({ status: 'resolved', resolution: 'write_off', reason: 'the gateway has lost it' });
  expect(await world.balances()).toMatchObject({ suspense: 0n, gateway_fees: -10_000n });
});

test('a large sum takes two people who want the same', async () => {
  const id = await world.paid('6000.00');
  await world.plant({ kind: 'missing', reference: id });
  const [finding] = await world.run();
  const [one, other] = [staff(), staff()];
  const decided = { action: 'write_off', reason: 'the gateway has lost it' } as const;
  expect(await world.payments.decideFinding(one, finding!.id, decided)).toMatchObject({ status: 'proposed' });
  const again = world.payments.decideFinding(one, finding!.id, decided);
  await expect(again).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await world.balances()).toMatchObject({ suspense: -600_000n });
  expect(await world.payments.decideFinding(other, finding!.id, decided)).toMatchObject({ resolution: 'write_off' });
  expect(await world.balances()).toMatchObject({ suspense: 0n });
});

test('a report tells what the statement held and what is open, as a table too', async () => {
  await world.paid('100.00');
  await world.plant({ kind: 'unknown', amount: '70.00', currency: 'THB' });
  await world.run();
  const { runs } = await world.payments.listReconciliations({ gateway: 'omise', limit: 10 });
  const run = runs.find(({ findings }) => findings === 1)!;
  expect(run.totals).toContainEqual(expect.objectContaining({ currency: 'THB', what: 'charge', lines: 2 }));
  const table = await world.payments.exportReconciliation(run.id as ReconciliationRunId);
  expect(table).toContain('finding,omise');
  const { findings } = await world.payments.listFindings({ status: 'open', limit: 10 });
  expect(findings).toMatchObject([{ kind: 'missing_in_ledger', ours: null, theirs: { currency: 'THB' } }]);
});

test('a look from within finds sums right, and a balance that somebody has changed by hand', async () => {
  await world.paid('100.00');
  const look = makeLookAtLedger({ databases: world.db.databases, log: quietLog });
  const right = { wrongAccounts: 0, wrongHolds: 0, wrongCurrencies: 0 };
  expect(await look()).toMatchObject(right);
  await world.paid('50.00');
  expect(await look()).toMatchObject(right);

  const change = async (by: number) =>
    await asSuperuser(
      world.db.ownerUrl,
      `UPDATE payments.accounts SET balance = balance + ${by} WHERE id = '${world.walletId}'`,
    );
  await change(1);
  expect(await look()).toMatchObject({ wrongAccounts: 1, wrongCurrencies: 1 });
  await change(-1);
  expect(await look()).toMatchObject(right);
});
