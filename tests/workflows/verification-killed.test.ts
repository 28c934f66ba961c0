import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { VerificationActivities } from '#activities/verification/activities.ts';
import type { CaseId } from '#shared/ids.ts';
import { engines } from '#tests/harness/engines.ts';
import { auditOf, NUMBERS, someone } from '#tests/integration/verification/open-verification.ts';
import { type CaseWorld, openCaseWorld } from './case-world.ts';
import { quietTemporal } from './quiet-temporal.ts';

// The real server, and no cache: every workflow task replays the whole history, as after a crash. And every step is lost
// twice: once before anything was done, and once after all of it was done and before anybody heard.

type Step = keyof VerificationActivities;

let env: TestWorkflowEnvironment;
let world: CaseWorld;
const taken = new Map<string, number>();

function dying(steps: VerificationActivities): VerificationActivities {
  const wrapped = Object.entries(steps).map(([name, step]) => [
    name,
    async (of: { readonly caseId: string }) => {
      const tries = (taken.get(`${name} ${of.caseId}`) ?? 0) + 1;
      taken.set(`${name} ${of.caseId}`, tries);
      if (tries === 1) throw new Error('died before');
      const answer = await (step as (of: object) => Promise<unknown>)(of);
      if (tries === 2) throw new Error('died after');
      return answer;
    },
  ]);
  return Object.fromEntries(wrapped) as VerificationActivities;
}

beforeAll(async () => {
  quietTemporal();
  env = await TestWorkflowEnvironment.createFromExistingServer({ address: engines.temporal });
  world = await openCaseWorld(env, { between: dying, maxCachedWorkflows: 0 });
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
  const steps: readonly Step[] = ['checkDocuments', 'checkRegistry', 'screen', 'judge', 'lookAt', 'grant', 'close'];
  for (const step of steps) expect([step, taken.get(`${step} ${id}`)]).toEqual([step, expect.toSatisfy((n) => n >= 3)]);
});

test('a case that is refused, step by lost step, is refused once and grants nothing', async () => {
  const caller = await world.person();
  const id = await world.apply(caller, { number: NUMBERS.refused });
  expect(await (await world.start(id)).result()).toEqual({ state: 'rejected' });
  expect(await world.tierOf(caller.userId)).toBe(0);
  const told = await toldOf(id);
  expect(told.filter((action) => action === 'rejected' || action === 'judged')).toEqual(['judged', 'rejected']);
});
