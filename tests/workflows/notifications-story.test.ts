import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import type { NotificationId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { HOUR, MINUTE } from '#shared/time.ts';
import { workflowId } from '#shared/workflows/command.ts';
import {
  CHANGE_STEPS_UPDATE,
  type FallingBack,
  NotificationStory,
  type NotificationStoryInput,
  type NotificationStoryOutcome,
  STORY_ENDED_SIGNAL,
} from '#shared/workflows/notification-story.ts';
import { timeSkippingEnv, withWorkers } from '#tests/harness/temporal.ts';
import { keepHistory } from '#tests/histories/keep-history.ts';
import { quietTemporal } from './quiet-temporal.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  quietTemporal();
  env = await timeSkippingEnv();
});
afterAll(() => env.teardown());

const STEPS: NotificationStoryInput['steps'] = [
  { type: 'sms', afterMs: 5 * MINUTE },
  { type: 'email', afterMs: 30 * MINUTE },
];

type Handle = Awaited<ReturnType<typeof start>>;

async function start(beginsInMs: number) {
  const notificationId = newId<NotificationId>('TH');
  const beginsAt = new Date((await env.currentTimeMs()) + beginsInMs).toISOString();
  return await env.client.workflow.start(NotificationStory.type, {
    workflowId: workflowId(NotificationStory, notificationId),
    taskQueue: NotificationStory.taskQueue,
    args: [{ notificationId, beginsAt, steps: STEPS }],
  });
}

type Playing = {
  /** What each way comes to; the last again and again. */
  readonly answers?: readonly (FallingBack | 'away')[];
  readonly beginsInMs?: number;
  readonly meanwhile?: (handle: Handle) => Promise<void>;
  /** The name that its history is kept under when histories are recorded. */
  readonly keptAs?: string;
};

async function run({ answers = ['followed'], beginsInMs = 0, meanwhile, keptAs }: Playing) {
  const taken: string[] = [];
  let calls = 0;
  const steps = {
    fallBack: async ({ type }: { readonly type: string }): Promise<FallingBack> => {
      const answer = answers[Math.min(calls++, answers.length - 1)]!;
      if (answer === 'away') throw new AppError('UPSTREAM_UNAVAILABLE');
      taken.push(type);
      return answer;
    },
  };
  return await withWorkers(env, { domain: 'notifications', activities: { notifications: steps } }, async () => {
    const handle = await start(beginsInMs);
    await meanwhile?.(handle);
    const { outcome } = (await handle.result()) as NotificationStoryOutcome;
    if (keptAs !== undefined && process.env['RECORD_HISTORIES'] === '1') {
      await keepHistory(env.client, { domain: 'notifications', name: keptAs, workflowId: handle.workflowId });
    }
    const { startTime, closeTime } = await handle.describe();
    return { outcome, taken, tookMs: closeTime!.getTime() - startTime.getTime() };
  });
}

test('while nobody can be told, the step is tried again and the next one waits for it', async () => {
  const { outcome, taken } = await run({ answers: ['away', 'away', 'followed', 'followed'], keptAs: 'store-away' });
  expect({ outcome, taken }).toEqual({ outcome: 'all_ways_taken', taken: ['sms', 'email'] });
});

test('what nobody reads is told by one way after the other, each after its time', async () => {
  const { outcome, taken, tookMs } = await run({ keptAs: 'never-read' });
  expect({ outcome, taken }).toEqual({ outcome: 'all_ways_taken', taken: ['sms', 'email'] });
  expect(tookMs).toBeGreaterThanOrEqual(35 * MINUTE);
});

test('the waiting begins when the first way is taken, however far ahead that is', async () => {
  const { tookMs } = await run({ beginsInMs: 9 * HOUR, keptAs: 'begins-in-the-morning' });
  expect(tookMs).toBeGreaterThanOrEqual(9 * HOUR + 34 * MINUTE);
});

test('whoever reads it in time hears nothing more', async () => {
  const meanwhile = async (handle: Handle) => await handle.signal(STORY_ENDED_SIGNAL, { reason: 'read' });
  const { outcome, taken } = await run({ meanwhile, keptAs: 'read-in-time' });
  expect({ outcome, taken }).toEqual({ outcome: 'read', taken: [] });
});

test('what is taken back is not told by any other way, and a second end changes nothing', async () => {
  const meanwhile = async (handle: Handle) => {
    await handle.signal(STORY_ENDED_SIGNAL, { reason: 'cancelled' });
    await handle.signal(STORY_ENDED_SIGNAL, { reason: 'read' });
  };
  expect(await run({ meanwhile, keptAs: 'cancelled' })).toMatchObject({ outcome: 'over', taken: [] });
});

test('a signal that was lost is no matter: before each way it is asked whether it was read', async () => {
  expect(await run({ answers: ['read'], keptAs: 'found-read' })).toMatchObject({ outcome: 'read', taken: ['sms'] });
});

test('what follows can be changed while it waits, within bounds', async () => {
  const meanwhile = async (handle: Handle) => {
    const change = (afterMs: number) =>
      handle.executeUpdate(CHANGE_STEPS_UPDATE, { args: [[{ type: 'email', afterMs }]] });
    await expect(change(0)).rejects.toThrow();
    await change(MINUTE);
  };
  expect(await run({ meanwhile, keptAs: 'changed' })).toMatchObject({ outcome: 'all_ways_taken', taken: ['email'] });
});
