import { expect, test } from 'vitest';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import { actingAs } from '#shared/act-as.ts';
import type { CaseId } from '#shared/ids.ts';
import { type Database, statement } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { caseInReview, check, inAYear, newKey, openDesk, someone, submission } from './open-verification.ts';

const KEPT = statement(
  'test.kept',
  `SELECT (SELECT count(*)::int FROM verification.cases) AS cases,
     (SELECT count(*)::int FROM verification.submissions) AS submissions,
     (SELECT count(*)::int FROM verification.standings) AS standings,
     (SELECT count(*)::int FROM http.idempotency_keys) AS keys`,
);
const keptIn = (database: Database) => actingAs(database, 'worker', async (tx) => (await tx.rows(KEPT))[0]);

test('cases, what was submitted and what is in force stay in the country of the applicant', async () => {
  await using core = await freshDatabase();
  await using vietnam = await freshDatabase();
  await using databases = openDatabases(
    { DATABASE_URL: core.url, DATABASE_POOL_MAX: 4, REGION_DATABASE_URLS: [`VN=${vietnam.url}`] },
    'test',
  );
  await using desk = await openDesk({ databases });
  const { verification } = desk;
  const [owner, reviewer] = [someone('user', 'VN'), someone('ops')];
  const documents = [{ type: 'cccd', number: '001090123456', country: 'VN', expires_at: inAYear() } as const];
  const { case_id: id } = await verification.applyForTier(owner, submission({ documents }), newKey());
  await check(verification, id as CaseId);
  await verification.story.grant(id as CaseId);
  await verification.story.close(id as CaseId);

  expect(await keptIn(vietnam.database)).toEqual({ cases: 1, submissions: 1, standings: 1, keys: 1 });
  expect(await keptIn(core.database)).toEqual({ cases: 0, submissions: 0, standings: 0, keys: 0 });
  expect(await verification.getKycStatus(owner)).toMatchObject({ tier: 1, status: 'verified' });

  const unclear = [{ type: 'passport', number: 'C1234513', country: 'VN', expires_at: inAYear() } as const];
  const waiting = [
    await caseInReview(desk, someone('user', 'TH')),
    await caseInReview(desk, someone('user', 'VN'), { documents: unclear }),
    await caseInReview(desk, someone('user', 'SG')),
  ];
  expect((await verification.listReviews(reviewer, { limit: 100 })).reviews.map((one) => one.id)).toEqual(waiting);
});
