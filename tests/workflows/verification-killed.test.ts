import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { CaseId } from '#shared/ids.ts';
import { engines } from '#tests/harness/engines.ts';
import { auditOf, NUMBERS, someone } from '#tests/integration/verification/open-verification.ts';
import { type CaseWorld, openCaseWorld } from './case-world.ts';
import { dyingSteps, lostIn, type Step } from './dying-steps.ts';
import { quietTemporal } from './quiet-temporal.ts';

// The real server, and no cache: every workflow task replays the whole history, as after a crash. And every step is lost
// twice: once before anything was done, and once after all of it was done and before anybody heard.

let env: TestWorkflowEnvironment;
let world: CaseWorld;
const dying = dyingSteps();
const ids: CaseId[] = [];

beforeAll(async () => {
  quietTemporal();
  env = await TestWorkflowEnvironment.createFromExistingServer({ address: engines.temporal });
  world = await openCaseWorld(env, { between: dying.between, maxCachedWorkflows: 0 });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await env.teardown();
});

/** The workflow has heard that it waits. */
async function inState(id: CaseId, state: string): Promise<void> {
  await vi.waitFor(async () => expect(await world.view(id)).toMatchObject({ state }), { timeout: 30_000 });
}

/** What a case has told, each as often as it may be told. */
async function toldOf(id: CaseId): Promise<string[]> {
  return (await auditOf(world.desk, id)).map(({ action }) => action.replace('verification.', ''));
}

test('a case every step of which is lost twice is asked, judged and granted once', async () => {
  const caller = await world.person();
  const id = await world.apply(caller, { tier: 2, documents: [] });
  const story = await world.start(id);
  await inState(id, 'asking');
  await world.apply(caller, { tier: 2, number: NUMBERS.unclear });
  await world.wake(id);
  await inState(id, 'review');
  await world.verification.decideReview(someone('ops'), id, { decision: 'approve', round: 2 });
  await world.wake(id);
  expect(await story.result()).toEqual({ state: 'verified' });
  expect(await world.status(caller)).toMatchObject({ tier: 2, status: 'verified' });
  expect(await world.tierOf(caller.userId)).toBe(2);

  const told = await toldOf(id);
  expect(told.filter((action) => action !== 'screening_asked')).toEqual([
    'submitted',
    'asked',
    'resubmitted',
    'registry_asked',
    'judged',
    'review_decided',
    'standing_changed',
    'verified',
  ]);
  ids.push(id);
});

test('a case that is refused, step by lost step, is refused once and grants nothing', async () => {
  const caller = await world.person();
  const id = await world.apply(caller, { number: NUMBERS.refused });
  expect(await (await world.start(id)).result()).toEqual({ state: 'rejected' });
  expect(await world.tierOf(caller.userId)).toBe(0);
  const told = await toldOf(id);
  expect(told.filter((action) => action === 'rejected' || action === 'judged')).toEqual(['judged', 'rejected']);
});

test('a case that is taken back, by lost steps, is taken back once, and its applicant is told so', async () => {
  const caller = await world.person();
  const id = await world.apply(caller, { documents: [] });
  const story = await world.start(id);
  await inState(id, 'asking');
  expect(await world.verification.withdrawKyc(caller, id)).toMatchObject({ status: 'withdrawn' });
  expect(await story.result()).toEqual({ state: 'withdrawn' });
  expect(await toldOf(id)).toEqual(['submitted', 'asked', 'withdrawn']);
  ids.push(id);
});

test('every step that can be taken in a moment was lost twice, and taken', () => {
  const often = (step: Step) => Math.max(...ids.map((id) => dying.timesOf(step, id)));
  for (const step of lostIn('a moment')) expect([step, often(step)]).toEqual([step, expect.toSatisfy((n) => n >= 3)]);
});
