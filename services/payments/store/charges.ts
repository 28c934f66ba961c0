import type { TransactionId } from '#shared/ids.ts';
import { type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';
import type { Charge } from '../ports.ts';
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
  LEFT JOIN payments.payouts AS payout ON payout.transaction_id = transaction.id
  WHERE transaction.id = $1`;

const INSERT = statement(
  'payments.insert-charge',
  `INSERT INTO payments.charges (transaction_id, gateway, payment_method, qr_code, expires_at)
   VALUES ($1, $2, $3, $4, $5)`,
);
const FIND = statement('payments.find-deposit', DEPOSIT);
const LOCK = statement('payments.lock-deposit', `${DEPOSIT} FOR NO KEY UPDATE OF transaction`);
/** What was shown first stays: a payer may have it on the screen. An attempt that is named has made its charge. */
const NAME = statement(
  'payments.name-charge',
  `WITH named AS (
     UPDATE payments.charges AS charge SET
       gateway_charge_id = $2,
       page_url = coalesce(charge.page_url, $3),
       qr_code = coalesce(charge.qr_code, $4),
       account_bank = coalesce(charge.account_bank, $5),
       account_number = coalesce(charge.account_number, $6)
     WHERE charge.transaction_id = $1 AND (charge.gateway_charge_id IS NULL OR charge.gateway_charge_id = $2)
     RETURNING charge.transaction_id
   )
   UPDATE payments.charge_attempts AS attempt SET outcome = 'made', ended_at = $7
   FROM named WHERE attempt.transaction_id = named.transaction_id AND attempt.outcome IS NULL`,
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

/** Keeps the gateway's own id of the charge, and what its payer is to be shown. */
export async function nameCharge(
  sql: Sql,
  id: TransactionId,
  charge: Pick<Charge, 'id' | 'pageUrl' | 'qrCode' | 'account'>,
  at: Date,
): Promise<void> {
  const { pageUrl = null, qrCode = null, account } = charge;
  await sql.rows(NAME, [id, charge.id, pageUrl, qrCode, account?.bank ?? null, account?.number ?? null, at]);
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
