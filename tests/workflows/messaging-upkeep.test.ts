import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MessagingActivities } from '#activities/messaging/activities.ts';
import { KeyCareWorkflow, type KeyWalk, MessageRetention, type PurgePlace } from '#shared/workflows/messaging.ts';
import { timeSkippingEnv, withWorkers } from '#tests/harness/temporal.ts';
import { keepHistory } from '#tests/histories/keep-history.ts';
import type { keyCare, messageRetention } from '#workflows/messaging/index.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await timeSkippingEnv();
});
afterAll(async () => {
  await env.teardown();
});

const nothing: MessagingActivities = {
  purgeMessages: async () => ({ purged: 0, next: undefined }),
  rotateWornKeys: async () => ({ rotated: 0, next: undefined }),
  rewrapKeys: async () => 0,
};

/** Steps that purge ten each, `count` of them; what each was asked is kept. */
function purging(count: number, fail: (asked: number) => boolean = () => false) {
  const asked: (PurgePlace | undefined)[] = [];
  const activities: MessagingActivities = {
    ...nothing,
    purgeMessages: async (place) => {
      asked.push(place);
      if (fail(asked.length)) throw ApplicationFailure.create({ type: 'UPSTREAM_UNAVAILABLE', message: 'away' });
      const step = Number(place?.after ?? 0) + 1;
      return {
        purged: 10,
        next: step === count ? undefined : { rule: 'dialog_retention', database: 0, after: String(step) },
      };
    },
  };
  return { asked, activities };
}

type Story = typeof messageRetention | typeof keyCare;

async function run<S extends Story>(
  type: string,
  workflowId: string,
  activities: MessagingActivities,
  keptAs?: string,
) {
  return await withWorkers(env, { domain: 'messaging', activities: { messaging: activities } }, async () => {
    const started = await env.client.workflow.start<S>(type, {
      workflowId,
      taskQueue: 'messaging',
      args: [{}] as Parameters<S>,
    });
    const result = await started.result();
    if (keptAs !== undefined) await keepHistory(env.client, { domain: 'messaging', name: keptAs, workflowId });
    return result;
  });
}

test('a purge goes on where the last step stopped, also after a step that failed', async () => {
  const { asked, activities } = purging(3, (count) => count === 2);
  const outcome = await run<typeof messageRetention>(MessageRetention.type, 'retention-1', activities, 'purged');
  expect(outcome).toEqual({ purged: 30 });
  expect(asked.map((place) => place?.after)).toEqual([undefined, '1', '1', '2']);
});

test('a purge waits while the database is away, and begins anew before its history is long', async () => {
  const { asked, activities } = purging(1_100, (count) => count > 5 && count < 20);
  const outcome = await run<typeof messageRetention>(MessageRetention.type, 'retention-2', activities);
  expect(outcome).toEqual({ purged: 11_000 });
  expect(new Set(asked.map((place) => place?.after)).size).toBe(1_100);
  const history = await env.client.workflow.getHandle('retention-2').fetchHistory();
  expect(history.events?.length).toBeLessThan(4_000);
  expect(history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId).not.toBe('');
});

test('keys are wrapped anew until none is left, and then every dialog is looked at once', async () => {
  let toRewrap = 250;
  const walks: (KeyWalk | undefined)[] = [];
  const outcome = await run<typeof keyCare>(
    KeyCareWorkflow.type,
    'keys-1',
    {
      ...nothing,
      rewrapKeys: async () => {
        const count = Math.min(100, toRewrap);
        toRewrap -= count;
        return count;
      },
      rotateWornKeys: async (walk) => {
        walks.push(walk);
        const step = Number(walk?.after ?? 0) + 1;
        return { rotated: 1, next: step === 4 ? undefined : { database: 0, after: String(step) } };
      },
    },
    'rewrapped-and-rotated',
  );
  expect(outcome).toEqual({ rotated: 4, rewrapped: 250 });
  expect(walks.map((walk) => walk?.after)).toEqual([undefined, '1', '2', '3']);
});
