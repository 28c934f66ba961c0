import type { CaseId, ListHitId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { type Region } from '#shared/regions.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';
import { type CaseRow, COLUMNS } from '../store/cases.ts';

const DUE = statement(
  'verification.due-for-rescreening',
  `SELECT ${COLUMNS} FROM verification.cases
   LEFT JOIN verification.rescreenings AS latest ON latest.case_id = cases.id
   WHERE cases.state = 'verified' AND cases.sealed_key IS NOT NULL AND cases.id > $1
     AND coalesce(latest.screened_at, cases.decided_at, cases.updated_at) <= $2
     AND NOT ('screening_hit' = ANY (cases.doubts))
     AND NOT EXISTS (SELECT FROM verification.list_hits AS hit WHERE hit.case_id = cases.id)
   ORDER BY cases.id LIMIT $3`,
);
const SCREENED = statement(
  'verification.save-rescreening',
  `INSERT INTO verification.rescreenings (case_id, screened_at) VALUES ($1, $2)
   ON CONFLICT (case_id) DO UPDATE SET screened_at = excluded.screened_at`,
);
const FOUND = statement(
  'verification.insert-list-hit',
  `INSERT INTO verification.list_hits (id, case_id, found_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
   RETURNING list_hits.id`,
);

export type HitRow = {
  readonly id: ListHitId;
  readonly case_id: CaseId;
  readonly found_at: Date;
  readonly decision: 'cleared' | 'confirmed' | null;
};

const OPEN = statement(
  'verification.open-list-hits',
  `SELECT hit.id, hit.case_id, hit.found_at, hit.decision FROM verification.list_hits AS hit
   WHERE hit.decision IS NULL AND hit.id > $1 ORDER BY hit.id LIMIT $2`,
);
const LOCK = statement(
  'verification.lock-list-hit',
  `SELECT hit.id, hit.case_id, hit.found_at, hit.decision FROM verification.list_hits AS hit
   WHERE hit.id = $1 FOR NO KEY UPDATE`,
);
const DECIDE = statement(
  'verification.decide-list-hit',
  `UPDATE verification.list_hits AS hit SET decision = $2, decided_by = $3, decided_at = $4, reason = $5 WHERE hit.id = $1`,
);

/**
 * Verified cases after an id whose names were last looked for before a moment. Those that a list is known to have are left
 * out: reviewers have said that it is somebody else, or are about to.
 */
export function dueForRescreening(sql: Sql, after: string, before: Date, limit: number): Promise<CaseRow[]> {
  return sql.rows<CaseRow>(DUE, [after, before, limit]);
}

export async function saveRescreening(tx: Tx, id: CaseId, at: Date): Promise<void> {
  await tx.rows(SCREENED, [id, at]);
}

/** @returns undefined when a hit of this case waits already */
export async function insertHit(tx: Tx, caseId: CaseId, region: Region, at: Date): Promise<ListHitId | undefined> {
  return (await firstRow<{ id: ListHitId }>(tx, FOUND, [newId<ListHitId>(region), caseId, at]))?.id;
}

export function openHits(sql: Sql, after: string, limit: number): Promise<HitRow[]> {
  return sql.rows<HitRow>(OPEN, [after, limit]);
}

export function lockHit(tx: Tx, id: ListHitId): Promise<HitRow | undefined> {
  return firstRow<HitRow>(tx, LOCK, [id]);
}

export async function decideHit(
  tx: Tx,
  id: ListHitId,
  { decision, reason, by, at }: { decision: 'cleared' | 'confirmed'; reason: string | null; by: string; at: Date },
): Promise<void> {
  await tx.rows(DECIDE, [id, decision, by, at, reason]);
}
