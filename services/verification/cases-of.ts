import { type CaseId, regionOf, type UserId } from '#shared/ids.ts';
import { type Databases, statement } from '#shared/sql.ts';

const VERIFIED = statement(
  'verification.verified-cases',
  `SELECT DISTINCT ON (cases.owner_id) cases.owner_id, cases.id FROM verification.cases
   WHERE cases.owner_id = ANY ($1::uuid[]) AND cases.kind = 'kyc' AND cases.state = 'verified'
   ORDER BY cases.owner_id, cases.tier DESC, cases.id DESC`,
);

/** The cases by which people are known now, those of the highest tier; whoever has none is left out. */
export async function casesOf(databases: Databases, ids: readonly UserId[]): Promise<ReadonlyMap<UserId, CaseId>> {
  const byHome = Map.groupBy(new Set(ids), (id) => databases.of(regionOf(id)));
  const found = await Promise.all(
    [...byHome].map(([home, owners]) => home.rows<{ owner_id: UserId; id: CaseId }>(VERIFIED, [owners])),
  );
  return new Map(found.flat().map(({ owner_id: owner, id }) => [owner, id]));
}
