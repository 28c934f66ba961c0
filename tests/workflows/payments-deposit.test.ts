import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TransactionStatus } from '#shared/contracts/payments/transaction.ts';
import { AppError } from '#shared/errors.ts';
import type { TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { MINUTE } from '#shared/time.ts';
import { workflowId } from '#shared/workflows/command.ts';
import { CHARGE_REPORTED, type DepositOutcome, DepositWorkflow } from '#shared/workflows/deposit.ts';
import { timeSkippingEnv, withWorkers } from '#tests/harness/temporal.ts';
import { keepHistory } from '#tests/histories/keep-history.ts';
import { quietTemporal } from './quiet-temporal.ts';

const EXPIRES_AFTER_MS = 30 * MINUTE;

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  quietTemporal();
  env = await timeSkippingEnv();
});
afterAll(async () => {
  await env.teardown();
});

type Step = 'createCharge' | 'checkCharge' | 'expireCharge';
type Answer = TransactionStatus | 'away';

/** A gateway whose answers are told beforehand, step by step; the last one of a step is given again and again. */
function scripted(script: Readonly<Record<Step, readonly Answer[]>>) {
  const taken: Step[] = [];
  const step = (name: Step) => async (): Promise<TransactionStatus> => {
    const count = taken.filter((one) => one === name).length;
    taken.push(name);
    const answer = script[name][Math.min(count, script[name].length - 1)];
    if (answer === undefined) throw new Error(`${name} is not expected here`);
    if (answer === 'away') throw new AppError('UPSTREAM_UNAVAILABLE');
    return answer;
  };
  const steps = {
    createCharge: step('createCharge'),
    checkCharge: step('checkCharge'),
    expireCharge: step('expireCharge'),
  };
  return { taken, steps };
}

type Handle = Awaited<ReturnType<typeof start>>;

async function start() {
  const transactionId = newId<TransactionId>('core');
  return await env.client.workflow.start(DepositWorkflow.type, {
    workflowId: workflowId(DepositWorkflow, transactionId),
    taskQueue: DepositWorkflow.taskQueue,
    args: [{ transactionId, expiresAfterMs: EXPIRES_AFTER_MS }],
  });
}

type Playing = {
  /** What happens after the start. */
  readonly meanwhile?: (handle: Handle) => Promise<void>;
  /** The name that its history is kept under when histories are recorded. */
  readonly keptAs?: string;
};

/** Runs one deposit to its end; answers its outcome and how many milliseconds of its own time it took. */
async function run(steps: object, { meanwhile, keptAs }: Playing = {}) {
  return await withWorkers(env, { domain: 'payments', activities: { payments: steps } }, async () => {
    const handle = await start();
    await meanwhile?.(handle);
    const outcome = (await handle.result()) as DepositOutcome;
    if (keptAs !== undefined && process.env['RECORD_HISTORIES'] === '1') {
      await keepHistory(env.client, { domain: 'payments', name: keptAs, workflowId: handle.workflowId });
    }
    const { startTime, closeTime } = await handle.describe();
    return { outcome, tookMs: closeTime!.getTime() - startTime.getTime() };
  });
}

test("a gateway that stays away until the payer's time is over leaves the deposit to the last step, which is never given up", async () => {
  const { taken, steps } = scripted({
    createCharge: ['away'],
    checkCharge: ['away'],
    expireCharge: ['away', 'away', 'away', 'away', 'away', 'expired'],
  });
  const { outcome, tookMs } = await run(steps, { keptAs: 'gateway-away' });
  expect(outcome).toEqual({ status: 'expired' });
  expect(tookMs).toBeGreaterThanOrEqual(EXPIRES_AFTER_MS - MINUTE);
  expect(taken.filter((step) => step === 'expireCharge')).toHaveLength(6);
});

test('a charge that is declined at once ends the deposit', async () => {
  const { taken, steps } = scripted({ createCharge: ['failed'], checkCharge: [], expireCharge: [] });
  expect((await run(steps)).outcome).toEqual({ status: 'failed' });
  expect(taken).toEqual(['createCharge']);
});

test('a deposit that nobody pays is asked about at growing intervals, and expires in its time', async () => {
  const { taken, steps } = scripted({ createCharge: ['pending'], checkCharge: ['pending'], expireCharge: ['expired'] });
  const { outcome, tookMs } = await run(steps, { keptAs: 'expired' });
  expect(outcome).toEqual({ status: 'expired' });
  expect(tookMs).toBeGreaterThanOrEqual(EXPIRES_AFTER_MS);
  expect(tookMs).toBeLessThan(EXPIRES_AFTER_MS + MINUTE);
  expect(taken.filter((step) => step === 'checkCharge').length).toBeLessThan(15);
  expect(taken.at(-1)).toBe('expireCharge');
});

test('money that no webhook told of is found by asking', async () => {
  const { taken, steps } = scripted({
    createCharge: ['pending'],
    checkCharge: ['pending', 'away', 'away', 'completed'],
    expireCharge: [],
  });
  const { outcome, tookMs } = await run(steps, { keptAs: 'found-by-asking' });
  expect(outcome).toEqual({ status: 'completed' });
  expect(tookMs).toBeLessThan(5 * MINUTE);
  expect(taken.filter((step) => step === 'checkCharge')).toHaveLength(4);
});

test('the report of the gateway ends the wait, also one that comes before the charge was answered', async () => {
  const { taken, steps } = scripted({ createCharge: ['pending'], checkCharge: ['completed'], expireCharge: [] });
  const { outcome, tookMs } = await run(steps, {
    meanwhile: (handle) => handle.signal(CHARGE_REPORTED, { reportId: 'evnt_1' }),
  });
  expect(outcome).toEqual({ status: 'completed' });
  expect(tookMs).toBeLessThan(15_000);
  expect(taken).toEqual(['createCharge', 'checkCharge']);
});

test('a report that says how the deposit ended leaves nothing to ask', async () => {
  for (const status of ['completed', 'failed', 'expired'] as const) {
    const { taken, steps } = scripted({ createCharge: ['pending'], checkCharge: [], expireCharge: [] });
    const { outcome, tookMs } = await run(steps, {
      meanwhile: (handle) => handle.signal(CHARGE_REPORTED, { reportId: 'evnt_1', status }),
      ...(status === 'completed' ? { keptAs: 'ended-by-report' } : {}),
    });
    expect(outcome).toEqual({ status });
    expect(tookMs).toBeLessThan(15_000);
    expect(taken).toEqual(['createCharge']);
  }
});

test('a report of a deposit that is still open is asked about', async () => {
  const { taken, steps } = scripted({ createCharge: ['pending'], checkCharge: ['completed'], expireCharge: [] });
  const { outcome } = await run(steps, {
    meanwhile: (handle) => handle.signal(CHARGE_REPORTED, { reportId: 'evnt_1', status: 'pending' }),
  });
  expect(outcome).toEqual({ status: 'completed' });
  expect(taken).toEqual(['createCharge', 'checkCharge']);
});
