import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makePaymentActivities } from '#activities/payments/activities.ts';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';
import type { DisputeId, OrderId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { DAY } from '#shared/time.ts';
import {
  DISPUTE_CHANGED,
  type DisputeChangedSignal,
  type DisputeEnd,
  DisputeWorkflow,
} from '#shared/workflows/dispute.ts';
import { timeSkippingEnv } from '#tests/harness/temporal.ts';
import { keepHistory } from '#tests/histories/keep-history.ts';
import { openOrder, type OrderScene } from '#tests/integration/payments/open-order.ts';
import { newKey } from '#tests/integration/payments/open-payments.ts';
import { ensureBundle } from '#workers/workflow-bundles.ts';
import { quietTemporal } from './quiet-temporal.ts';

// On this server days pass in a moment, but only while a test waits for a workflow's end.

const closing = new AsyncDisposableStack();
let env: TestWorkflowEnvironment;
let here: OrderScene;
let taskQueue: string;

beforeAll(async () => {
  quietTemporal();
  env = await timeSkippingEnv();
  closing.defer(() => env.teardown());
  here = closing.use(await openOrder());
  taskQueue = `t${newId('core').slice(-8)}-payments`;
  const { path } = await ensureBundle('payments', join(cacheFolder(process.env), 'bundles'));
  const activities = makePaymentActivities(here);
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue,
    workflowBundle: { codePath: path },
    activities: {
      ...activities,
      escalateDispute: async (asked: { disputeId: string }) => {
        // The server's days are to pass for the service, too.
        here.pass(3 * DAY);
        return await activities.escalateDispute(asked);
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

/** A dispute of 100.00 and its workflow. */
async function disputed() {
  const orderId = newId<OrderId>('core');
  const transactionId = await here.pay({ orderId, amount: '100.00' });
  const asked = { transactionId, reason: 'not_received', amount: undefined, text: undefined } as const;
  const { id } = await here.payments.openDispute(here.customer, asked, newKey());
  const input = { disputeId: id, answerWithinMs: 3 * DAY, reviewWithinMs: 2 * DAY };
  const workflowId = `dispute-${id}`;
  const handle = await env.client.workflow.start(DisputeWorkflow.type, { workflowId, taskQueue, args: [input] });
  return {
    id: id as DisputeId,
    orderId,
    result: async () => (await handle.result()) as DisputeEnd,
    hear: (status: DisputeChangedSignal['status']) =>
      handle.signal<[DisputeChangedSignal]>(DISPUTE_CHANGED, { status }),
    keep: async (name: string) => {
      if (process.env['RECORD_HISTORIES'] === '1') {
        await keepHistory(env.client, { domain: 'payments', name, workflowId });
      }
    },
  };
}

test('a merchant who does not answer in time gives everything back', async () => {
  const { balance } = await here.wallet(here.customer);
  const { id, orderId, result, keep } = await disputed();
  expect(await result()).toEqual({ status: 'resolved' });
  expect(await here.payments.getDispute(here.customer, id)).toMatchObject({
    outcome: 'customer',
    decided_by: 'deadline',
    refunded_amount: '100.00',
  });
  expect(await here.payments.settleOrder({ orderId })).toBe('refunded');
  expect((await here.wallet(here.customer)).balance).toBe(balance);
  await keep('dispute-unanswered');
});

test('a dispute that is taken back ends its workflow, and the merchant is paid', async () => {
  const { id, orderId, result, hear, keep } = await disputed();
  const { status } = await here.payments.withdrawDispute(here.customer, id);
  await hear(status);
  expect(await result()).toEqual({ status: 'withdrawn' });
  expect(await here.payments.settleOrder({ orderId })).toBe('settled');
  await keep('dispute-withdrawn');
});

test('a contested dispute is escalated until ops decide it', async () => {
  const { id, result, hear, keep } = await disputed();
  const reviewer = here.someone();
  await hear((await here.payments.answerDispute(here.merchant, id, { answer: 'contest', text: undefined })).status);
  const ended = result();
  await vi.waitFor(
    async () => expect((await here.payments.getDispute(here.merchant, id)).escalations).toBeGreaterThan(0),
    { timeout: 10_000 },
  );
  const { status } = await here.payments.decideDispute(reviewer, id, { outcome: 'merchant', amount: undefined });
  await hear(status);
  expect(await ended).toEqual({ status: 'resolved' });
  expect((await here.verify()).findings).toEqual([]);
  await keep('dispute-escalated');
});
