import type { CaseId, MediaId } from '#shared/ids.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

export type SubmissionRow = {
  readonly case_id: CaseId;
  readonly round: number;
  readonly sealed: Uint8Array;
  readonly media_ids: readonly MediaId[];
  readonly submitted_at: Date;
};

const INSERT = statement(
  'verification.insert-submission',
  `INSERT INTO verification.submissions (case_id, round, sealed, media_ids, submitted_at) VALUES ($1, $2, $3, $4, $5)`,
);

export async function insertSubmission(tx: Tx, row: SubmissionRow): Promise<void> {
  await tx.rows(INSERT, [row.case_id, row.round, row.sealed, row.media_ids, row.submitted_at]);
}

const FIND = statement(
  'verification.find-submission',
  `SELECT submissions.case_id, submissions.round, submissions.sealed, submissions.media_ids, submissions.submitted_at
   FROM verification.submissions WHERE submissions.case_id = $1 AND submissions.round = $2`,
);

export function findSubmission(sql: Sql, caseId: CaseId, round: number): Promise<SubmissionRow | undefined> {
  return firstRow<SubmissionRow>(sql, FIND, [caseId, round]);
}

const ALL = statement(
  'verification.submissions-of-case',
  `SELECT submissions.case_id, submissions.round, submissions.sealed, submissions.media_ids, submissions.submitted_at
   FROM verification.submissions WHERE submissions.case_id = $1 ORDER BY submissions.round`,
);

export function submissionsOf(sql: Sql, caseId: CaseId): Promise<SubmissionRow[]> {
  return sql.rows<SubmissionRow>(ALL, [caseId]);
}

const SAVE_CHECK = statement(
  'verification.save-check',
  `INSERT INTO verification.checks (case_id, round, source, result, checked_at) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (case_id, round, source) DO UPDATE SET result = excluded.result, checked_at = excluded.checked_at`,
);

export type CheckRow =
  | { readonly source: 'registry'; readonly result: 'found' | 'unclear' | 'refused'; readonly checked_at: Date }
  | { readonly source: 'screening'; readonly result: 'clear' | 'hit'; readonly checked_at: Date };

/** What a source said of a submission, in the place of what it said before. */
export async function saveCheck(tx: Tx, caseId: CaseId, round: number, check: CheckRow): Promise<void> {
  await tx.rows(SAVE_CHECK, [caseId, round, check.source, check.result, check.checked_at]);
}

const CHECKS = statement(
  'verification.checks-of-submission',
  `SELECT checks.source, checks.result, checks.checked_at FROM verification.checks
   WHERE checks.case_id = $1 AND checks.round = $2 ORDER BY checks.source`,
);

export function checksOf(sql: Sql, caseId: CaseId, round: number): Promise<CheckRow[]> {
  return sql.rows<CheckRow>(CHECKS, [caseId, round]);
}
