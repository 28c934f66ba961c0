import type { TransactionStatus, TransactionType } from '#shared/contracts/payments/transaction.ts';
import type { OrderId, TransactionId, UserId, WalletId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { type Sql, statement } from '#shared/sql.ts';

/** Transactions of one trace: an order with its refunds has a few. */
const FOUND_MAX = 20;
/** Lines of each kind. */
const ROWS_MAX = 200;

const FIND = statement(
  'payments.trace-find',
  `WITH named AS (
     SELECT ours.id FROM payments.transactions AS ours WHERE ours.id = $2 OR ours.refund_of = $2
     UNION SELECT ours.id FROM payments.transactions AS ours WHERE ours.order_id = $2
     UNION SELECT ours.id FROM payments.transactions AS ours
       WHERE ours.transfer_id = $2 AND ours.type IN ('deposit', 'withdrawal', 'refund')
     UNION SELECT payment.transaction_id FROM payments.order_payments AS payment WHERE payment.hold_id = $2
     UNION SELECT payout.transaction_id FROM payments.payouts AS payout WHERE payout.hold_id = $2
     UNION SELECT finding.transaction_id FROM payments.reconciliation_findings AS finding WHERE finding.id = $2
     UNION SELECT charge.transaction_id FROM payments.charges AS charge WHERE charge.gateway_charge_id = $1
     UNION SELECT payout.transaction_id FROM payments.payouts AS payout WHERE payout.gateway_payout_id = $1
     UNION SELECT ours.id FROM payments.transactions AS ours WHERE ours.reference = $1
   )
   SELECT ours.id, ours.type, ours.status, ours.amount, ours.currency, ours.user_id, ours.wallet_id, ours.order_id,
     ours.refund_of, ours.transfer_id, ours.created_at,
     coalesce(charge.gateway, payout.gateway) AS gateway,
     coalesce(charge.payment_method, payout.method) AS method,
     coalesce(charge.gateway_charge_id, payout.gateway_payout_id) AS object_id,
     coalesce(charge.asked_at, payout.first_asked_at) AS asked_at,
     coalesce(payment.hold_id, payout.hold_id) AS hold_id
   FROM named JOIN payments.transactions AS ours ON ours.id = named.id
   LEFT JOIN payments.charges AS charge ON charge.transaction_id = ours.id
   LEFT JOIN payments.payouts AS payout ON payout.transaction_id = ours.id
   LEFT JOIN payments.order_payments AS payment ON payment.transaction_id = ours.id
   ORDER BY ours.created_at, ours.id LIMIT ${FOUND_MAX}`,
);
const HISTORY = statement(
  'payments.trace-history',
  `SELECT change.transaction_id, change.status, change.actor, change.reason, change.at
   FROM payments.transaction_changes AS change WHERE change.transaction_id = ANY ($1)
   ORDER BY change.at, change.previous NULLS FIRST`,
);
const HOLDS = statement(
  'payments.trace-holds',
  `SELECT hold.id, hold.status, hold.amount, account.currency, hold.created_at, hold.ended_at, hold.ended_by
   FROM payments.holds AS hold JOIN payments.accounts AS account ON account.id = hold.account_id
   WHERE hold.id = ANY ($1)`,
);
const ENTRIES = statement(
  'payments.trace-entries',
  `SELECT entry.transfer_id, transfer.kind, transfer.posted_at, entry.account_id, account.kind AS account, account.owner,
     entry.seq, entry.currency, entry.amount, entry.balance_after
   FROM payments.entries AS entry
   JOIN payments.transfers AS transfer ON transfer.id = entry.transfer_id
   JOIN payments.accounts AS account ON account.id = entry.account_id
   WHERE entry.transfer_id = ANY ($1) ORDER BY transfer.posted_at, entry.transfer_id, entry.account_id LIMIT ${ROWS_MAX}`,
);
const ATTEMPTS = statement(
  'payments.trace-attempts',
  `SELECT attempt.transaction_id, attempt.gateway, attempt.asked_at, attempt.asks::int AS asks, attempt.outcome, attempt.reason
   FROM payments.charge_attempts AS attempt WHERE attempt.transaction_id = ANY ($1) ORDER BY attempt.attempt`,
);
const REPORTS = statement(
  'payments.trace-reports',
  `SELECT report.transaction_id, report.report_id, report.status, report.received_at FROM (
     SELECT * FROM payments.gateway_reports UNION ALL SELECT * FROM payments.payout_reports
   ) AS report (gateway, report_id, transaction_id, status, received_at)
   WHERE report.transaction_id = ANY ($1) ORDER BY report.received_at LIMIT ${ROWS_MAX}`,
);
const LINES = statement(
  'payments.trace-lines',
  `SELECT line.transaction_id, line.line_id, line.kind, line.amount, line.currency, line.occurred_at AS at
   FROM payments.statement_lines AS line WHERE line.transfer_id = ANY ($1) ORDER BY line.occurred_at`,
);

export type TracedRow = {
  readonly id: TransactionId;
  readonly type: TransactionType;
  readonly status: TransactionStatus;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly user_id: UserId;
  readonly wallet_id: WalletId;
  readonly order_id: OrderId | null;
  readonly refund_of: TransactionId | null;
  readonly transfer_id: string | null;
  readonly created_at: Date;
  readonly gateway: string | null;
  readonly method: string | null;
  readonly object_id: string | null;
  readonly asked_at: Date | null;
  readonly hold_id: string | null;
};
type OfTransaction = { readonly transaction_id: TransactionId };
export type HistoryRow = OfTransaction & {
  readonly status: TransactionStatus;
  readonly actor: string;
  readonly reason: string | null;
  readonly at: Date;
};
export type HoldRow = {
  readonly id: string;
  readonly status: string;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly created_at: Date;
  readonly ended_at: Date | null;
  readonly ended_by: string | null;
};
export type EntryRow = {
  readonly transfer_id: string;
  readonly kind: string;
  readonly posted_at: Date;
  readonly account_id: string;
  readonly account: string;
  readonly owner: string;
  readonly seq: bigint;
  readonly currency: Currency;
  readonly amount: bigint;
  readonly balance_after: bigint;
};
type AttemptRow = OfTransaction & {
  readonly gateway: string;
  readonly asked_at: Date;
  readonly asks: number;
  readonly outcome: string | null;
  readonly reason: string | null;
};
type ReportRow = OfTransaction & { readonly report_id: string; readonly status: string; readonly received_at: Date };
type LineRow = OfTransaction & {
  readonly line_id: string;
  readonly kind: string;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly at: Date;
};

/**
 * Transactions that an id is of.
 *
 * @param name the id as it was given
 * @param uuid the same, where it is a uuid or a workflow's id with one in it
 */
export function findTraced(sql: Sql, name: string, uuid: string | undefined): Promise<TracedRow[]> {
  return sql.rows<TracedRow>(FIND, [name, uuid ?? null]);
}

/** Everything about some transactions, a query of a kind. */
export async function factsOf(sql: Sql, rows: readonly TracedRow[]) {
  const ids = rows.map(({ id }) => id);
  const holds = await sql.rows<HoldRow>(HOLDS, [rows.flatMap(({ hold_id }) => hold_id ?? [])]);
  const transferIds = [
    ...rows.flatMap(({ transfer_id }) => transfer_id ?? []),
    ...holds.flatMap(({ id, ended_by }) => (ended_by === null ? [id] : [id, ended_by])),
  ];
  return {
    holds,
    history: await sql.rows<HistoryRow>(HISTORY, [ids]),
    entries: await sql.rows<EntryRow>(ENTRIES, [transferIds]),
    attempts: await sql.rows<AttemptRow>(ATTEMPTS, [ids]),
    reports: await sql.rows<ReportRow>(REPORTS, [ids]),
    lines: await sql.rows<LineRow>(LINES, [transferIds]),
  };
}
