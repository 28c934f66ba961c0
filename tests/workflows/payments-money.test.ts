import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makePaymentActivities } from '#activities/payments/activities.ts';
import { openPostgresBus } from '#infrastructure/events/postgres-bus.ts';
import { startRelay } from '#infrastructure/events/relay.ts';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';
import { makeWorkflowDriver } from '#infrastructure/temporal/workflow-driver.ts';
import type { TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { workflowId } from '#shared/workflows/command.ts';
import { type DepositOutcome, DepositWorkflow } from '#shared/workflows/deposit.ts';
import { paymentsTrigger } from '#shared/workflows/payments.ts';
import { engines } from '#tests/harness/engines.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { keepHistory } from '#tests/histories/keep-history.ts';
import { openDeposit, type DepositScene } from '#tests/integration/payments/open-deposit.ts';
import { ensureBundle } from '#workers/workflow-bundles.ts';
import { quietTemporal } from './quiet-temporal.ts';

// Request, outbox, relay, workflow, gateway, webhook, ledger: as the cluster runs them, on the real engines.

const WITHIN = { timeout: 10_000 };
const closing = new AsyncDisposableStack();
let here: DepositScene;
let env: TestWorkflowEnvironment;

beforeAll(async () => {
  quietTemporal();
  env = await TestWorkflowEnvironment.createFromExistingServer({ address: engines.temporal });
  closing.defer(() => env.teardown());
  here = closing.use(await openDeposit());
  const taskQueuePrefix = `t${newId('core').slice(-8)}-`;
  const { path } = await ensureBundle('payments', join(cacheFolder(process.env), 'bundles'));
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: taskQueuePrefix + DepositWorkflow.taskQueue,
    workflowBundle: { codePath: path },
    activities: makePaymentActivities(here),
  });
  const running = worker.run();
  closing.defer(async () => {
    worker.shutdown();
    await running;
  });
  const { database } = here.db;
  const bus = openPostgresBus({ database, log: quietLog });
  closing.defer(() => bus.close());
  bus.subscribe(makeWorkflowDriver({ client: env.client, triggers: [paymentsTrigger], taskQueuePrefix }));
  const relay = startRelay({ database, log: quietLog, onMoved: () => bus.wake() });
  closing.defer(() => relay.stop());
});

afterAll(() => closing.disposeAsync());

/** How the workflow of a deposit ended. The relay may not have started it yet. */
async function outcomeOf(id: TransactionId): Promise<DepositOutcome> {
  const handle = env.client.workflow.getHandle(workflowId(DepositWorkflow, id));
  await vi.waitFor(() => handle.describe(), WITHIN);
  return (await handle.result()) as DepositOutcome;
}

/** Waits for the charge that the workflow makes. */
async function charged(id: TransactionId): Promise<void> {
  await vi.waitFor(async () => expect(await here.charges(id)).toHaveLength(1), WITHIN);
}

/** Hands the next webhook over, as the front would. */
async function hearNext(times = 1): Promise<void> {
  const [webhook] = await here.webhooks(1);
  await Promise.all(Array.from({ length: times }, () => here.hear(webhook!)));
}

async function keep(id: TransactionId, name: string): Promise<void> {
  if (process.env['RECORD_HISTORIES'] !== '1') return;
  await keepHistory(env.client, { domain: 'payments', name, workflowId: workflowId(DepositWorkflow, id) });
}

test('a payer who is declined leaves the wallet as it was', async () => {
  const { id } = await here.request();
  await charged(id);
  await here.control(`/sandbox/charges/${id}/fail`);
  await hearNext();
  expect(await outcomeOf(id)).toEqual({ status: 'failed' });
  expect(await here.wallet(here.caller)).toMatchObject({ balance: '0.00' });
  await keep(id, 'declined');
});

test('a deposit is charged, paid and credited once, though its webhook comes ten times', async () => {
  const { balance } = await here.wallet(here.caller);
  expect(balance).toBe('0.00');
  const { id } = await here.request();
  await charged(id);
  await here.control(`/sandbox/charges/${id}/settle`);
  await hearNext(10);
  expect(await outcomeOf(id)).toEqual({ status: 'completed' });
  expect(await here.wallet(here.caller)).toMatchObject({ balance: '100.00' });
  expect(await here.charges(id)).toMatchObject([{ status: 'successful', attempts: 1 }]);
  expect((await here.verify()).findings).toEqual([]);
  await keep(id, 'paid');
});

test('a gateway that fails, then loses its answer, is charged once in the end', async () => {
  const before = Number((await here.wallet(here.caller)).balance);
  await here.control('/sandbox/faults', { target: 'omise', kind: 'error', count: 1 });
  await here.control('/sandbox/faults', { target: 'omise', kind: 'reset_after_commit', count: 1 });
  const { id } = await here.request();
  await charged(id);
  await here.control(`/sandbox/charges/${id}/settle`);
  await hearNext();
  expect(await outcomeOf(id)).toEqual({ status: 'completed' });
  expect(await here.charges(id)).toHaveLength(1);
  expect(Number((await here.wallet(here.caller)).balance)).toBe(before + 100);
  await keep(id, 'gateway-unsure');
});
