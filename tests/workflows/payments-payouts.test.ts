import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TransactionStatus } from '#shared/contracts/payments/transaction.ts';
import { AppError } from '#shared/errors.ts';
import type { TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { DAY, MINUTE } from '#shared/time.ts';
import { workflowId } from '#shared/workflows/command.ts';
import { PAYOUT_REPORTED, type PayoutOutcome, RefundWorkflow, WithdrawalWorkflow } from '#shared/workflows/payout.ts';
import { timeSkippingEnv, withWorkers } from '#tests/harness/temporal.ts';
import { keepHistory } from '#tests/histories/keep-history.ts';
import { quietTemporal } from './quiet-temporal.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  quietTemporal();
  env = await timeSkippingEnv();
});
afterAll(async () => {
  await env.teardown();
});

type Step = 'sendPayout' | 'checkPayout';
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
  return { taken, steps: { sendPayout: step('sendPayout'), checkPayout: step('checkPayout') } };
}

describe.each([WithdrawalWorkflow, RefundWorkflow])('the story of a $type', (kind) => {
  type Handle = Awaited<ReturnType<typeof env.client.workflow.start>>;

  /** Runs one to its end; answers its outcome and how many milliseconds of its own time it took. */
  async function run(steps: object, keptAs?: string, meanwhile?: (handle: Handle) => Promise<void>) {
    return await withWorkers(env, { domain: 'payments', activities: { payments: steps } }, async () => {
      const transactionId = newId<TransactionId>('core');
      const handle = await env.client.workflow.start(kind.type, {
        workflowId: workflowId(kind, transactionId),
        taskQueue: kind.taskQueue,
        args: [{ transactionId }],
      });
      await meanwhile?.(handle);
      const outcome = (await handle.result()) as PayoutOutcome;
      if (keptAs !== undefined && process.env['RECORD_HISTORIES'] === '1') {
        const name = `${kind.type}-${keptAs}`;
        await keepHistory(env.client, { domain: 'payments', name, workflowId: handle.workflowId });
      }
      const { startTime, closeTime } = await handle.describe();
      return { outcome, tookMs: closeTime!.getTime() - startTime.getTime() };
    });
  }

  test('a gateway that stays away for a day is asked until it tells', async () => {
    const away = Array<Answer>(80).fill('away');
    const { taken, steps } = scripted({ sendPayout: ['away'], checkPayout: [...away, 'processing', 'completed'] });
    const { outcome, tookMs } = await run(steps, 'gateway-away');
    expect(outcome).toEqual({ status: 'completed' });
    expect(tookMs).toBeGreaterThan(DAY / 2);
    expect(taken.filter((step) => step === 'sendPayout')).toHaveLength(3);
  });

  test('a decline is final', async () => {
    const { taken, steps } = scripted({ sendPayout: ['failed'], checkPayout: [] });
    expect((await run(steps, 'declined')).outcome).toEqual({ status: 'failed' });
    expect(taken).toEqual(['sendPayout']);
  });

  test('a bank that says no after days ends it, at growing intervals of asking', async () => {
    const waiting = Array<Answer>(60).fill('processing');
    const { taken, steps } = scripted({ sendPayout: ['processing'], checkPayout: [...waiting, 'failed'] });
    const { outcome, tookMs } = await run(steps, 'refused-later');
    expect(outcome).toEqual({ status: 'failed' });
    expect(tookMs).toBeGreaterThan(2 * DAY);
    expect(taken).toHaveLength(62);
  });

  test('the report of the gateway ends the wait, also one that comes before the payout was answered', async () => {
    const { taken, steps } = scripted({ sendPayout: ['processing'], checkPayout: ['completed'] });
    const { outcome, tookMs } = await run(steps, 'reported', (handle) =>
      handle.signal(PAYOUT_REPORTED, { reportId: 'evnt_1' }),
    );
    expect(outcome).toEqual({ status: 'completed' });
    expect(tookMs).toBeLessThan(MINUTE / 4);
    expect(taken).toEqual(['sendPayout', 'checkPayout']);
  });
});
