import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedShops } from '#services/commerce/seed-shops.ts';
import { makeOpenShop } from '#services/commerce/open-shop.ts';
import type { CommercePorts } from '#services/commerce/ports.ts';
import { actingAs } from '#shared/act-as.ts';
import { AppError } from '#shared/errors.ts';
import type { Caller } from '#shared/caller.ts';
import { KycSubmission } from '#shared/contracts/verification/kyc.ts';
import type { CaseId, MediaId, ShopId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import {
  auditOf,
  check,
  type Desk,
  newKey,
  NUMBERS,
  openDesk,
  shopSubmission,
  someone,
  submission,
} from './open-verification.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk[Symbol.asyncDispose]());

const apply = (caller: Caller, body: KycSubmission, key = newKey()) =>
  desk.verification.applyForTier(caller, body, key);

async function faultsOf(call: Promise<unknown>): Promise<string[]> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError) || !Array.isArray(error.details)) throw error;
  expect(error.code).toBe('VALIDATION_ERROR');
  return error.details.map(({ path }) => path);
}

async function openShop(owner: Caller): Promise<ShopId> {
  const ports = { ...desk.ports, workflows: {}, deadlines: {} } as unknown as CommercePorts;
  return (await makeOpenShop(ports)(owner, { name: 'Lamps' }, undefined)).id as ShopId;
}

describe('a submission is refused', () => {
  test('at every field that is wrong, and nothing is written', async () => {
    const caller = someone();
    const document = { type: 'national_id', number: NUMBERS.found, country: 'TH' } as const;
    const wrong = apply(
      caller,
      submission({
        date_of_birth: '2015-01-01',
        documents: [
          { ...document, number: '3100600445636' },
          { ...document, type: 'nric' },
          { ...document, issued_at: '2999-01-01' },
          { ...document, expires_at: '2020-01-01' },
          { ...document, issued_at: '2025-01-02', expires_at: '2999-01-01' },
          { ...document, country: 'SG', number: 'S1234567E' },
          { type: 'driving_licence', number: '1234567', country: 'ID', expires_at: '9999-12-31' },
        ],
      }),
    );
    expect(await faultsOf(wrong)).toEqual([
      'documents.0.number',
      'documents.1.number',
      'documents.2.issued_at',
      'documents.3.expires_at',
      'documents.4.expires_at',
      'documents.5.number',
      'documents.6.expires_at',
      'date_of_birth',
    ]);
    expect(await desk.verification.getKycStatus(caller)).toMatchObject({ case_id: null, status: 'none', tier: 0 });
  });

  test('with a day that is in no calendar', () => {
    for (const day of ['2025-02-29', '2025-13-01', '0000-00-00', 'yesterday', '1990-05-17T25:00:00Z', '']) {
      const parsed = KycSubmission.safeParse({ ...submission(), date_of_birth: day });
      expect([day, parsed.success]).toEqual([day, false]);
    }
    for (const day of ['1990-05-17', '1990-05-17T00:00:00Z', '1990-05-17T10:00:00.000+07:00']) {
      const parsed = KycSubmission.safeParse({ ...submission(), date_of_birth: day });
      expect([day, parsed.success]).toEqual([day, true]);
    }
  });

  test('with a file that the applicant has not stored for it', async () => {
    const media = newId<MediaId>('TH');
    desk.foreign.add(media);
    const body = submission();
    const documents = [{ ...body.documents[0]!, media_id: media }];
    expect(await faultsOf(apply(someone(), { ...body, documents }))).toEqual(['documents.0.media_id']);
  });

  test('while another case is in others’ hands', async () => {
    const caller = someone();
    await apply(caller, submission());
    await expect(apply(caller, submission({ tier: 2 }))).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('for a tier that is reached and rests on nothing that expires', async () => {
    const caller = someone();
    const { case_id: id } = await apply(caller, submission({ tier: 2 }));
    expect(await check(desk.verification, id as CaseId)).toBe('approved');
    await desk.verification.story.grant(id as CaseId);
    await desk.verification.story.close(id as CaseId);
    for (const tier of [1, 2]) {
      await expect(apply(caller, submission({ tier }))).rejects.toMatchObject({ code: 'CONFLICT' });
    }
    expect(await desk.verification.getKycStatus(caller)).toMatchObject({ tier: 2, status: 'verified' });
  });

  test('of a shop that is someone else’s, whether it is verified or not', async () => {
    const [owner, other] = [someone(), someone()];
    const [verified] = await seedShops(desk.ports, [{ userId: owner.userId, country: 'TH' }]);
    for (const id of [await openShop(owner), verified!, newId<ShopId>('core')]) {
      const theirs = desk.verification.applyForShop(other, id, shopSubmission(), newKey());
      await expect(theirs).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(desk.verification.getShopVerification(other, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    const again = desk.verification.applyForShop(owner, verified!, shopSubmission(), newKey());
    await expect(again).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await desk.verification.getShopVerification(owner, verified!)).toMatchObject({ status: 'verified' });
  });

  test('of a shop with a number that its country has not given', async () => {
    const owner = someone();
    const shop = await openShop(owner);
    const wrong = desk.verification.applyForShop(owner, shop, shopSubmission('0994000617722'), newKey());
    expect(await faultsOf(wrong)).toEqual(['documents.0.number', 'registration_number']);
  });
});

describe('a submission', () => {
  test('is answered at once, and again the same for the same key', async () => {
    const [caller, key] = [someone(), newKey()];
    const first = await apply(caller, submission(), key);
    expect(first).toMatchObject({ tier: 0, requested_tier: 1, status: 'pending', wanted: [], reason: null });
    expect(first.limits).toEqual([{ currency: 'THB', daily_limit: '0000.00', monthly_limit: '00000.00' }]);
    expect(await apply(caller, submission(), key)).toEqual(first);
    const otherBody = apply(caller, submission(), { ...key, digest: 'other' });
    await expect(otherBody).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  test('that comes many times at once opens one case', async () => {
    const caller = someone();
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => apply(caller, submission())));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const tried of tries) {
      if (tried.status === 'rejected') expect(tried.reason).toMatchObject({ code: 'CONFLICT' });
    }
  });

  test('rests sealed: no table, event or audit entry has a word of it', async () => {
    const caller = someone();
    const body = submission({ full_name: 'Boonmee Unmistakable', date_of_birth: '1971-03-04' });
    await apply(caller, body);
    const tables = ['verification.cases', 'verification.submissions', 'verification.checks', 'events.outbox'];
    for (const table of [...tables, 'http.idempotency_keys']) {
      const rows = await actingAs(desk.db.database, 'worker', (tx) =>
        tx.rows<{ text: string }>(statement('', `SELECT (to_jsonb(entry))::text AS text FROM ${table} AS entry`)),
      );
      if (table !== 'verification.checks') expect([table, rows.length]).not.toEqual([table, 0]);
      const text = rows.map((row) => row.text).join('\n');
      for (const word of ['Unmistakable', '1971-03-04', 'Silom', NUMBERS.found]) {
        expect([table, word, text.includes(word)]).toEqual([table, word, false]);
      }
      expect(text.includes(Buffer.from('Unmistakable').toString('hex'))).toBe(false);
    }
  });

  test('that lacks what its tier needs is asked for it, and goes on with the next', async () => {
    const caller = someone();
    const { address: _, ...without } = submission({ tier: 2, documents: [] });
    const { case_id: id } = await apply(caller, without);
    expect(await check(desk.verification, id as CaseId)).toBe('asking');
    const asked = await desk.verification.getKycStatus(caller);
    expect(asked).toMatchObject({ case_id: id, status: 'action_required', wanted: ['national_id', 'address'] });

    await expect(apply(caller, submission({ tier: 1 }))).rejects.toMatchObject({ code: 'CONFLICT' });
    const answered = await apply(caller, submission({ tier: 2 }));
    expect(answered).toMatchObject({ case_id: id, status: 'pending', wanted: [] });
    expect(await check(desk.verification, id as CaseId)).toBe('approved');
    const told = (await auditOf(desk, id!)).map(({ action }) => action.replace('verification.', ''));
    expect(told).toEqual(['submitted', 'asked', 'resubmitted', 'registry_asked', 'screening_asked', 'judged']);
  });
});

describe('what the database refuses', () => {
  const set = (id: string, state: string) =>
    desk.db.database.rows(statement('', 'UPDATE verification.cases SET state = $2 WHERE id = $1'), [id, state]);

  test('a case that is verified without having been approved, or leaves its rest', async () => {
    const { case_id: id } = await apply(someone(), submission());
    for (const state of ['verified', 'rejected', 'lapsed'])
      await expect(set(id!, state)).rejects.toThrow('does not go');
    await check(desk.verification, id as CaseId);
    await desk.verification.story.close(id as CaseId);
    for (const state of ['checking', 'review', 'approved'])
      await expect(set(id!, state)).rejects.toThrow('does not go');
  });
});

describe('someone’s data', () => {
  test('is exported to them as they wrote it, and erased but for what the law has us keep', async () => {
    const caller = someone();
    const files = [newId<MediaId>('TH'), newId<MediaId>('TH')];
    const withFile = (at: number) => ({
      documents: [{ ...submission().documents[0]!, media_id: files[at]! }],
    });
    const { case_id: verified } = await apply(caller, submission(withFile(0)));
    await check(desk.verification, verified as CaseId);
    await desk.verification.story.close(verified as CaseId);
    const { case_id: open } = await apply(caller, submission({ tier: 2, ...withFile(1) }));

    const exported = await desk.verification.exportOf(caller.userId);
    expect(exported.map((one) => [one.case_id, one.status, one.submissions[0]?.name])).toEqual([
      [verified, 'verified', 'Somchai Jaidee'],
      [open, 'pending', 'Somchai Jaidee'],
    ]);

    expect(await desk.verification.erase(caller.userId)).toEqual({ erased: 1, held: 1 });
    expect(await desk.verification.erase(caller.userId)).toEqual({ erased: 1, held: 1 });
    expect(desk.removed.filter((id) => files.includes(id))).toEqual([files[1]]);
    const left = await desk.verification.exportOf(caller.userId);
    expect(left.map((one) => [one.case_id, one.status, one.submissions.length])).toEqual([
      [verified, 'withdrawn', 1],
      [open, 'withdrawn', 0],
    ]);
    expect(await desk.verification.getKycStatus(caller)).toMatchObject({ tier: 0 });
    expect(await desk.verification.purgeHeld()).toBe(0);
    const later = await openLater(4000);
    expect(await later.purgeHeld()).toBe(1);
    expect((await desk.verification.exportOf(caller.userId)).map((one) => one.submissions.length)).toEqual([0, 0]);
    expect(desk.removed).toContain(files[0]);
  });
});

/** The same desk, some days later. */
async function openLater(days: number) {
  const { makeVerification } = await import('#services/verification/service.ts');
  return makeVerification({ ...desk.ports, clock: () => new Date(Date.now() + days * 86_400_000) });
}
