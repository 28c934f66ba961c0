import { regionOf, type UserId } from '#shared/ids.ts';
import { type Databases, firstRow, statement } from '#shared/sql.ts';

const IS_LISTED = statement(
  'verification.is-listed',
  `SELECT coalesce((
     SELECT cases.state NOT IN ('verified', 'superseded', 'lapsed') FROM verification.cases
     WHERE cases.owner_id = $1 AND 'screening_hit' = ANY (cases.doubts) ORDER BY cases.id DESC LIMIT 1
   ), false) OR EXISTS (
     SELECT FROM verification.list_hits AS hit JOIN verification.cases ON cases.id = hit.case_id
     WHERE cases.owner_id = $1 AND hit.decision IS DISTINCT FROM 'cleared'
   ) AS is_listed`,
);

/**
 * Whether a list of sanctions has someone's name, or that of their shop, as far as is known: a search has hit, and reviewers
 * have not said that it is somebody else.
 */
export async function isListed(databases: Databases, userId: UserId): Promise<boolean> {
  const row = await firstRow<{ is_listed: boolean }>(databases.of(regionOf(userId)), IS_LISTED, [userId]);
  return row!.is_listed;
}
