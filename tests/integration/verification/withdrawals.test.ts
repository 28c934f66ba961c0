import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedShops } from '#services/commerce/seed-shops.ts';
import { makeScreen } from '#services/verification/story/check-case.ts';
import { actingAs } from '#shared/act-as.ts';
import type { Caller } from '#shared/caller.ts';
import type { CaseId, MediaId, ShopId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import {
  auditOf,
  caseInReview,
  check,
  type Desk,
  NUMBERS,
  openDesk,
  someone,
  submission,
} from './open-verification.ts';

// No story can be asked here, as while Temporal is away: the row has it all.

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk[Symbol.asyncDispose]());

const apply = async (caller: Caller, wish: Parameters<typeof submission>[0] = {}): Promise<CaseId> =>
  (await desk.verification.applyForTier(caller, submission(wish), undefined)).case_id as CaseId;
const withdraw = (caller: Caller, id: CaseId) => desk.verification.withdrawKyc(caller, id);
const LEFT = statement(
  '',
  `SELECT (SELECT count(*)::int FROM verification.submissions WHERE case_id = $1) AS submissions,
     (SELECT sealed_key IS NULL FROM verification.cases WHERE id = $1) AS keyless,
     (SELECT count(*)::int FROM events.outbox WHERE aggregate_id = $1::text AND data ->> 'step' = 'withdrawn') AS told`,
);

describe('a case is not taken back', () => {
  test('by anyone but its applicant', async () => {
    const id = await apply(someone());
    for (const caller of [someone(), someone('ops')]) {
      await expect(withdraw(caller, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    await expect(withdraw(someone(), newId<CaseId>('TH'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await desk.verification.story.lookAt(id)).toBe('checking');
  });

  test('while a reviewer looks at it, in the same words for one who is on a list and one who is not', async () => {
    const words: string[] = [];
    for (const full_name of ['Boonmee Plain', 'Boonmee SANCTIONED']) {
      const owner = someone();
      const id = await caseInReview(desk, owner, { full_name });
      const refused: unknown = await withdraw(owner, id).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'CONFLICT' });
      words.push(JSON.stringify(refused));
      expect(await desk.verification.story.withdraw(id)).toBe('review');
    }
    expect(words[0]).toBe(words[1]);
  });

  test('once it is decided', async () => {
    const owner = someone();
    const id = await apply(owner);
    await check(desk.verification, id);
    await expect(withdraw(owner, id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await desk.verification.story.close(id);
    await expect(withdraw(owner, id)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await desk.verification.story.lookAt(id)).toBe('verified');
  });

  test('of a shop that is someone else’s, or has none', async () => {
    const owner = someone();
    const [shop] = (await seedShops(desk.ports, [{ userId: owner.userId, country: 'TH' }])) as [ShopId];
    for (const caller of [someone(), owner]) {
      await expect(desk.verification.withdrawShop(caller, shop)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });
});

test('a case that is taken back ends at once, leaves nothing of what was submitted, and makes room for another', async () => {
  const owner = someone();
  const file = newId<MediaId>('TH');
  const documents = [{ ...submission().documents[0]!, media_id: file }];
  const id = await apply(owner, { documents });
  expect(await withdraw(owner, id)).toMatchObject({ case_id: id, status: 'withdrawn', tier: 0, wanted: [] });
  expect(await withdraw(owner, id)).toMatchObject({ case_id: id, status: 'withdrawn' });
  expect(await actingAs(desk.db.database, 'worker', (tx) => tx.rows(LEFT, [id]))).toEqual([
    { submissions: 0, keyless: true, told: 1 },
  ]);
  expect(desk.removed).toContain(file);
  const told = (await auditOf(desk, id)).filter(({ action }) => action === 'verification.withdrawn');
  expect(told).toMatchObject([{ actor: owner.userId, outcome: 'ok' }]);
  expect(await check(desk.verification, id)).toBe('withdrawn');
  expect(await apply(owner)).not.toBe(id);
  // Nobody was served on it, so an erasure finds nothing that the law has us keep.
  expect(await desk.verification.erase(owner.userId)).toEqual({ erased: 2, held: 0 });
});

test('a case that waits for an answer is taken back as well', async () => {
  const owner = someone();
  const id = await apply(owner, { documents: [] });
  expect(await check(desk.verification, id)).toBe('asking');
  expect(await withdraw(owner, id)).toMatchObject({ status: 'withdrawn', wanted: [], reason: null });
});

test('of a withdrawal and an answer at once one counts', async () => {
  for (let round = 0; round < 5; round += 1) {
    const owner = someone();
    const id = await apply(owner, { documents: [] });
    await check(desk.verification, id);
    const [answer] = await Promise.allSettled([apply(owner, { number: NUMBERS.found }), withdraw(owner, id)]);
    // An answer that came first was withdrawn with its case; one that came after it opened another.
    expect(await desk.verification.story.lookAt(id)).toBe('withdrawn');
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'CONFLICT' });
  }
});

test('a source that is asked while the case is taken back is asked again, and has nothing left to say', async () => {
  const owner = someone();
  const id = await apply(owner);
  const screening: Desk['ports']['screening'] = { screen: () => Promise.reject(new Error('nobody is screened')) };
  const keyManagement: Desk['ports']['keyManagement'] = {
    ...desk.ports.keyManagement,
    unwrap: async (wrapped, context) => {
      await withdraw(owner, id);
      return await desk.ports.keyManagement.unwrap(wrapped, context);
    },
  };
  const screen = makeScreen({ ...desk.ports, keyManagement, screening });
  await expect(screen(id)).rejects.toMatchObject({ code: 'RETRY_LATER' });
  expect(await screen(id)).toBeUndefined();
});
