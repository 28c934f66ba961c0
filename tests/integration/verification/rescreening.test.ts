import { afterAll, beforeAll, expect, test } from 'vitest';
import { isListed } from '#services/verification/is-listed.ts';
import { AppError } from '#shared/errors.ts';
import type { Caller } from '#shared/caller.ts';
import type { CaseId } from '#shared/ids.ts';
import { DAY } from '#shared/time.ts';
import type { RescreeningPlace } from '#shared/workflows/rescreening.ts';
import { auditOf, check, openDesk, someone, submission, type Desk } from './open-verification.ts';

let desk: Desk;
let passedMs = 0;
beforeAll(async () => {
  desk = await openDesk({ clock: () => new Date(Date.now() + passedMs) });
});
afterAll(() => desk[Symbol.asyncDispose]());

async function verified(owner: Caller, wish: Parameters<typeof submission>[0] = {}): Promise<CaseId> {
  const { case_id: id } = await desk.verification.applyForTier(owner, submission(wish), undefined);
  expect(await check(desk.verification, id as CaseId)).toBe('approved');
  await desk.verification.story.grant(id as CaseId);
  await desk.verification.story.close(id as CaseId);
  return id as CaseId;
}

/** Every step of the search, as its workflow takes them. */
async function rescreenAll(): Promise<{ screened: number; hits: number }> {
  const total = { screened: 0, hits: 0 };
  for (let place: RescreeningPlace | undefined, isFirst = true; isFirst || place !== undefined; isFirst = false) {
    const done = await desk.verification.rescreenBatch(place);
    total.screened += done.screened;
    total.hits += done.hits;
    place = done.next;
  }
  return total;
}

const listed = (who: Caller) => isListed(desk.db.databases, who.userId);
const ops = someone('ops');

test('nobody who was screened this week is looked for again', async () => {
  await verified(someone());
  expect(await rescreenAll()).toEqual({ screened: 0, hits: 0 });
});

test('a week later everyone is, once; who has come to be on a list waits for a reviewer', async () => {
  const owner = someone();
  const id = await verified(owner);
  await desk.decide(id, 'screening', 'hit');
  expect(await listed(owner)).toBe(false);
  passedMs += 7 * DAY;
  expect(await rescreenAll()).toEqual({ screened: 2, hits: 1 });
  expect(await rescreenAll()).toEqual({ screened: 0, hits: 0 });
  expect(await listed(owner)).toBe(true);
  const { hits } = await desk.verification.listHits({ limit: 50 });
  expect(hits).toMatchObject([{ case_id: id, owner_id: owner.userId, kind: 'kyc', shop_id: null }]);
  expect((await auditOf(desk, id)).at(-1)).toMatchObject({
    actor: 'rescreening',
    action: 'verification.rescreened',
    facts: { result: 'hit' },
  });

  const hit = hits[0]!.id;
  await expect(desk.verification.decideHit(owner, hit, { decision: 'clear' })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  await desk.verification.decideHit(ops, hit, { decision: 'clear', reason: 'another of that name' });
  await desk.verification.decideHit(ops, hit, { decision: 'clear' });
  await expect(desk.verification.decideHit(ops, hit, { decision: 'confirm' })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  expect(await listed(owner)).toBe(false);
  expect((await desk.verification.listHits({ limit: 50 })).hits).toEqual([]);
  // Whoever was found to be somebody else is not found again each week.
  passedMs += 7 * DAY;
  expect((await rescreenAll()).hits).toBe(0);
});

test('a confirmed hit stays for good', async () => {
  const owner = someone();
  await desk.decide(await verified(owner), 'screening', 'hit');
  passedMs += 7 * DAY;
  await rescreenAll();
  const [hit] = (await desk.verification.listHits({ limit: 50 })).hits;
  await desk.verification.decideHit(ops, hit!.id, { decision: 'confirm' });
  expect(await listed(owner)).toBe(true);
});

test('while the lists cannot be searched nothing is decided, and the step is taken again', async () => {
  const owner = someone();
  const id = await verified(owner);
  await desk.decide(id, 'screening', 'unavailable');
  passedMs += 7 * DAY;
  const refusal = await rescreenAll().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(AppError);
  expect(refusal).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(await listed(owner)).toBe(false);
  await desk.decide(id, 'screening', 'clear');
  expect((await rescreenAll()).screened).toBeGreaterThan(0);
  expect(await rescreenAll()).toEqual({ screened: 0, hits: 0 });
});

test('someone with a hit is listed from the review on, and not after two reviewers have seen that it is somebody else', async () => {
  const owner = someone();
  const { case_id } = await desk.verification.applyForTier(
    owner,
    submission({ full_name: 'SANCTIONED Name' }),
    undefined,
  );
  const id = case_id as CaseId;
  expect(await check(desk.verification, id)).toBe('review');
  expect(await listed(owner)).toBe(true);
  for (const reviewer of [ops, someone('ops')]) {
    await desk.verification.decideReview(reviewer, id, { decision: 'approve', round: 1 });
  }
  expect(await listed(owner)).toBe(true);
  await desk.verification.story.grant(id);
  await desk.verification.story.close(id);
  expect(await listed(owner)).toBe(false);
});
