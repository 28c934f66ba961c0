import type { ReconciliationRunId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';

export type RunRow = {
  readonly id: ReconciliationRunId;
  readonly gateway: string;
  readonly day: string;
  readonly status: 'running' | 'completed';
  readonly started_at: Date;
  readonly finished_at: Date | null;
  /** Findings of its day, in all and those that wait. */
  readonly found: number;
  readonly waiting: number;
};

export type TotalRow = {
  readonly currency: Currency;
  /** A kind of line, or `clearing`, `suspense`, `gateway_fees` and `bank` for balances. */
  readonly what: string;
  readonly lines: bigint;
  readonly amount: bigint;
  readonly fee: bigint;
};

const RUN = `
  SELECT run.id, run.gateway, run.day::text AS day, run.status, run.started_at, run.finished_at,
    count(finding.id)::int AS found, (count(finding.id) FILTER (WHERE finding.status <> 'resolved'))::int AS waiting
  FROM payments.reconciliation_runs AS run
  LEFT JOIN payments.reconciliation_findings AS finding ON finding.gateway = run.gateway AND finding.day = run.day`;

const BEGIN = statement(
  'payments.begin-run',
  `INSERT INTO payments.reconciliation_runs AS run (id, gateway, day, started_at) VALUES ($1, $2, $3, $4)
   ON CONFLICT (gateway, day) DO NOTHING`,
);
const LOCK = statement(
  'payments.lock-run',
  `SELECT run.id, run.status FROM payments.reconciliation_runs AS run
   WHERE run.gateway = $1 AND run.day = $2 FOR UPDATE`,
);
const FINISH = statement(
  'payments.finish-run',
  `UPDATE payments.reconciliation_runs AS run SET status = 'completed', finished_at = $2 WHERE run.id = $1`,
);
const COMPLETED = statement(
  'payments.find-completed-runs',
  `SELECT run.gateway, run.day::text AS day FROM payments.reconciliation_runs AS run
   WHERE run.status = 'completed' AND run.day = ANY ($1)`,
);
const FIND = statement('payments.find-run', `${RUN} WHERE run.id = $1 GROUP BY run.id`);
const LIST = statement(
  'payments.list-runs',
  `${RUN}
   WHERE ($1::text IS NULL OR run.gateway = $1) AND ($2::date IS NULL OR run.day = $2) AND run.id < $3
   GROUP BY run.id ORDER BY run.id DESC LIMIT $4`,
);
const FORGET_TOTALS = statement(
  'payments.forget-run-totals',
  'DELETE FROM payments.reconciliation_totals AS total WHERE total.run_id = $1',
);
const ADD_UP = statement(
  'payments.add-up-run',
  `INSERT INTO payments.reconciliation_totals (run_id, currency, what, lines, amount, fee)
   SELECT $1::uuid, line.currency, line.kind, count(*), sum(line.amount), sum(line.fee)
   FROM payments.statement_lines AS line
   WHERE line.gateway = $2 AND line.occurred_at >= $3 AND line.occurred_at < $4
   GROUP BY line.currency, line.kind
   UNION ALL
   SELECT $1::uuid, account.currency, CASE account.kind WHEN 'gateway_clearing' THEN 'clearing' ELSE account.kind END,
     account.entries, account.balance, 0
   FROM payments.accounts AS account
   WHERE account.owner = $2 AND account.kind IN ('gateway_clearing', 'suspense', 'gateway_fees', 'bank')
     AND account.entries > 0`,
);
const TOTALS = statement(
  'payments.find-run-totals',
  `SELECT total.currency, total.what, total.lines, total.amount, total.fee FROM payments.reconciliation_totals AS total
   WHERE total.run_id = $1 ORDER BY total.currency, total.what`,
);

export type Begun = {
  readonly id: ReconciliationRunId;
  readonly gateway: string;
  readonly day: string;
  readonly at: Date;
};

/** Writes down that a day is being reconciled; once. */
export async function beginRun(sql: Sql, { id, gateway, day, at }: Begun): Promise<void> {
  await sql.rows(BEGIN, [id, gateway, day, at]);
}

export function lockRun(tx: Tx, gateway: string, day: string): Promise<Pick<RunRow, 'id' | 'status'> | undefined> {
  return firstRow(tx, LOCK, [gateway, day]);
}

export async function finishRun(tx: Tx, id: ReconciliationRunId, at: Date): Promise<void> {
  await tx.rows(FINISH, [id, at]);
}

/** Which of these days are done, as `gateway day`. */
export async function completedRuns(sql: Sql, days: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await sql.rows<{ readonly gateway: string; readonly day: string }>(COMPLETED, [days]);
  return new Set(rows.map(({ gateway, day }) => `${gateway} ${day}`));
}

export function findRun(sql: Sql, id: ReconciliationRunId): Promise<RunRow | undefined> {
  return firstRow<RunRow>(sql, FIND, [id]);
}

export type RunFilter = {
  readonly gateway: string | undefined;
  readonly day: string | undefined;
  /** The run that the page before ended with. */
  readonly before: string | undefined;
  readonly limit: number;
};

const ID_MAX = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The latest first. */
export function listRuns(sql: Sql, { gateway, day, before, limit }: RunFilter): Promise<RunRow[]> {
  return sql.rows<RunRow>(LIST, [gateway ?? null, day ?? null, before ?? ID_MAX, limit]);
}

/** Counts and adds up what a day's statement holds, and keeps balances as they are now. */
export async function addUpRun(
  tx: Tx,
  id: ReconciliationRunId,
  gateway: string,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<void> {
  await tx.rows(FORGET_TOTALS, [id]);
  await tx.rows(ADD_UP, [id, gateway, from, to]);
}

export function totalsOf(sql: Sql, id: ReconciliationRunId): Promise<TotalRow[]> {
  return sql.rows<TotalRow>(TOTALS, [id]);
}
