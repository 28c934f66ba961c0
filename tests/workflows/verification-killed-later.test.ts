import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { CaseId } from '#shared/ids.ts';
import { DAY } from '#shared/time.ts';
import { timeSkippingEnv } from '#tests/harness/temporal.ts';
import { auditOf, NUMBERS, someone } from '#tests/integration/verification/open-verification.ts';
import { type CaseWorld, openCaseWorld } from './case-world.ts';
import { dyingSteps, lostIn, type Step } from './dying-steps.ts';
import { quietTemporal } from './quiet-temporal.ts';

// The steps that a case takes after days and years, each lost twice, and no cache: every workflow task replays the whole
// history, as after a crash.

let env: TestWorkflowEnvironment;
let world: CaseWorld;
const dying = dyingSteps();
const ids: CaseId[] = [];
beforeAll(async () => {
  quietTemporal();
  env = await timeSkippingEnv();
  world = await openCaseWorld(env, { between: dying.between, maxCachedWorkflows: 0 });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await env.teardown();
});

const [ann, ben] = [someone('ops'), someone('ops')];

async function inState(id: CaseId, state: string): Promise<void> {
  await vi.waitFor(async () => expect(await world.view(id)).toMatchObject({ state }), { timeout: 30_000 });
}

/** How often a case has told something. */
async function timesTold(id: CaseId, action: string): Promise<number> {
  return (await auditOf(world.desk, id)).filter((entry) => entry.action === `verification.${action}`).length;
}

test('a case that nobody answers, by lost steps, ends once', async () => {
  const id = await world.apply(await world.person(), { documents: [] });
  expect(await (await world.start(id)).result()).toEqual({ state: 'rejected' });
  expect([await timesTold(id, 'abandoned'), await timesTold(id, 'rejected')]).toEqual([1, 1]);
  ids.push(id);
});

test('a review that waits for weeks, by lost steps, is escalated once a level, and voted anew once after a late hit', async () => {
  const caller = await world.person();
  const id = await world.apply(caller, { number: NUMBERS.unclear });
  const story = await world.start(id);
  await inState(id, 'review');
  await env.sleep(9 * DAY);
  await world.decide(id, 'screening', 'hit');
  await world.verification.decideReview(ann, id, { decision: 'approve', round: 1 });
  await world.wake(id);
  await vi.waitFor(async () => expect((await world.verification.readReview(ben, id)).round).toBe(2), {
    timeout: 30_000,
  });
  for (const reviewer of [ann, ben]) {
    await world.verification.decideReview(reviewer, id, { decision: 'approve', round: 2 });
  }
  await world.wake(id);
  expect(await story.result()).toEqual({ state: 'verified' });
  const levels = (await auditOf(world.desk, id)).filter(({ action }) => action === 'verification.escalated');
  const told = levels.map(({ facts }) => `${String(facts['round'])}.${String(facts['level'])}`);
  expect(new Set(told).size).toBe(told.length);
  expect(told.length).toBeGreaterThanOrEqual(4);
  expect([await timesTold(id, 'screened_again'), await timesTold(id, 'verified')]).toEqual([1, 1]);
  expect(await world.tierOf(caller.userId)).toBe(1);
  ids.push(id);
});

test('a tier whose document expires, by lost steps, is lost once', async () => {
  const caller = await world.person();
  const expires = await world.dayIn(400);
  const passport = { type: 'passport', number: 'C1234567', country: 'TH', expires_at: expires } as const;
  const id = await world.apply(caller, { documents: [passport] });
  expect(await (await world.start(id)).result()).toEqual({ state: 'lapsed' });
  expect([await timesTold(id, 'lapsed'), await timesTold(id, 'standing_changed')]).toEqual([1, 2]);
  expect(await world.tierOf(caller.userId)).toBe(0);
  ids.push(id);
});

test('every step that takes days to come was lost twice, and taken', () => {
  const often = (step: Step) => Math.max(...ids.map((id) => dying.timesOf(step, id)));
  for (const step of lostIn('days')) expect([step, often(step)]).toEqual([step, expect.toSatisfy((n) => n >= 3)]);
});
