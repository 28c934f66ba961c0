import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeCaseStories } from '#infrastructure/temporal/case-stories.ts';
import type { CaseId } from '#shared/ids.ts';
import { CASE_ANSWERED_UPDATE, CASE_WITHDRAW_UPDATE } from '#shared/workflows/case.ts';
import { engines } from '#tests/harness/engines.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { NUMBERS, submission } from '#tests/integration/verification/open-verification.ts';
import { type CaseWorld, openCaseWorld } from './case-world.ts';
import { quietTemporal } from './quiet-temporal.ts';

// What an applicant asks of a case, as Updates of its workflow, on the real server. Nobody signals here: what a story has
// heard, it has heard by the Update.

let env: TestWorkflowEnvironment;
let world: CaseWorld;
beforeAll(async () => {
  quietTemporal();
  env = await TestWorkflowEnvironment.createFromExistingServer({ address: engines.temporal });
  world = await openCaseWorld(env);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await env.teardown();
});

async function inState(id: CaseId, state: string): Promise<void> {
  await vi.waitFor(async () => expect(await world.view(id)).toMatchObject({ state }), { timeout: 20_000 });
}

/** The server's own word on an update, past the service that has asked the row before. */
const updated = (id: CaseId, name: string) => world.handleOf(id).executeUpdate<object, []>(name);

describe('the story refuses', () => {
  test('an update of a case that is under review, and one that nobody sent decides nothing', async () => {
    const caller = await world.person();
    const id = await world.apply(caller, { number: NUMBERS.unclear });
    const story = await world.start(id);
    await inState(id, 'review');
    await expect(updated(id, CASE_WITHDRAW_UPDATE)).rejects.toMatchObject({ cause: { type: 'CONFLICT' } });
    expect(await updated(id, CASE_ANSWERED_UPDATE)).toEqual({ state: 'review' });
    expect(await world.verification.story.lookAt(id)).toBe('review');
    const { events } = await story.fetchHistory();
    // What a validator refuses leaves no trace.
    expect(events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes)).toHaveLength(1);
  });

  test('an answer that is none: nothing was submitted, so the story still waits', async () => {
    const id = await world.apply(await world.person(), { documents: [] });
    await world.start(id);
    await inState(id, 'asking');
    expect(await updated(id, CASE_ANSWERED_UPDATE)).toEqual({ state: 'asking' });
    expect(await world.view(id)).toMatchObject({ state: 'asking' });
  });
});

describe('an answer', () => {
  test('is heard at once, and told at once when it was not all', async () => {
    const caller = await world.person();
    const id = await world.apply(caller, { tier: 2, documents: [] });
    const story = await world.start(id);
    await inState(id, 'asking');
    const { address: _, ...homeless } = submission({ tier: 2 });
    const again = await world.verification.applyForTier(caller, homeless, undefined);
    expect(again).toMatchObject({ case_id: id, status: 'action_required', wanted: ['address'] });
    expect(await world.apply(caller, { tier: 2 })).toBe(id);
    expect(await story.result()).toEqual({ state: 'verified' });
    expect(await world.tierOf(caller.userId)).toBe(2);
    await world.keep(id, 'answered-by-updates');
  });

  test('under a key is answered the same again, whatever the story has found meanwhile', async () => {
    const caller = await world.person();
    const id = await world.apply(caller, { documents: [] });
    await world.start(id);
    await inState(id, 'asking');
    const key = { key: `answer-${id}`, digest: 'same' };
    const body = submission({ documents: [] });
    const first = await world.verification.applyForTier(caller, body, key);
    expect(first).toMatchObject({ case_id: id, status: 'pending' });
    expect(await world.status(caller)).toMatchObject({ status: 'action_required' });
    expect(await world.verification.applyForTier(caller, body, key)).toEqual(first);
  });
});

describe('a withdrawal', () => {
  test('ends the story of a case that waits for an answer, and is answered when it has', async () => {
    const caller = await world.person();
    const id = await world.apply(caller, { documents: [] });
    const story = await world.start(id);
    await inState(id, 'asking');
    expect(await world.verification.withdrawKyc(caller, id)).toMatchObject({ status: 'withdrawn' });
    expect(await story.result()).toEqual({ state: 'withdrawn' });
    await world.keep(id, 'withdrawn-by-update');
  });

  test('ends one that asks a registry which does not answer, and does not wait for it', async () => {
    const caller = await world.person();
    const id = await world.apply(caller);
    await world.decide(id, 'registry', 'unavailable');
    const story = await world.start(id);
    await vi.waitFor(async () => {
      const { raw } = await story.describe();
      expect(raw.pendingActivities?.[0]?.attempt).toBeGreaterThan(1);
    });
    expect(await world.verification.withdrawKyc(caller, id)).toMatchObject({ status: 'withdrawn' });
    expect(await story.result()).toEqual({ state: 'withdrawn' });
  });

  test('that comes many times at once is one', async () => {
    const caller = await world.person();
    const id = await world.apply(caller, { documents: [] });
    const story = await world.start(id);
    await inState(id, 'asking');
    const all = await Promise.all(Array.from({ length: 5 }, () => world.verification.withdrawKyc(caller, id)));
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set(['withdrawn']));
    await story.result();
    const { events } = await story.fetchHistory();
    expect(events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes)).toHaveLength(1);
  });

  test('of a case whose story has not begun is written without it, and the story finds it so', async () => {
    const caller = await world.person();
    const id = await world.apply(caller);
    expect(await world.verification.withdrawKyc(caller, id)).toMatchObject({ status: 'withdrawn' });
    expect(await (await world.start(id)).result()).toEqual({ state: 'withdrawn' });
  });
});

test('a story that does not answer in time is away', async () => {
  const stories = makeCaseStories({ client: env.client, log: quietLog, answerWithinMs: 200 });
  const id = await world.apply(await world.person());
  expect(await stories.withdraw('kyc', id)).toBe('away');
  // On a queue that nobody serves.
  await env.client.workflow.start('kyc', { workflowId: `kyc-${id}`, taskQueue: 'nobody', args: [{ caseId: id }] });
  expect(await stories.answered('kyc', id, 2)).toBe('away');
  await world.handleOf(id).terminate();
});
