import type { Wanted } from '#shared/contracts/verification/document.ts';
import type { Decision } from '#shared/contracts/verification/reviews.ts';
import type { CaseId, UserId } from '#shared/ids.ts';
import { type Sql, statement, type Tx } from '#shared/sql.ts';

export type VoteRow = {
  readonly case_id: CaseId;
  readonly round: number;
  readonly reviewer_id: UserId;
  readonly decision: Decision;
  readonly reason: string | null;
  readonly wanted: readonly Wanted[];
  readonly voted_at: Date;
};

const INSERT = statement(
  'verification.insert-vote',
  `INSERT INTO verification.votes (case_id, round, reviewer_id, decision, reason, wanted, voted_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7)`,
);

export async function insertVote(tx: Tx, vote: VoteRow): Promise<void> {
  await tx.rows(INSERT, [
    vote.case_id,
    vote.round,
    vote.reviewer_id,
    vote.decision,
    vote.reason,
    vote.wanted,
    vote.voted_at,
  ]);
}

const OF_CASES = statement(
  'verification.votes-of-cases',
  `SELECT votes.case_id, votes.round, votes.reviewer_id, votes.decision, votes.reason, votes.wanted, votes.voted_at
   FROM verification.votes JOIN unnest($1::uuid[], $2::smallint[]) AS asked (case_id, round)
     ON votes.case_id = asked.case_id AND votes.round = asked.round
   ORDER BY votes.voted_at, votes.reviewer_id`,
);

/** What reviewers said of these cases' latest submissions, the first word first. */
export function votesOf(
  sql: Sql,
  cases: readonly { readonly id: CaseId; readonly round: number }[],
): Promise<VoteRow[]> {
  return sql.rows<VoteRow>(OF_CASES, [cases.map(({ id }) => id), cases.map(({ round }) => round)]);
}
