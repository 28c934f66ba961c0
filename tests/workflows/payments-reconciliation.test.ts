import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { newId } from '#shared/new-id.ts';
import { workflowId } from '#shared/workflows/command.ts';
import {
  type ReconcileDueOutcome,
  ReconcileDueWorkflow,
  type ReconciliationInput,
  type ReconciliationOutcome,
  ReconciliationWorkflow,
} from '#shared/workflows/reconciliation.ts';
import { timeSkippingEnv, withWorkers } from '#tests/harness/temporal.ts';
import { keepHistory } from '#tests/histories/keep-history.ts';
import { quietTemporal } from './quiet-temporal.ts';

const DAY = '2026-11-23';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  quietTemporal();
  env = await timeSkippingEnv();
});
afterAll(async () => {
  await env.teardown();
});

type Taken = readonly [step: string, at?: string];
type Next = { readonly next?: string };

/** A gateway with a statement of so many pages, and the steps that are taken. */
function scripted({ pages = 1, away = 0, due = [] as readonly ReconciliationInput[] } = {}) {
  const taken: Taken[] = [];
  let failures = away;
  const once = (step: string) => async () => {
    taken.push([step]);
    return { more: taken.filter(([name]) => name === step).length < 2 };
  };
  return {
    taken,
    steps: {
      dueReconciliations: async () => due,
      loadStatementPage: async ({ cursor = '0' }: { cursor?: string }): Promise<Next> => {
        if (failures-- > 0) throw new AppError('UPSTREAM_UNAVAILABLE');
        taken.push(['page', cursor]);
        const next = Number(cursor) + 1;
        return next < pages ? { next: next.toString() } : {};
      },
      judgeLines: once('lines'),
      judgeMovements: once('movements'),
      judgeWorkflows: async ({ after }: { after?: string }): Promise<Next> => {
        taken.push(['workflows', ...(after === undefined ? [] : [after])] as unknown as Taken);
        return after === undefined ? { next: 'a' } : {};
      },
      revisitFindings: async (): Promise<Next> => {
        taken.push(['findings']);
        return {};
      },
      closeReconciliation: async () => {
        taken.push(['close']);
        return { findings: 3 };
      },
    },
  };
}

async function reconcile(gateway: string, steps: object, keptAs?: string): Promise<ReconciliationOutcome> {
  return await withWorkers(env, { domain: 'payments', activities: { payments: steps } }, async () => {
    const handle = await env.client.workflow.start(ReconciliationWorkflow.type, {
      workflowId: workflowId(ReconciliationWorkflow, `${gateway}-${DAY}`),
      taskQueue: ReconciliationWorkflow.taskQueue,
      args: [{ gateway, day: DAY }],
    });
    const outcome = (await handle.result()) as ReconciliationOutcome;
    if (keptAs !== undefined && process.env['RECORD_HISTORIES'] === '1') {
      await keepHistory(env.client, { domain: 'payments', name: keptAs, workflowId: handle.workflowId });
    }
    return outcome;
  });
}

test('nothing is claimed before a gateway that is away has shown its whole statement', async () => {
  const { taken, steps } = scripted({ pages: 2, away: 5 });
  expect(await reconcile('away', steps, 'reconciled')).toEqual({ findings: 3 });
  expect(taken.map((one) => one.join(' '))).toEqual([
    'page 0',
    'page 1',
    'lines',
    'lines',
    'movements',
    'movements',
    'workflows',
    'workflows a',
    'findings',
    'close',
  ]);
});

test('a long statement is read in several runs, each page once', async () => {
  const { taken, steps } = scripted({ pages: 600 });
  expect(await reconcile('long', steps)).toEqual({ findings: 3 });
  const pages = taken.flatMap(([step, at]) => (step === 'page' ? [Number(at)] : []));
  expect(pages).toEqual(Array.from({ length: 600 }, (_, page) => page));
  const { raw } = await env.client.workflow.getHandle(`reconciliation-long-${DAY}`).describe();
  expect(Number(raw.workflowExecutionInfo?.historyLength)).toBeLessThan(4_000);
});

test('what is due is started once for each gateway and day', async () => {
  const { steps } = scripted({
    due: [
      { gateway: 'one', day: DAY },
      { gateway: 'two', day: DAY },
    ],
  });
  await withWorkers(env, { domain: 'payments', activities: { payments: steps } }, async () => {
    const handle = await env.client.workflow.start(ReconcileDueWorkflow.type, {
      workflowId: workflowId(ReconcileDueWorkflow, newId('core')),
      taskQueue: ReconcileDueWorkflow.taskQueue,
      args: [{}],
    });
    const outcome = (await handle.result()) as ReconcileDueOutcome;
    expect(outcome.started).toEqual([`reconciliation-one-${DAY}`, `reconciliation-two-${DAY}`]);
    if (process.env['RECORD_HISTORIES'] === '1') {
      await keepHistory(env.client, { domain: 'payments', name: 'reconcile-due', workflowId: handle.workflowId });
    }
    for (const id of outcome.started) expect(await env.client.workflow.getHandle(id).result()).toEqual({ findings: 3 });
  });
});
