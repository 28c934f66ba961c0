import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makePaymentActivities } from '#activities/payments/activities.ts';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';
import type { OrderId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { SettlementRun, type SettlementRunInput } from '#shared/workflows/settlement-run.ts';
import { engines } from '#tests/harness/engines.ts';
import { keepHistory } from '#tests/histories/keep-history.ts';
import { openOrder, type OrderScene } from '#tests/integration/payments/open-order.ts';
import { ensureBundle } from '#workers/workflow-bundles.ts';
import { quietTemporal } from './quiet-temporal.ts';

const closing = new AsyncDisposableStack();
let env: TestWorkflowEnvironment;
let here: OrderScene;
let taskQueue: string;
/** Steps that fail after their effect, as of a worker that dies before it can say so. */
let lostAnswers = 0;

beforeAll(async () => {
  quietTemporal();
  env = await TestWorkflowEnvironment.createFromExistingServer({ address: engines.temporal });
  closing.defer(() => env.teardown());
  here = closing.use(await openOrder({ inRuns: true, fees: 'standard' }));
  taskQueue = `t${newId('core').slice(-8)}-payments`;
  const { path } = await ensureBundle('payments', join(cacheFolder(process.env), 'bundles'));
  const activities = makePaymentActivities(here);
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue,
    workflowBundle: { codePath: path },
    activities: {
      ...activities,
      runSettlements: async (from: SettlementRunInput) => {
        const done = await activities.runSettlements(from);
        if (lostAnswers-- > 0) throw new Error('the answer was lost');
        return done;
      },
    },
  });
  const running = worker.run();
  closing.defer(async () => {
    worker.shutdown();
    await running;
  });
});

afterAll(() => closing.disposeAsync());

test('a run whose first answer is lost pays each merchant once', async () => {
  const orders = Array.from({ length: 3 }, () => newId<OrderId>('core'));
  for (const orderId of orders) {
    await here.pay({ orderId, amount: '100.00' });
    await here.payments.settleOrder({ orderId });
  }
  lostAnswers = 1;
  const workflowId = `settlement-run-${newId('core')}`;
  const handle = await env.client.workflow.start(SettlementRun.type, { workflowId, taskQueue, args: [{}] });
  await handle.result();
  expect((await here.wallet(here.merchant)).balance).toBe('290.37');
  expect((await here.payments.listSettlements(here.merchant, { limit: 10 })).settlements).toMatchObject([
    { orders: 3 },
  ]);
  expect((await here.verify()).findings).toEqual([]);
  if (process.env['RECORD_HISTORIES'] !== '1') return;
  await keepHistory(env.client, { domain: 'payments', name: 'settlement-run', workflowId });
});
