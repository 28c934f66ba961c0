import type { CaseId, TransactionId, UserId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import type { Country } from '#shared/regions.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

export type TravelRow = {
  readonly transaction_id: TransactionId;
  readonly rule: string;
  readonly currency: Currency;
  readonly amount: bigint;
  readonly originator_id: UserId;
  readonly originator_country: Country;
  readonly originator_tier: number;
  readonly originator_case_id: CaseId | null;
  readonly beneficiary_id: UserId;
  readonly beneficiary_country: Country;
  readonly beneficiary_tier: number;
  readonly beneficiary_case_id: CaseId | null;
  readonly recorded_at: Date;
};

const COLUMNS = `transaction_id, rule, currency, amount, originator_id, originator_country, originator_tier,
  originator_case_id, beneficiary_id, beneficiary_country, beneficiary_tier, beneficiary_case_id, recorded_at`;

const INSERT = statement(
  'payments.insert-travel-record',
  `INSERT INTO payments.travel_records (${COLUMNS})
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
);
const FIND = statement(
  'payments.find-travel-record',
  `SELECT ${COLUMNS} FROM payments.travel_records AS record WHERE record.transaction_id = $1`,
);

export async function insertTravelRecord(tx: Tx, row: TravelRow): Promise<void> {
  await tx.rows(INSERT, [
    row.transaction_id,
    row.rule,
    row.currency,
    row.amount,
    row.originator_id,
    row.originator_country,
    row.originator_tier,
    row.originator_case_id,
    row.beneficiary_id,
    row.beneficiary_country,
    row.beneficiary_tier,
    row.beneficiary_case_id,
    row.recorded_at,
  ]);
}

/** What was kept of a transfer, by the transaction of its sender. */
export function findTravelRecord(sql: Sql, id: TransactionId): Promise<TravelRow | undefined> {
  return firstRow<TravelRow>(sql, FIND, [id]);
}
