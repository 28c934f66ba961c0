import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { CaseId, MediaId, ShopId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { DAY } from '#shared/time.ts';
import { timeSkippingEnv } from '#tests/harness/temporal.ts';
import { auditOf, NUMBERS, shopSubmission, someone } from '#tests/integration/verification/open-verification.ts';
import { type CaseWorld, openCaseWorld } from './case-world.ts';
import { quietTemporal } from './quiet-temporal.ts';

// On this server days pass in a moment, but only while a test waits for a workflow's end.

let env: TestWorkflowEnvironment;
let world: CaseWorld;
beforeAll(async () => {
  quietTemporal();
  env = await timeSkippingEnv();
  world = await openCaseWorld(env);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await env.teardown();
});

const [ann, ben] = [someone('ops'), someone('ops')];
const decide = (reviewer: typeof ann, id: CaseId, decision: 'approve' | 'reject', round = 1) =>
  world.verification.decideReview(reviewer, id, { decision, round });

async function inState(id: CaseId, state: string): Promise<void> {
  await vi.waitFor(async () => expect(await world.verification.story.lookAt(id)).toBe(state), { timeout: 20_000 });
}

const dayIn = (days: number) => world.dayIn(days);

describe('what the sandbox says', () => {
  test('of a valid number: the tier is reached at once, and limits follow', async () => {
    const caller = await world.person();
    const id = await world.apply(caller, { tier: 2 });
    expect(await world.tierOf(caller.userId)).toBe(0);
    expect(await (await world.start(id)).result()).toEqual({ state: 'verified' });
    expect(await world.status(caller)).toMatchObject({ case_id: id, tier: 2, status: 'verified', wanted: [] });
    expect(await world.tierOf(caller.userId)).toBe(2);
    await world.keep(id, 'verified-at-once');
  });

  test('of a number that ends in 00: it is refused', async () => {
    const caller = await world.person();
    const id = await world.apply(caller, { number: NUMBERS.refused });
    expect(await (await world.start(id)).result()).toEqual({ state: 'rejected' });
    expect(await world.status(caller)).toMatchObject({ tier: 0, status: 'rejected', reason: 'registry_refused' });
    expect(await world.tierOf(caller.userId)).toBe(0);
    await world.keep(id, 'refused-by-registry');

    const again = await world.apply(caller);
    expect(await (await world.start(again)).result()).toEqual({ state: 'verified' });
  });

  test('of a number that ends in 13: a reviewer decides', async () => {
    const caller = await world.person();
    const id = await world.apply(caller, { number: NUMBERS.unclear });
    const story = await world.start(id);
    await inState(id, 'review');
    expect(await world.status(caller)).toMatchObject({ status: 'in_review', tier: 0 });
    await vi.waitFor(async () => expect(await world.view(id)).toMatchObject({ state: 'review', escalations: 0 }));
    await world.keep(id, 'waits-for-reviewer');
    await decide(ann, id, 'approve');
    await world.wake(id);
    expect(await story.result()).toEqual({ state: 'verified' });
    expect(await world.tierOf(caller.userId)).toBe(1);
    await world.keep(id, 'approved-by-reviewer');
  });

  test('of a sanctioned name: two reviewers decide', async () => {
    const caller = await world.person();
    const id = await world.apply(caller, { full_name: 'Somebody SANCTIONED' });
    const story = await world.start(id);
    await inState(id, 'review');
    await decide(ann, id, 'reject');
    await world.wake(id);
    await decide(ben, id, 'reject');
    await world.wake(id);
    expect(await story.result()).toEqual({ state: 'rejected' });
    expect(await world.status(caller)).toMatchObject({ status: 'rejected', reason: 'declined_by_review' });
    await world.keep(id, 'rejected-by-two');
  });

  test('when it cannot say: nothing is decided, and it is asked again until it can', async () => {
    const caller = await world.person();
    const id = await world.apply(caller);
    await world.decide(id, 'registry', 'unavailable');
    await world.decide(id, 'screening', 'unavailable');
    const story = await world.start(id);
    await vi.waitFor(async () => {
      const { raw } = await story.describe();
      expect(raw.pendingActivities?.[0]?.attempt).toBeGreaterThan(1);
    });
    expect(await world.verification.story.lookAt(id)).toBe('checking');
    await world.decide(id, 'registry', 'clear');
    await vi.waitFor(
      async () => {
        const { raw } = await story.describe();
        expect(raw.pendingActivities?.[0]?.activityType?.name).toBe('screen');
      },
      { timeout: 20_000 },
    );
    expect(await world.status(caller)).toMatchObject({ status: 'pending', tier: 0 });
    await world.decide(id, 'screening', 'clear');
    expect(await story.result()).toEqual({ state: 'verified' });
  });

  test('for a case by itself: a hit goes to two reviewers', async () => {
    const id = await world.apply(await world.person());
    await world.decide(id, 'screening', 'hit');
    const story = await world.start(id);
    await inState(id, 'review');
    await world.verification.erase((await world.verification.readReview(ann, id)).owner_id as never);
    await world.wake(id);
    expect(await story.result()).toEqual({ state: 'withdrawn' });
    await world.keep(id, 'withdrawn-in-review');
  });
});

describe('an applicant who is asked again', () => {
  test('answers, and the same case goes on', async () => {
    const caller = await world.person();
    const id = await world.apply(caller, { tier: 2, documents: [] });
    const story = await world.start(id);
    await inState(id, 'asking');
    expect(await world.status(caller)).toMatchObject({ status: 'action_required', wanted: ['national_id'] });
    expect(await world.apply(caller, { tier: 2, number: NUMBERS.unclear })).toBe(id);
    await world.wake(id);
    await inState(id, 'review');
    await world.verification.decideReview(ann, id, { decision: 'ask_again', wanted: ['passport'], round: 2 });
    await world.wake(id);
    await inState(id, 'asking');
    expect(await world.apply(caller, { tier: 2 })).toBe(id);
    await world.wake(id);
    expect(await story.result()).toEqual({ state: 'verified' });
    expect(await world.tierOf(caller.userId)).toBe(2);
    await world.keep(id, 'asked-twice');
  });

  test('and does not answer in time has the case ended, and can open another', async () => {
    const caller = await world.person();
    const id = await world.apply(caller, { documents: [] });
    expect(await (await world.start(id)).result()).toEqual({ state: 'rejected' });
    expect(await world.status(caller)).toMatchObject({ status: 'rejected', reason: 'not_answered' });
    expect(await world.apply(caller)).not.toBe(id);
    await world.keep(id, 'not-answered');
  });
});

test('signals that nobody sent decide nothing', async () => {
  const caller = await world.person();
  const id = await world.apply(caller, { number: NUMBERS.unclear });
  const story = await world.start(id);
  await inState(id, 'review');
  for (let times = 0; times < 5; times++) {
    await story.signal('caseChanged', { state: 'approved', decision: 'approve' });
    await story.signal('approved');
  }
  expect(await world.view(id)).toMatchObject({ state: 'review' });
  expect(await world.verification.story.lookAt(id)).toBe('review');
  expect(await world.tierOf(caller.userId)).toBe(0);
  await decide(ann, id, 'reject');
  await world.wake(id);
  expect(await story.result()).toEqual({ state: 'rejected' });
});

test('a review that nobody decides is escalated again and again, and operators can count it', async () => {
  const id = await world.apply(await world.person(), { number: NUMBERS.unclear });
  const before = world.escalated.length;
  // So short that it need not be skipped.
  const story = await world.start(id, 'kyc', { reviewSlaMs: 50 });
  await inState(id, 'review');
  await vi.waitFor(
    async () => {
      const { reviews } = await world.verification.listReviews(ann, { kind: 'kyc', limit: 100 });
      expect(reviews.find((one) => one.id === id)?.escalations).toBe(10);
    },
    { timeout: 60_000 },
  );
  await decide(ann, id, 'approve');
  await world.wake(id);
  expect(await story.result()).toEqual({ state: 'verified' });
  const told = (await auditOf(world.desk, id)).filter(({ action }) => action === 'verification.escalated');
  expect(told.map(({ facts }) => facts['level'])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(world.escalated.length - before).toBe(10);
  await world.keep(id, 'escalated');
});

test('what is approved after weeks is looked for on the lists again, and a new hit begins a new vote, of two', async () => {
  const caller = await world.person();
  const id = await world.apply(caller, { number: NUMBERS.unclear });
  const story = await world.start(id);
  await inState(id, 'review');
  await env.sleep(8 * DAY);
  await world.decide(id, 'screening', 'hit');
  await decide(ann, id, 'approve');
  await world.wake(id);
  await vi.waitFor(async () => expect(await world.view(id)).toMatchObject({ state: 'review', escalations: 0 }));
  expect(await world.verification.readReview(ben, id)).toMatchObject({
    round: 2,
    risk: 'high',
    votes_needed: 2,
    votes: [],
    doubts: ['registry_unclear', 'screening_hit'],
    name: 'Somchai Jaidee',
    checks: [
      { source: 'registry', result: 'unclear' },
      { source: 'screening', result: 'hit' },
    ],
  });
  expect(await world.tierOf(caller.userId)).toBe(0);
  await expect(decide(ann, id, 'approve')).rejects.toMatchObject({ code: 'CONFLICT' });
  // Who approved before the hit was known has a word on it like anybody else, and one word is not two.
  expect(await decide(ann, id, 'approve', 2)).toMatchObject({ status: 'in_review', votes: [{ decision: 'approve' }] });
  await world.wake(id);
  await inState(id, 'review');
  await decide(ben, id, 'approve', 2);
  await world.wake(id);
  expect(await story.result()).toEqual({ state: 'verified' });
  expect(await world.tierOf(caller.userId)).toBe(1);
  await world.keep(id, 'screened-again');
  await world.keep(id, 'screened-again-and-voted-anew');
});

test('who is asked again after a late hit is judged by what they then submit', async () => {
  const caller = await world.person();
  const id = await world.apply(caller, { number: NUMBERS.unclear });
  const story = await world.start(id);
  await inState(id, 'review');
  await env.sleep(8 * DAY);
  await world.decide(id, 'screening', 'hit');
  await decide(ann, id, 'approve');
  await world.wake(id);
  await vi.waitFor(async () => expect(await world.view(id)).toMatchObject({ state: 'review', escalations: 0 }));
  await vi.waitFor(async () => expect((await world.verification.readReview(ben, id)).round).toBe(2));
  await world.verification.decideReview(ben, id, { decision: 'ask_again', wanted: ['passport'], round: 2 });
  await world.wake(id);
  await inState(id, 'asking');
  await world.apply(caller, { full_name: 'Another Name', number: NUMBERS.unclear });
  await world.wake(id);
  await inState(id, 'review');
  expect(await world.verification.readReview(ben, id)).toMatchObject({ round: 3, votes: [], name: 'Another Name' });
  expect((await world.verification.exportOf(caller.userId)).map(({ submissions }) => submissions.length)).toEqual([2]);
  await decide(ben, id, 'reject', 3);
  await decide(ann, id, 'reject', 3);
  await world.wake(id);
  expect(await story.result()).toEqual({ state: 'rejected' });
});

describe('a verified case whose document expires', () => {
  const passport = async (days: number) =>
    ({ type: 'passport', number: 'C1234567', country: 'TH', expires_at: await dayIn(days) }) as const;

  test('is reminded of three times, and lapses to the tier below', async () => {
    const caller = await world.person();
    const first = await world.apply(caller);
    await (await world.start(first)).result();
    const documents = [await passport(400)];
    const id = await world.apply(caller, { tier: 2, documents });
    const story = await world.start(id);
    await inState(id, 'verified');
    const verified = await world.status(caller);
    expect(verified).toMatchObject({ tier: 2, status: 'verified', expires_on: expect.stringMatching(/^\d{4}-/) });
    expect(await story.result()).toEqual({ state: 'lapsed' });
    expect(await world.status(caller)).toMatchObject({ tier: 1, status: 'expired' });
    expect(await world.tierOf(caller.userId)).toBe(1);
    const reminded = (await auditOf(world.desk, id)).filter(({ action }) => action === 'verification.reminded');
    expect(reminded.map(({ facts }) => facts['daysLeft'])).toEqual([30, 7, 1]);
    await world.keep(id, 'verified-then-watched', 'kyc', story.firstExecutionRunId);
    await world.keep(id, 'lapsed');
    await world.keep(id, 'looked-and-lapsed');
  });

  test('is renewed by another, and then no longer counts', async () => {
    const caller = await world.person();
    const documents = [await passport(400)];
    const old = await world.apply(caller, { tier: 2, documents });
    const story = await world.start(old);
    await inState(old, 'verified');
    const renewal = await world.apply(caller, { tier: 2 });
    expect(renewal).not.toBe(old);
    expect(await (await world.start(renewal)).result()).toEqual({ state: 'verified' });
    expect(await story.result()).toEqual({ state: 'superseded' });
    expect(await world.status(caller)).toMatchObject({ case_id: renewal, tier: 2, status: 'verified' });
    expect(await world.tierOf(caller.userId)).toBe(2);
    await world.keep(old, 'superseded');
  });
});

describe('a shop', () => {
  async function shopOf(owner: Awaited<ReturnType<CaseWorld['person']>>): Promise<ShopId> {
    return (await world.commerce.openShop(owner, { name: 'Lamps' }, undefined)).id as ShopId;
  }
  const statusOf = async (owner: typeof ann, id: ShopId) =>
    (await world.commerce.getShop(owner, id)).verification_status;

  test('may sell once its business is found', async () => {
    const owner = await world.person();
    const shop = await shopOf(owner);
    const { case_id: id } = await world.verification.applyForShop(owner, shop, shopSubmission(), undefined);
    expect(await (await world.start(id as CaseId, 'kyb')).result()).toEqual({ state: 'verified' });
    expect(await world.verification.getShopVerification(owner, shop)).toMatchObject({
      case_id: id,
      status: 'verified',
    });
    expect(await statusOf(owner, shop)).toBe('verified');
    await world.keep(id!, 'shop-verified', 'kyb');
  });

  test('is rejected when it is not, and may try again', async () => {
    const owner = await world.person();
    const shop = await shopOf(owner);
    const apply = async (number: string) =>
      (await world.verification.applyForShop(owner, shop, shopSubmission(number), undefined)).case_id as CaseId;
    const id = await apply('0105000000900');
    expect(await (await world.start(id, 'kyb')).result()).toEqual({ state: 'rejected' });
    expect(await statusOf(owner, shop)).toBe('rejected');
    await world.keep(id, 'shop-rejected', 'kyb');

    const second = await apply('0105000000713');
    const story = await world.start(second, 'kyb');
    await inState(second, 'review');
    await decide(ann, second, 'approve');
    await world.wake(second, 'kyb');
    expect(await story.result()).toEqual({ state: 'verified' });
    expect(await statusOf(owner, shop)).toBe('verified');
  });

  test('stops selling when the licence that it rests on expires', async () => {
    const owner = await world.person();
    const shop = await shopOf(owner);
    const body = shopSubmission();
    const documents = [{ ...body.documents[0]!, expires_at: await dayIn(500) }];
    const wanted = shopSubmission(body.registration_number, { documents });
    const { case_id: id } = await world.verification.applyForShop(owner, shop, wanted, undefined);
    expect(await (await world.start(id as CaseId, 'kyb')).result()).toEqual({ state: 'lapsed' });
    expect(await statusOf(owner, shop)).toBe('pending');
    expect(await world.verification.getShopVerification(owner, shop)).toMatchObject({ status: 'expired' });
  });
});

test('nothing of a submission is in a history', async () => {
  const caller = await world.person();
  const expires = await dayIn(400);
  const id = await world.apply(caller, {
    full_name: 'Boonmee Unmistakable',
    documents: [
      { type: 'national_id', number: NUMBERS.found, country: 'TH', media_id: newId<MediaId>('TH') },
      { type: 'passport', number: 'C7654321', country: 'TH', expires_at: expires },
    ],
  });
  const story = await world.start(id);
  await story.result();
  const history = JSON.stringify(await story.fetchHistory(), (key, value: unknown) =>
    key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value,
  );
  expect(history).toContain(id);
  const words = ['Unmistakable', NUMBERS.found, 'C7654321', world.bornOn()];
  for (const word of words) expect(history).not.toContain(word);
  const events = await world.db.database.rows<{ text: string }>(
    statement('', 'SELECT data::text AS text FROM events.outbox WHERE aggregate_id = $1'),
    [id],
  );
  expect(events.length).toBeGreaterThan(3);
  for (const { text } of events) for (const word of words) expect(text).not.toContain(word);
});
