import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '#shared/caller.ts';
import type { CaseId } from '#shared/ids.ts';
import { statement } from '#shared/sql.ts';
import { check, openDesk, someone, submission, type Desk } from './open-verification.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk({ documentKey: 'ab'.repeat(32) });
});
afterAll(() => desk[Symbol.asyncDispose]());

/** A Thai national id that is valid, of its own for each place. */
function thaiId(place: number): string {
  const bare = String(310060044500 + place);
  const sum = Array.from(bare).reduce((total, digit, at) => total + Number(digit) * (13 - at), 0);
  return bare + String((11 - (sum % 11)) % 10);
}

async function apply(owner: Caller, number: string): Promise<{ id: CaseId; state: string }> {
  const { case_id: id } = await desk.verification.applyForTier(owner, submission({ number }), undefined);
  return { id: id as CaseId, state: await check(desk.verification, id as CaseId) };
}

async function rest(id: CaseId): Promise<void> {
  await desk.verification.story.grant(id);
  await desk.verification.story.close(id);
}

const doubtsOf = async (id: CaseId) => (await desk.verification.readReview(someone('ops'), id)).doubts;

test('a document that another account was verified with goes to a reviewer, and tells why', async () => {
  const [first, second] = [someone(), someone()];
  const one = await apply(first, thaiId(11));
  expect(one.state).toBe('approved');
  await rest(one.id);
  const other = await apply(second, thaiId(11));
  expect(other.state).toBe('review');
  expect(await doubtsOf(other.id)).toEqual(['document_used_elsewhere']);
});

test('the same person shows it again without a doubt', async () => {
  const owner = someone();
  const first = await apply(owner, thaiId(21));
  await rest(first.id);
  const { case_id } = await desk.verification.applyForTier(
    owner,
    submission({ number: thaiId(21), tier: 2 }),
    undefined,
  );
  expect(await check(desk.verification, case_id as CaseId)).toBe('approved');
});

test('of two accounts at the same moment one is approved', async () => {
  const cases = await Promise.all(
    [someone(), someone()].map((owner) =>
      desk.verification.applyForTier(owner, submission({ number: thaiId(31) }), undefined),
    ),
  );
  const states = await Promise.all(cases.map(({ case_id: id }) => check(desk.verification, id as CaseId)));
  expect(states.toSorted()).toEqual(['approved', 'review']);
});

test('no number can be read from what is remembered, and it goes with an erasure that holds nothing', async () => {
  const owner = someone();
  const uses = () =>
    desk.db.database.rows<{ digest: Buffer }>(
      statement('', 'SELECT digest FROM verification.document_uses WHERE owner_id = $1'),
      [owner.userId],
    );
  const { id } = await apply(owner, thaiId(41));
  const [used] = await uses();
  expect(used!.digest).toHaveLength(32);
  expect(used!.digest.toString()).not.toContain(thaiId(41));
  // Approved counts as served; what is held keeps what it is known by.
  expect(await desk.verification.erase(owner.userId)).toEqual({ erased: 0, held: 1 });
  expect(await uses()).toHaveLength(1);
  expect(await desk.verification.story.lookAt(id)).toBe('withdrawn');
});
