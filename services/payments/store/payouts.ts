import type { TransactionStatus } from '#shared/contracts/payments/transaction.ts';
import type { TransactionId, UserId, WalletId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { type Sql, type Tx, firstRow, statement } from '#shared/sql.ts';

export type PayoutKind = 'withdrawal' | 'refund';

/** A payout with its transaction, and with what it is paid from. */
export type PayoutRow = {
  readonly transaction_id: TransactionId;
  readonly kind: PayoutKind;
  readonly user_id: UserId;
  readonly wallet_id: WalletId;
  readonly status: TransactionStatus;
  readonly currency: Currency;
  /** What reaches the destination. */
  readonly amount: bigint;
  readonly processing_fee: bigint;
  readonly description: string | null;
  readonly created_at: Date;
  readonly gateway: string;
  readonly method: string;
  readonly deposit_id: TransactionId | null;
  /** The gateway's id of the charge that a refund gives back. */
  readonly charge_id: string | null;
  readonly hold_id: string | null;
  readonly hold_account_id: string | null;
  /** The day and month that a withdrawal was counted in against its owner's limits. */
  readonly spent_day: string | null;
  readonly spent_month: string | null;
  readonly bank_code: string | null;
  readonly wrapped_by: string | null;
  readonly sealed_key: Uint8Array | null;
  readonly sealed: Uint8Array | null;
  readonly first_asked_at: Date | null;
  readonly asked_at: Date | null;
  readonly gateway_payout_id: string | null;
  readonly returned_by: string | null;
};

const PAYOUT = `
  SELECT payout.transaction_id, payout.kind, transaction.user_id, transaction.wallet_id, transaction.status,
    transaction.currency, transaction.amount, transaction.processing_fee, transaction.description,
    transaction.created_at, payout.gateway, payout.method, payout.deposit_id, charge.gateway_charge_id AS charge_id,
    payout.hold_id, hold.hold_account_id, hold.spent_day::text, hold.spent_month::text, payout.bank_code,
    payout.wrapped_by, payout.sealed_key, payout.sealed, payout.first_asked_at, payout.asked_at,
    payout.gateway_payout_id, payout.returned_by
  FROM payments.payouts AS payout
  JOIN payments.transactions AS transaction ON transaction.id = payout.transaction_id
  LEFT JOIN payments.holds AS hold ON hold.id = payout.hold_id
  LEFT JOIN payments.charges AS charge ON charge.transaction_id = payout.deposit_id
  WHERE payout.transaction_id = $1`;

const FIND = statement('payments.find-payout', PAYOUT);
/** Both rows: of one that is not locked, an older version would be read after a wait. */
const LOCK = statement('payments.lock-payout', `${PAYOUT} FOR NO KEY UPDATE OF transaction, payout`);
const INSERT = statement(
  'payments.insert-payout',
  `INSERT INTO payments.payouts (transaction_id, kind, gateway, method, deposit_id, hold_id, bank_code, account_last4,
     wrapped_by, sealed_key, sealed)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
);
const CLAIM = statement(
  'payments.claim-payout',
  `UPDATE payments.payouts AS payout
   SET asked_at = $2, first_asked_at = coalesce(payout.first_asked_at, $2)
   WHERE payout.transaction_id = $1 AND payout.asked_at IS NOT DISTINCT FROM $3
   RETURNING payout.asked_at`,
);
const NAME = statement(
  'payments.name-payout',
  `UPDATE payments.payouts AS payout SET gateway_payout_id = $2
   WHERE payout.transaction_id = $1 AND payout.gateway_payout_id IS NULL`,
);
const GIVEN_BACK = statement(
  'payments.given-back-of-deposit',
  `SELECT coalesce(sum(transaction.amount), 0)::bigint AS minor
   FROM payments.payouts AS payout
   JOIN payments.transactions AS transaction ON transaction.id = payout.transaction_id
   WHERE payout.deposit_id = $1 AND transaction.status IN ('pending', 'processing', 'completed')`,
);
const RETURN = statement(
  'payments.note-returned-payout',
  `UPDATE payments.payouts AS payout SET returned_by = $2 WHERE payout.transaction_id = $1 AND payout.returned_by IS NULL`,
);
const RECORD = statement(
  'payments.record-payout-report',
  `INSERT INTO payments.payout_reports (gateway, report_id, transaction_id, status) VALUES ($1, $2, $3, $4)
   ON CONFLICT (gateway, report_id) DO NOTHING
   RETURNING report_id`,
);

export function findPayout(sql: Sql, id: TransactionId): Promise<PayoutRow | undefined> {
  return firstRow<PayoutRow>(sql, FIND, [id]);
}

/** The payout, held against everyone else who would end it. */
export function lockPayout(tx: Tx, id: TransactionId): Promise<PayoutRow | undefined> {
  return firstRow<PayoutRow>(tx, LOCK, [id]);
}

/** A destination as it rests. */
export type SealedDestination = {
  readonly bankCode: string | undefined;
  readonly last4: string;
  readonly wrappedBy: string;
  readonly sealedKey: Uint8Array;
  readonly sealed: Uint8Array;
};

export type NewPayoutRow = {
  readonly transactionId: TransactionId;
  readonly kind: PayoutKind;
  readonly gateway: string;
  readonly method: string;
  readonly holdId: string | null;
  readonly depositId?: TransactionId;
  readonly destination?: SealedDestination;
};

/** Writes a payout whose transaction and hold are there. */
export async function insertPayout(tx: Tx, payout: NewPayoutRow): Promise<void> {
  const { destination } = payout;
  await tx.rows(INSERT, [
    payout.transactionId,
    payout.kind,
    payout.gateway,
    payout.method,
    payout.depositId ?? null,
    payout.holdId,
    destination?.bankCode ?? null,
    destination?.last4 ?? null,
    destination?.wrappedBy ?? null,
    destination?.sealedKey ?? null,
    destination?.sealed ?? null,
  ]);
}

/**
 * Writes down that the gateway is about to be asked. False when somebody else has asked since `seen`, so that of many who
 * would ask at one time one does.
 *
 * @param seen when it was last asked, as far as the caller knows
 */
export async function claimPayout(sql: Sql, id: TransactionId, at: Date, seen: Date | null): Promise<boolean> {
  return (await sql.rows(CLAIM, [id, at, seen])).length > 0;
}

/** Keeps the gateway's own id of the payout; the first one stays. */
export async function namePayout(sql: Sql, id: TransactionId, gatewayId: string): Promise<void> {
  await sql.rows(NAME, [id, gatewayId]);
}

/** What was given back of a deposit, or is on its way, in minor units. Ask with the deposit locked. */
export async function givenBackOf(tx: Tx, depositId: TransactionId): Promise<bigint> {
  return (await firstRow<{ minor: bigint }>(tx, GIVEN_BACK, [depositId]))!.minor;
}

/** Notes which transaction gave a paid withdrawal back; the caller has locked it. */
export async function noteReturned(tx: Tx, id: TransactionId, returnedBy: TransactionId): Promise<void> {
  await tx.rows(RETURN, [id, returnedBy]);
}

export type PayoutReport = {
  readonly gateway: string;
  readonly reportId: string;
  readonly transactionId: TransactionId;
  readonly status: string;
};

/** Remembers a report. False when it was heard before; a twin under way is waited for. */
export async function recordPayoutReport(tx: Tx, report: PayoutReport): Promise<boolean> {
  const values = [report.gateway, report.reportId, report.transactionId, report.status];
  return (await tx.rows(RECORD, values)).length > 0;
}
