import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { vi } from 'vitest';
import { makePaymentActivities, type PaymentActivities } from '#activities/payments/activities.ts';
import { openPostgresBus } from '#infrastructure/events/postgres-bus.ts';
import { startRelay } from '#infrastructure/events/relay.ts';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';
import { makeWorkflowDriver } from '#infrastructure/temporal/workflow-driver.ts';
import type { TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { paymentsTrigger } from '#shared/workflows/payments.ts';
import { type PayoutOutcome, WithdrawalWorkflow } from '#shared/workflows/payout.ts';
import { payoutsTrigger } from '#shared/workflows/payouts.ts';
import { engines } from '#tests/harness/engines.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { ensureBundle } from '#workers/workflow-bundles.ts';
import type { TestPayments } from '#tests/integration/payments/open-payments.ts';

/** What comes between a worker and the steps that it takes. */
export type Between = (steps: PaymentActivities) => PaymentActivities;

const WITHIN = { timeout: 10_000 };

/**
 * Outbox, relay, driver, workflow and ledger, as the cluster runs them, on the real engines. Nothing is cached: every
 * workflow task replays the whole history, as after a crash.
 */
export async function openPayoutsWorld(
  here: Pick<TestPayments, 'payments' | 'db'>,
  between: Between = (steps) => steps,
) {
  const closing = new AsyncDisposableStack();
  const env = await TestWorkflowEnvironment.createFromExistingServer({ address: engines.temporal });
  closing.defer(() => env.teardown());
  const taskQueuePrefix = `t${newId('core').slice(-8)}-`;
  const { path } = await ensureBundle('payments', join(cacheFolder(process.env), 'bundles'));
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: taskQueuePrefix + WithdrawalWorkflow.taskQueue,
    workflowBundle: { codePath: path },
    maxCachedWorkflows: 0,
    activities: between(makePaymentActivities(here)),
  });
  const running = worker.run();
  closing.defer(async () => {
    worker.shutdown();
    await running;
  });
  const { database } = here.db;
  const bus = openPostgresBus({ database, log: quietLog });
  closing.defer(() => bus.close());
  const triggers = [paymentsTrigger, payoutsTrigger];
  bus.subscribe(makeWorkflowDriver({ client: env.client, triggers, taskQueuePrefix }));
  const relay = startRelay({ database, log: quietLog, onMoved: () => bus.wake() });
  closing.defer(() => relay.stop());

  return {
    /** How the workflow of a transaction ended. The relay may not have started it yet. */
    outcomeOf: async (id: TransactionId): Promise<PayoutOutcome> => {
      const handle = env.client.workflow.getHandle(`payment-${id}`);
      await vi.waitFor(() => handle.describe(), WITHIN);
      return (await handle.result()) as PayoutOutcome;
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
