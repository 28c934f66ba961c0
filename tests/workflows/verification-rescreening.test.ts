import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RescreeningWorkflow, type RescreeningPlace } from '#shared/workflows/rescreening.ts';
import { timeSkippingEnv, withWorkers } from '#tests/harness/temporal.ts';
import { keepHistory } from '#tests/histories/keep-history.ts';
import type { rescreening } from '#workflows/verification/index.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await timeSkippingEnv();
});
afterAll(async () => {
  await env.teardown();
});

/** Steps that look for ten names each, `count` of them; what each was asked is kept. */
async function run(count: number, isAway: (asked: number) => boolean, workflowId: string, keptAs?: string) {
  const asked: (RescreeningPlace | undefined)[] = [];
  const rescreenBatch = async (place?: RescreeningPlace) => {
    asked.push(place);
    if (isAway(asked.length)) throw ApplicationFailure.create({ type: 'UPSTREAM_UNAVAILABLE', message: 'away' });
    const step = Number(place?.after ?? 0) + 1;
    return { screened: 10, hits: 1, next: step === count ? undefined : { database: 0, after: String(step) } };
  };
  const activities = { verification: { rescreenBatch } };
  const outcome = await withWorkers(env, { domain: 'verification', activities }, async () => {
    const started = await env.client.workflow.start<typeof rescreening>(RescreeningWorkflow.type, {
      workflowId,
      taskQueue: 'verification',
      args: [{}],
    });
    const result = await started.result();
    if (keptAs !== undefined) await keepHistory(env.client, { domain: 'verification', name: keptAs, workflowId });
    return result;
  });
  return { outcome, places: asked.map((place) => place?.after) };
}

test('a search goes on where the last step stopped, also after a step that failed', async () => {
  const { outcome, places } = await run(3, (asked) => asked === 2, 'rescreening-1', 'rescreened');
  expect(outcome).toEqual({ screened: 30, hits: 3 });
  expect(places).toEqual([undefined, '1', '1', '2']);
});

test('a search of many names begins anew before its history is long', async () => {
  const { outcome, places } = await run(1_100, () => false, 'rescreening-2');
  expect(outcome).toEqual({ screened: 11_000, hits: 1_100 });
  expect(new Set(places).size).toBe(1_100);
  const history = await env.client.workflow.getHandle('rescreening-2').fetchHistory();
  expect(history.events?.length).toBeLessThan(4_000);
});
