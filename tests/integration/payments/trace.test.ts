import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeTraceRecords } from '#infrastructure/trace/records.ts';
import type { WorkflowState } from '#services/payments/reconciliation/ports.ts';
import { makeTraceMoney } from '#services/payments/trace/trace-money.ts';
import { tracePage } from '#services/payments/trace/trace-page.ts';
import type { Caller } from '#shared/caller.ts';
import type { TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { openReconciliation, type OpenReconciliation } from './open-reconciliation.ts';

let world: OpenReconciliation;
let auditor: Caller;
let trace: ReturnType<typeof makeTraceMoney>;
let id: TransactionId;
let state: WorkflowState;

beforeEach(async () => {
  world = await openReconciliation();
  state = { state: 'completed', type: 'deposit', runId: 'run', link: 'http://127.0.0.1:8233/one' };
  auditor = { ...world.someone(), role: 'auditor' };
  trace = makeTraceMoney({
    databases: world.db.databases,
    outbox: world.db.outbox,
    workflows: { stateOf: async () => state, runningSince: async () => [] },
    traceRecords: makeTraceRecords(world.db.databases),
  });
  id = (await world.paid('100.00')) as TransactionId;
  await world.run();
});
afterEach(() => world[Symbol.asyncDispose]());

test('what has to do with no payment is absent, and nobody is written down for it', async () => {
  const before = (await world.written()).length;
  for (const nothing of [newId('core'), 'chrg_test_nothing', "x' OR '1'='1"]) {
    await expect(trace(auditor, nothing)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  expect((await world.written()).length).toBe(before);
});

test('a deposit is told from its request to the statement of its gateway', async () => {
  const { transactions, events, orders } = await trace(auditor, id);
  expect(orders).toEqual([]);
  expect(transactions).toMatchObject([
    {
      id,
      type: 'deposit',
      status: 'completed',
      amount: '100.00',
      history: [{ status: 'pending' }, { status: 'completed', actor: 'omise' }],
      transfers: [{ kind: 'deposit', entries: [expect.anything(), expect.anything()] }],
      gateway: {
        name: 'omise',
        method: 'promptpay',
        object_id: expect.stringMatching(/^chrg_/),
        reports: [{ status: 'paid' }],
        statement_lines: [{ kind: 'charge', amount: '100.00' }],
      },
      workflow: { id: `payment-${id}`, state: 'completed', link: 'http://127.0.0.1:8233/one' },
      requests: [{ call: 'createDeposit', status: 201 }],
      findings: [],
    },
  ]);
  expect(events.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['payments.deposit_requested', 'payments.transaction_updated', 'payments.charge_reported']),
  );
});

test('the same is found by the charge, by the workflow and in capitals', async () => {
  const charge = (await trace(auditor, id)).transactions[0]!.gateway!.object_id!;
  for (const name of [charge, `payment-${id}`, id.toUpperCase()]) {
    expect((await trace(auditor, name)).transactions.map((one) => one.id)).toEqual([id]);
  }
});

test('a Temporal that is away leaves everything else to be read', async () => {
  state = { state: 'unknown' };
  const [one] = (await trace(auditor, id)).transactions;
  expect(one).toMatchObject({ status: 'completed', workflow: { state: 'unknown', link: null } });
});

test('whoever looks is written down', async () => {
  const looked = async () =>
    (await world.written()).filter(
      ({ data }) => data['action'] === 'payments.traced' && data['actor'] === auditor.userId,
    );
  const before = (await looked()).length;
  await trace(auditor, id);
  expect(await looked()).toHaveLength(before + 1);
});

test('the page tells the same, and runs nothing', async () => {
  const page = tracePage(await trace(auditor, id));
  expect(page).toContain(id);
  expect(page).toContain('name="viewport"');
  expect(page).not.toContain('<script');
});
