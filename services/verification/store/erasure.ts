import type { CaseId, MediaId } from '#shared/ids.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';
import { type CaseRow, COLUMNS } from './cases.ts';

const FORGET = statement(
  'verification.forget-submissions',
  `WITH gone AS (
     DELETE FROM verification.submissions WHERE submissions.case_id = $1 RETURNING submissions.media_ids
   ), keyless AS (
     UPDATE verification.cases SET sealed_key = NULL, wrapped_by = NULL, held_until = NULL WHERE cases.id = $1
   )
   SELECT coalesce(array_agg(DISTINCT file.id) FILTER (WHERE file.id IS NOT NULL), '{}') AS media_ids
   FROM gone LEFT JOIN unnest(gone.media_ids) AS file (id) ON true`,
);

/** Removes what was submitted, and the key that sealed it. @returns the files of its documents */
export async function forgetSubmissions(tx: Tx, id: CaseId): Promise<readonly MediaId[]> {
  const gone = await firstRow<{ media_ids: readonly MediaId[] }>(tx, FORGET, [id]);
  return gone!.media_ids;
}

const HOLD = statement(
  'verification.hold-case',
  'UPDATE verification.cases SET held_until = coalesce(cases.held_until, $2) WHERE cases.id = $1',
);

/** Keeps a case for the law, and no longer; the first hold stands. */
export async function holdUntil(tx: Tx, id: CaseId, until: Date): Promise<void> {
  await tx.rows(HOLD, [id, until]);
}

const NO_LONGER_HELD = statement(
  'verification.no-longer-held',
  `SELECT ${COLUMNS} FROM verification.cases WHERE cases.held_until < $1 LIMIT $2`,
);

/** Cases that the law no longer has us keep. */
export function noLongerHeld(sql: Sql, now: Date, limit: number): Promise<CaseRow[]> {
  return sql.rows<CaseRow>(NO_LONGER_HELD, [now, limit]);
}
