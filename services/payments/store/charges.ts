import type { TransactionId } from '#shared/ids.ts';
import { type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';
import { TRANSACTION_COLUMNS, type TransactionRow } from './transactions.ts';

/** A deposit with what its gateway knows of it. */
export type DepositRow = TransactionRow & {
  readonly gateway: string;
  readonly payment_method: string;
  readonly expires_at: Date;
  /** When the gateway was first asked to make the charge; null until then. */
  readonly asked_at: Date | null;
  readonly page_url: string | null;
};

const DEPOSIT = `
  SELECT ${TRANSACTION_COLUMNS}, charge.asked_at, charge.page_url
  FROM payments.transactions AS transaction
  JOIN payments.charges AS charge ON charge.transaction_id = transaction.id
  WHERE transaction.id = $1`;

const INSERT = statement(
  'payments.insert-charge',
  `INSERT INTO payments.charges (transaction_id, gateway, payment_method, qr_code, expires_at)
   VALUES ($1, $2, $3, $4, $5)`,
);
const FIND = statement('payments.find-deposit', DEPOSIT);
const LOCK = statement('payments.lock-deposit', `${DEPOSIT} FOR NO KEY UPDATE OF transaction`);
const ASK = statement(
  'payments.mark-charge-asked',
  `UPDATE payments.charges AS charge SET asked_at = $2 WHERE charge.transaction_id = $1 AND charge.asked_at IS NULL
   RETURNING charge.asked_at`,
);
const NAME = statement(
  'payments.name-charge',
  `UPDATE payments.charges AS charge SET gateway_charge_id = $2, page_url = coalesce($3, charge.page_url)
   WHERE charge.transaction_id = $1 AND (charge.gateway_charge_id IS NULL OR charge.gateway_charge_id = $2)`,
);
const RECORD = statement(
  'payments.record-report',
  `INSERT INTO payments.gateway_reports (gateway, report_id, transaction_id, status) VALUES ($1, $2, $3, $4)
   ON CONFLICT (gateway, report_id) DO NOTHING
   RETURNING report_id`,
);

export type NewChargeRow = {
  readonly transactionId: TransactionId;
  readonly gateway: string;
  readonly method: string;
  readonly qrCode: string | undefined;
  readonly expiresAt: Date;
};

export async function insertCharge(tx: Tx, charge: NewChargeRow): Promise<void> {
  await tx.rows(INSERT, [charge.transactionId, charge.gateway, charge.method, charge.qrCode ?? null, charge.expiresAt]);
}

export function findDeposit(sql: Sql, id: TransactionId): Promise<DepositRow | undefined> {
  return firstRow<DepositRow>(sql, FIND, [id]);
}

/** The deposit, held against everyone else who would end it. */
export function lockDeposit(tx: Tx, id: TransactionId): Promise<DepositRow | undefined> {
  return firstRow<DepositRow>(tx, LOCK, [id]);
}

/** Writes down that the gateway is about to be asked. False when it was before: the charge may exist. */
export async function markAsked(sql: Sql, id: TransactionId, at: Date): Promise<boolean> {
  return (await sql.rows(ASK, [id, at])).length > 0;
}

/** Keeps the gateway's own id of the charge, and its page for the payer. */
export async function nameCharge(
  sql: Sql,
  id: TransactionId,
  chargeId: string,
  pageUrl: string | undefined,
): Promise<void> {
  await sql.rows(NAME, [id, chargeId, pageUrl ?? null]);
}

export type Report = {
  readonly gateway: string;
  readonly reportId: string;
  readonly transactionId: TransactionId;
  readonly status: string;
};

/** Remembers a report. False when it was heard before; a twin under way is waited for. */
export async function recordReport(tx: Tx, report: Report): Promise<boolean> {
  const values = [report.gateway, report.reportId, report.transactionId, report.status];
  return (await tx.rows(RECORD, values)).length > 0;
}
