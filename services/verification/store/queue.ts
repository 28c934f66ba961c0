import type { CaseId } from '#shared/ids.ts';
import { type Sql, statement } from '#shared/sql.ts';
import { type CaseRow, COLUMNS } from './cases.ts';

const QUEUE = statement(
  'verification.review-queue',
  `SELECT ${COLUMNS} FROM verification.cases
   WHERE cases.state = 'review'
     AND ($1::timestamptz IS NULL OR (cases.waiting_since, cases.id) > ($1, $2::uuid))
     AND ($3::text IS NULL OR cases.kind = $3)
     AND ($4::text IS NULL OR cases.country = $4)
     AND ($5::text IS NULL OR cases.risk = $5)
     AND ($6::timestamptz IS NULL OR cases.due_at < $6)
   ORDER BY cases.waiting_since, cases.id LIMIT $7`,
);

/** Since when a case waits, and its id. */
type QueuePlace = { readonly at: Date; readonly id: CaseId };

export type QueueFilter = {
  readonly kind: string | undefined;
  readonly country: string | undefined;
  readonly risk: string | undefined;
  /** Only those that were due before. */
  readonly dueBefore: Date | undefined;
};

/** Cases that wait for a reviewer, the longest waiting first, from after the given one. */
export function reviewQueue(
  sql: Sql,
  after: QueuePlace | undefined,
  { kind, country, risk, dueBefore }: QueueFilter,
  limit: number,
): Promise<CaseRow[]> {
  return sql.rows<CaseRow>(QUEUE, [
    after?.at ?? null,
    after?.id ?? null,
    kind ?? null,
    country ?? null,
    risk ?? null,
    dueBefore ?? null,
    limit,
  ]);
}
