import type { TransactionId } from '#shared/ids.ts';
import { type Sql, firstRow, statement } from '#shared/sql.ts';

/** One gateway that was asked for a deposit's charge. */
export type AttemptRow = { readonly attempt: number; readonly gateway: string; readonly asked_at: Date };

/**
 * A unique index keeps a second attempt from beginning while one may have made a charge; whoever comes second changes
 * nothing and is told nothing.
 */
const BEGIN = statement(
  'payments.begin-attempt',
  `WITH begun AS (
     INSERT INTO payments.charge_attempts (transaction_id, attempt, gateway, asked_at)
     SELECT $1::uuid, coalesce(max(earlier.attempt), 0) + 1, $2::text, $3::timestamptz
     FROM payments.charge_attempts AS earlier WHERE earlier.transaction_id = $1
     ON CONFLICT DO NOTHING
     RETURNING attempt
   )
   UPDATE payments.charges AS charge SET gateway = $2::text, asked_at = coalesce(charge.asked_at, $3::timestamptz)
   FROM begun WHERE charge.transaction_id = $1
   RETURNING begun.attempt`,
);
const ASK_AGAIN = statement(
  'payments.ask-attempt-again',
  `UPDATE payments.charge_attempts AS attempt SET asks = attempt.asks + 1
   WHERE attempt.transaction_id = $1 AND attempt.outcome IS NULL
   RETURNING attempt.attempt, attempt.gateway, attempt.asked_at`,
);
const FIND_OPEN = statement(
  'payments.find-open-attempt',
  `SELECT attempt.attempt, attempt.gateway, attempt.asked_at FROM payments.charge_attempts AS attempt
   WHERE attempt.transaction_id = $1 AND attempt.outcome IS NULL`,
);
const END = statement(
  'payments.end-attempt',
  `UPDATE payments.charge_attempts AS attempt SET outcome = $3, reason = $4, ended_at = $5
   WHERE attempt.transaction_id = $1 AND attempt.attempt = $2 AND attempt.outcome IS NULL
     AND ($3 <> 'not_made' OR attempt.asks = 1)
   RETURNING attempt.attempt`,
);

/**
 * Writes down that a gateway is about to be asked, and gives the deposit to it. From then on the charge may exist.
 *
 * @returns the attempt's number, from 1; undefined when an earlier one made a charge, or may have
 */
export async function beginAttempt(
  sql: Sql,
  { id, gateway, at }: { readonly id: TransactionId; readonly gateway: string; readonly at: Date },
): Promise<number | undefined> {
  return (await firstRow<{ attempt: number }>(sql, BEGIN, [id, gateway, at]))?.attempt;
}

/** The attempt whose outcome is not known, marked as asked once more; undefined when there is none. */
export function askAttemptAgain(sql: Sql, id: TransactionId): Promise<AttemptRow | undefined> {
  return firstRow<AttemptRow>(sql, ASK_AGAIN, [id]);
}

export function findOpenAttempt(sql: Sql, id: TransactionId): Promise<AttemptRow | undefined> {
  return firstRow<AttemptRow>(sql, FIND_OPEN, [id]);
}

export type AttemptEnd = {
  readonly outcome: 'declined' | 'not_made';
  readonly reason: string;
  readonly at: Date;
};

/** False when it has ended already, or when it was asked twice and one answer is not enough to say that nothing was made. */
export async function endAttempt(
  sql: Sql,
  id: TransactionId,
  attempt: number,
  { outcome, reason, at }: AttemptEnd,
): Promise<boolean> {
  return (await firstRow(sql, END, [id, attempt, outcome, reason, at])) !== undefined;
}
