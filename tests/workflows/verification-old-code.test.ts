import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { CaseId } from '#shared/ids.ts';
import { CASE_ANSWERED_UPDATE } from '#shared/workflows/case.ts';
import { engines } from '#tests/harness/engines.ts';
import { HISTORIES } from '#tests/histories/keep-history.ts';
import { NUMBERS, someone } from '#tests/integration/verification/open-verification.ts';
import { type CaseWorld, openCaseWorld } from './case-world.ts';
import { quietTemporal } from './quiet-temporal.ts';

// A case waits for weeks, and releases come in between. Here cases are begun by a worker that runs the story as it was in
// the first release, kept beside the histories; it is stopped, and a worker of today finishes them. A real server, and
// workers whose caches keep nothing of each other.

let env: TestWorkflowEnvironment;
let world: CaseWorld;
beforeAll(async () => {
  quietTemporal();
  env = await TestWorkflowEnvironment.createFromExistingServer({ address: engines.temporal });
  const { code } = await bundleWorkflowCode({
    workflowsPath: `${HISTORIES}code/verification-first-release/index.ts`,
    logger: new DefaultLogger('ERROR'),
  });
  world = await openCaseWorld(env, { code: { code } });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await env.teardown();
});

async function inState(id: CaseId, state: string): Promise<void> {
  await vi.waitFor(async () => expect(await world.view(id)).toMatchObject({ state }), { timeout: 20_000 });
}

test('cases that the first release began are finished by the code of today, wherever they waited', async () => {
  const [reviewed, decided, asked, takenBack, watched] = await Promise.all(
    Array.from({ length: 5 }, () => world.person()),
  );
  const unclear = { number: NUMBERS.unclear };
  const expires = await world.dayIn(400);
  const passport = { type: 'passport', number: 'C1234567', country: 'TH', expires_at: expires } as const;
  const cases = {
    reviewed: await world.apply(reviewed!, unclear),
    decided: await world.apply(decided!, unclear),
    asked: await world.apply(asked!, { documents: [] }),
    takenBack: await world.apply(takenBack!, { documents: [] }),
    watched: await world.apply(watched!, { tier: 2, documents: [passport] }),
  };
  const stories = {
    reviewed: await world.start(cases.reviewed),
    decided: await world.start(cases.decided),
    asked: await world.start(cases.asked),
    takenBack: await world.start(cases.takenBack),
    watched: await world.start(cases.watched),
  };
  await inState(cases.reviewed, 'review');
  await inState(cases.decided, 'review');
  await inState(cases.asked, 'asking');
  await inState(cases.takenBack, 'asking');
  await inState(cases.watched, 'verified');
  // The first release knows of no Updates: whoever asks is served by the row.
  await expect(world.handleOf(cases.asked).executeUpdate(CASE_ANSWERED_UPDATE)).rejects.toThrow();

  await world.stop();
  // Decided while there is no worker at all.
  await world.verification.decideReview(someone('ops'), cases.decided, { decision: 'approve', round: 1 });
  await world.wake(cases.decided);
  await world.startToday();

  expect(await stories.decided.result()).toEqual({ state: 'verified' });
  await inState(cases.reviewed, 'review');
  await world.verification.decideReview(someone('ops'), cases.reviewed, { decision: 'reject', round: 1 });
  await world.wake(cases.reviewed);
  expect(await stories.reviewed.result()).toEqual({ state: 'rejected' });

  // What the story has learnt since, the old cases know as well: nobody signals here.
  await world.apply(asked!, { tier: 1 });
  expect(await stories.asked.result()).toEqual({ state: 'verified' });
  expect(await world.verification.withdrawKyc(takenBack!, cases.takenBack)).toMatchObject({ status: 'withdrawn' });
  expect(await stories.takenBack.result()).toEqual({ state: 'withdrawn' });

  const renewal = await world.apply(watched!, { tier: 2 });
  expect(await (await world.start(renewal)).result()).toEqual({ state: 'verified' });
  await world.wake(cases.watched);
  expect(await stories.watched.result()).toEqual({ state: 'superseded' });
  const people = [decided!, reviewed!, asked!, takenBack!, watched!];
  const tiers = await Promise.all(people.map(({ userId }) => world.tierOf(userId)));
  expect(tiers).toEqual([1, 0, 1, 0, 2]);
});
