import type { FindingId, TransactionId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';
import type { FindingKind, Movement } from './judge.ts';
import type { LineId } from './lines-store.ts';

export type FindingAction = 'write_off' | 'credit_user' | 'dismiss';
export type Resolution = FindingAction | 'matched' | 'superseded';

export type NewFinding = {
  readonly id: FindingId;
  readonly gateway: string;
  /** `2026-11-24` */
  readonly day: string;
  readonly kind: FindingKind;
  readonly subject: string;
  readonly lineId?: LineId;
  readonly transactionId?: TransactionId | undefined;
  readonly ours?: Movement | undefined;
  readonly theirs?: Movement | undefined;
  readonly detail: string;
};

export type FindingRow = {
  readonly id: FindingId;
  readonly gateway: string;
  readonly day: string;
  readonly kind: FindingKind;
  readonly subject: string;
  readonly line_id: LineId | null;
  readonly transaction_id: TransactionId | null;
  readonly our_currency: Currency | null;
  readonly our_amount: bigint | null;
  readonly their_currency: Currency | null;
  readonly their_amount: bigint | null;
  readonly detail: string;
  readonly status: 'open' | 'proposed' | 'resolved';
  readonly opened_at: Date;
  readonly proposed_action: FindingAction | null;
  readonly proposed_by: string | null;
  readonly proposed_at: Date | null;
  readonly resolution: Resolution | null;
  readonly resolved_by: string | null;
  readonly resolved_at: Date | null;
  readonly reason: string | null;
  readonly resolved_transfer_id: string | null;
};

const COLUMNS = `finding.id, finding.gateway, finding.day::text AS day, finding.kind, finding.subject, finding.line_id,
  finding.transaction_id, finding.our_currency, finding.our_amount, finding.their_currency, finding.their_amount,
  finding.detail, finding.status, finding.opened_at, finding.proposed_action, finding.proposed_by, finding.proposed_at,
  finding.resolution, finding.resolved_by, finding.resolved_at, finding.reason, finding.resolved_transfer_id`;

const INSERT = statement(
  'payments.insert-findings',
  `INSERT INTO payments.reconciliation_findings (id, gateway, day, kind, subject, line_id, transaction_id, our_currency,
     our_amount, their_currency, their_amount, detail, opened_at)
   SELECT made.*, $13::timestamptz
   FROM unnest($1::uuid[], $2::text[], $3::date[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::text[], $9::bigint[],
     $10::text[], $11::bigint[], $12::text[]) AS made
   ON CONFLICT (gateway, kind, subject) WHERE status <> 'resolved' DO NOTHING
   RETURNING id`,
);
const OPEN = statement(
  'payments.find-open-findings',
  `SELECT ${COLUMNS} FROM payments.reconciliation_findings AS finding
   WHERE finding.status <> 'resolved' AND finding.id > $1 ORDER BY finding.id LIMIT $2`,
);
const LOCK = statement(
  'payments.lock-finding',
  `SELECT ${COLUMNS} FROM payments.reconciliation_findings AS finding WHERE finding.id = $1 FOR UPDATE`,
);
const FIND = statement(
  'payments.find-finding',
  `SELECT ${COLUMNS} FROM payments.reconciliation_findings AS finding WHERE finding.id = $1`,
);
const LIST = statement(
  'payments.list-findings',
  `SELECT ${COLUMNS} FROM payments.reconciliation_findings AS finding
   WHERE ($1::text IS NULL OR finding.gateway = $1)
     AND ($2::text IS NULL OR finding.kind = $2)
     AND ($3::text IS NULL OR (finding.status = 'resolved') = ($3 = 'resolved'))
     AND ($4::date IS NULL OR finding.day = $4)
     AND ((finding.status = 'resolved')::int, finding.id) > ($5, $6)
   ORDER BY (finding.status = 'resolved')::int, finding.id
   LIMIT $7`,
);
const OF_TRANSACTION = statement(
  'payments.findings-of-transaction',
  `SELECT ${COLUMNS} FROM payments.reconciliation_findings AS finding WHERE finding.transaction_id = $1 ORDER BY finding.id`,
);
const PROPOSE = statement(
  'payments.propose-resolution',
  `UPDATE payments.reconciliation_findings AS finding
   SET status = 'proposed', proposed_action = $2, proposed_by = $3, proposed_at = $4, reason = $5
   WHERE finding.id = $1 RETURNING ${COLUMNS}`,
);
const RESOLVE = statement(
  'payments.resolve-finding',
  `UPDATE payments.reconciliation_findings AS finding
   SET status = 'resolved', resolution = $2, resolved_by = $3, resolved_at = $4, reason = coalesce($5, finding.reason),
     resolved_transfer_id = $6
   WHERE finding.id = $1 RETURNING ${COLUMNS}`,
);

/** Writes findings down; one that is open already stays the one. Answers the ids of the new ones. */
export async function insertFindings(tx: Tx, made: readonly NewFinding[], at: Date): Promise<ReadonlySet<FindingId>> {
  if (made.length === 0) return new Set();
  const rows = await tx.rows<{ readonly id: FindingId }>(INSERT, [
    made.map((one) => one.id),
    made.map((one) => one.gateway),
    made.map((one) => one.day),
    made.map((one) => one.kind),
    made.map((one) => one.subject),
    made.map((one) => one.lineId ?? null),
    made.map((one) => one.transactionId ?? null),
    made.map((one) => one.ours?.currency ?? null),
    made.map((one) => one.ours?.minor ?? null),
    made.map((one) => one.theirs?.currency ?? null),
    made.map((one) => one.theirs?.minor ?? null),
    made.map((one) => one.detail),
    at,
  ]);
  return new Set(rows.map(({ id }) => id));
}

/** Those that wait, after that one. */
export function openFindings(sql: Sql, after: string, limit: number): Promise<FindingRow[]> {
  return sql.rows<FindingRow>(OPEN, [after, limit]);
}

export function lockFinding(tx: Tx, id: FindingId): Promise<FindingRow | undefined> {
  return firstRow<FindingRow>(tx, LOCK, [id]);
}

export function findFinding(sql: Sql, id: FindingId): Promise<FindingRow | undefined> {
  return firstRow<FindingRow>(sql, FIND, [id]);
}

export function findingsOf(sql: Sql, transactionId: TransactionId): Promise<FindingRow[]> {
  return sql.rows<FindingRow>(OF_TRANSACTION, [transactionId]);
}

export type FindingFilter = {
  readonly gateway: string | undefined;
  readonly kind: FindingKind | undefined;
  readonly status: 'open' | 'resolved' | undefined;
  readonly day: string | undefined;
  readonly after: { readonly isResolved: boolean; readonly id: string };
  readonly limit: number;
};

/** Those that wait first, each part in the order of their making. */
export function listFindings(sql: Sql, filter: FindingFilter): Promise<FindingRow[]> {
  const { gateway, kind, status, day, after, limit } = filter;
  const values = [gateway ?? null, kind ?? null, status ?? null, day ?? null];
  return sql.rows<FindingRow>(LIST, [...values, Number(after.isResolved), after.id, limit]);
}

export type Proposal = {
  readonly action: FindingAction;
  readonly by: string;
  readonly at: Date;
  readonly reason: string;
};

export async function propose(tx: Tx, id: FindingId, { action, by, at, reason }: Proposal): Promise<FindingRow> {
  return (await firstRow<FindingRow>(tx, PROPOSE, [id, action, by, at, reason]))!;
}

export type ResolvedAs = {
  readonly resolution: Resolution;
  readonly by: string;
  readonly at: Date;
  readonly reason: string | null;
  readonly transferId: string | null;
};

/** Ends a finding that the caller has locked. */
export async function markResolved(tx: Tx, id: FindingId, as: ResolvedAs): Promise<FindingRow> {
  const values = [id, as.resolution, as.by, as.at, as.reason, as.transferId];
  return (await firstRow<FindingRow>(tx, RESOLVE, values))!;
}
