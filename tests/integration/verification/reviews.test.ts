import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import type { Caller } from '#shared/caller.ts';
import { ListReviews } from '#shared/contracts/verification/reviews.ts';
import type { CaseId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import {
  auditOf,
  caseInReview,
  check,
  inAYear,
  type Desk,
  NUMBERS,
  openDesk,
  someone,
  submission,
} from './open-verification.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk[Symbol.asyncDispose]());

const [ann, ben, eve] = [someone('ops'), someone('ops'), someone('ops')];
const decide = (
  caller: Caller,
  id: CaseId,
  decision: 'approve' | 'reject',
  { round = 1, ...said }: { readonly round?: number; readonly reason?: string } = {},
) => desk.verification.decideReview(caller, id, { decision, round, ...said });
const askAgain = (caller: Caller, id: CaseId) =>
  desk.verification.decideReview(caller, id, {
    decision: 'ask_again',
    wanted: ['passport'],
    reason: 'It is blurred',
    round: 1,
  });
const stateOf = (id: CaseId) => desk.verification.story.lookAt(id);
const list = (query: object = {}) => desk.verification.listReviews(ann, ListReviews.query.parse(query));

const DECIDED = statement('', `SELECT data FROM events.outbox WHERE aggregate_id = $1 AND data ->> 'step' = 'decided'`);
const decidedEvents = (id: CaseId) => desk.db.database.rows(DECIDED, [id]);

describe('a decision is refused', () => {
  test('on a case that is nobody’s', async () => {
    await expect(decide(ann, newId<CaseId>('TH'), 'approve')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(desk.verification.readReview(ann, newId<CaseId>('TH'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('on one’s own case, and the try is written down', async () => {
    const staff = someone('ops');
    const id = await caseInReview(desk, staff);
    await expect(decide(staff, id, 'approve')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(desk.verification.readReview(staff, id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await stateOf(id)).toBe('review');
    const tries = (await auditOf(desk, id)).filter(
      ({ actor, outcome }) => actor === staff.userId && outcome === 'refused',
    );
    expect(tries.map(({ action }) => action)).toEqual(['verification.review_decided', 'verification.details_read']);
  });

  test('on a case that waits for no reviewer', async () => {
    const owner = someone();
    const { case_id: id } = await desk.verification.applyForTier(owner, submission(), undefined);
    await expect(decide(ann, id as CaseId, 'approve')).rejects.toMatchObject({ code: 'CONFLICT' });
    await check(desk.verification, id as CaseId);
    await desk.verification.story.close(id as CaseId);
    for (const how of ['approve', 'reject'] as const) {
      await expect(decide(ann, id as CaseId, how)).rejects.toMatchObject({ code: 'CONFLICT' });
    }
    expect(await stateOf(id as CaseId)).toBe('verified');
  });

  test('when it is another than the reviewer has made before, or of a submission that is no longer judged', async () => {
    const id = await caseInReview(desk, someone(), { full_name: 'Sanctioned Person' });
    await decide(ann, id, 'approve');
    await expect(decide(ann, id, 'reject')).rejects.toMatchObject({ code: 'CONFLICT' });
    const old = desk.verification.decideReview(ben, id, { decision: 'approve', round: 2 });
    await expect(old).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await stateOf(id)).toBe('review');
  });
});

describe('four eyes', () => {
  test.each([
    ['a screening hit', { full_name: 'Mr sanctioned Person', number: NUMBERS.found }, ['screening_hit']],
    ['the highest tier', { tier: 3, number: NUMBERS.found }, ['highest_tier']],
    [
      'a hit on a refused number',
      { full_name: 'SANCTIONED', number: NUMBERS.refused },
      ['screening_hit', 'registry_unclear'],
    ],
  ])('decide %s: one reviewer, twice, is not two', async (_, wish, doubts) => {
    const id = await caseInReview(desk, someone(), wish);
    const once = await desk.verification.decideReview(ann, id, { decision: 'approve' });
    expect(once).toMatchObject({ risk: 'high', votes_needed: 2, doubts, status: 'in_review' });
    expect(await decide(ann, id, 'approve')).toEqual(once);
    expect(await decidedEvents(id)).toEqual([]);
    const twice = await decide(ben, id, 'approve');
    expect(twice.votes.map((vote) => vote.reviewer_id)).toEqual([ann.userId, ben.userId]);
    expect(await stateOf(id)).toBe('approved');
    expect(await decidedEvents(id)).toHaveLength(1);
  });

  test('that see it differently leave it to a third', async () => {
    const id = await caseInReview(desk, someone(), { full_name: 'Sanctioned Person' });
    await decide(ann, id, 'approve');
    await decide(ben, id, 'reject', { reason: 'It is the person on the list' });
    expect(await stateOf(id)).toBe('review');
    await decide(eve, id, 'reject', { reason: 'Same birthplace' });
    expect(await stateOf(id)).toBe('refused');
  });
});

describe('a hit on a list that comes after an approval', () => {
  test('begins a new vote over the same papers, in which what was said before does not count', async () => {
    const owner = someone();
    const id = await caseInReview(desk, owner, { tier: 3, full_name: 'Boonmee Late', number: NUMBERS.found });
    await decide(ann, id, 'approve');
    await decide(ben, id, 'approve');
    expect(await stateOf(id)).toBe('approved');
    await desk.decide(id, 'screening', 'hit');
    expect(await desk.verification.story.screenAgain(id)).toBe('review');
    expect(await desk.verification.story.screenAgain(id)).toBe('review');

    for (const caller of [ann, eve]) {
      await expect(decide(caller, id, 'approve')).rejects.toMatchObject({ code: 'CONFLICT' });
      const unsaid = desk.verification.decideReview(caller, id, { decision: 'approve' });
      await expect(unsaid).rejects.toMatchObject({ code: 'CONFLICT' });
    }
    const detail = await desk.verification.readReview(ann, id);
    expect(detail).toMatchObject({ round: 2, votes: [], votes_needed: 2, name: 'Boonmee Late' });
    expect(detail.doubts).toEqual(['highest_tier', 'screening_hit']);
    expect(detail.checks).toMatchObject([{ result: 'found' }, { result: 'hit' }]);
    expect(await decide(ann, id, 'approve', { round: 2 })).toMatchObject({ status: 'in_review' });
    expect(await stateOf(id)).toBe('review');
    await decide(eve, id, 'approve', { round: 2 });
    expect(await stateOf(id)).toBe('approved');
    // Known by now, so it is not looked for again.
    expect(await desk.verification.story.screenAgain(id)).toBe('approved');
    expect((await desk.verification.exportOf(owner.userId)).map(({ submissions }) => submissions.length)).toEqual([1]);
  });

  test('and another round is begun by nothing else than the next one', async () => {
    const id = await caseInReview(desk, someone());
    const skip = statement('', 'UPDATE verification.cases SET round = $2 WHERE id = $1');
    for (const round of [0, 3]) {
      await expect(desk.db.database.rows(skip, [id, round])).rejects.toThrow('does not go from round');
    }
    const papers = statement('', 'UPDATE verification.cases SET submission = $2 WHERE id = $1');
    for (const submission of [0, 1, 2]) {
      await expect(desk.db.database.rows(papers, [id, submission])).rejects.toThrow('cases_submission');
    }
  });
});

test('of many decisions at once one counts, and the others are told', async () => {
  const id = await caseInReview(desk, someone());
  const reviewers = Array.from({ length: 10 }, () => someone('ops'));
  const tries = await Promise.allSettled(
    reviewers.map((reviewer, at) => decide(reviewer, id, at % 2 === 0 ? 'approve' : 'reject')),
  );
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const tried of tries) {
    if (tried.status === 'rejected') expect(tried.reason).toMatchObject({ code: 'CONFLICT' });
  }
  expect(await decidedEvents(id)).toHaveLength(1);
  expect(['approved', 'refused']).toContain(await stateOf(id));
});

test('a case that is asked again comes back to the queue as the next submission, with no votes', async () => {
  const owner = someone();
  const id = await caseInReview(desk, owner, { full_name: 'Sanctioned Person' });
  await decide(ann, id, 'approve');
  await askAgain(ben, id);
  expect(await desk.verification.getKycStatus(owner)).toMatchObject({
    status: 'action_required',
    wanted: ['passport'],
    reason: 'It is blurred',
  });
  await desk.verification.applyForTier(owner, submission({ full_name: 'Sanctioned Person' }), undefined);
  expect(await check(desk.verification, id)).toBe('review');
  const review = (await list({ limit: '100' })).reviews.find((one) => one.id === id);
  expect(review).toMatchObject({ round: 2, votes: [], escalations: 0 });
  await expect(decide(ann, id, 'reject')).rejects.toMatchObject({ code: 'CONFLICT' });
  await decide(ann, id, 'reject', { round: 2 });
  expect((await decide(ben, id, 'reject', { round: 2 })).votes).toHaveLength(2);
});

test('a reading shows what was submitted and what the sources said, and is written down before', async () => {
  const owner = someone();
  const id = await caseInReview(desk, owner, { full_name: 'Boonmee Visible' });
  const detail = await desk.verification.readReview(ann, id);
  expect(detail).toMatchObject({
    name: 'Boonmee Visible',
    date_of_birth: '1990-05-17',
    documents: [{ type: 'national_id', number: NUMBERS.unclear }],
    checks: [
      { source: 'registry', result: 'unclear' },
      { source: 'screening', result: 'clear' },
    ],
  });
  const entry = (await auditOf(desk, id)).find(({ action }) => action === 'verification.details_read');
  expect(entry).toMatchObject({ actor: ann.userId, outcome: 'ok', facts: { ownerId: owner.userId } });
  await desk.verification.erase(owner.userId);
  await expect(desk.verification.readReview(ann, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

describe('the queue', () => {
  test('is paged, the longest waiting first, and narrowed by kind, country, risk and time', async () => {
    const ids: CaseId[] = [];
    for (const country of ['VN', 'VN', 'SG'] as const) {
      const documents = [{ type: 'passport', number: 'C1234513', country, expires_at: inAYear() }] as const;
      ids.push(await caseInReview(desk, someone('user', country), { documents: [...documents] }));
    }
    const whole = await list({ limit: '100' });
    expect(whole.next_cursor).toBeNull();
    expect(whole.reviews.filter(({ id }) => ids.includes(id as CaseId)).map(({ id }) => id)).toEqual(ids);

    const paged: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ limit: '1', ...(cursor === undefined ? {} : { cursor }) });
      paged.push(...page.reviews);
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(paged).toEqual(whole.reviews);

    const idsOf = async (query: object) => (await list({ limit: '100', ...query })).reviews.map(({ id }) => id);
    expect(await idsOf({ country: 'VN' })).toEqual(ids.slice(0, 2));
    expect(await idsOf({ country: 'VN', risk: 'high' })).toEqual([]);
    expect(await idsOf({ kind: 'kyb' })).toEqual([]);
    expect(await idsOf({ overdue: 'true' })).toEqual([]);
    const look = (await auditOf(desk, 'reviews')).find(({ facts }) => facts['country'] === 'VN');
    expect(look).toMatchObject({ actor: ann.userId, action: 'verification.reviews_listed', facts: { shown: 2 } });
  });

  test('refuses a cursor that is not one of ours', async () => {
    const cursors = ['', 'x', btoa('["x"]'), btoa('[1]'), btoa('[1,"x"]'), btoa(`[1e20,"${newId('TH')}"]`)];
    for (const cursor of cursors) {
      await expect(list({ cursor })).rejects.toBeInstanceOf(AppError);
    }
  });
});
