import type { Brand, TransactionId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import { type Sql, type Tx, statement } from '#shared/sql.ts';
import type { LineKind, StatementLine } from './ports.ts';

export type LineId = Brand<string, 'StatementLineId'>;

/** A line that is to be judged, with what we know of the thing that it is about. */
export type WaitingLine = {
  readonly id: LineId;
  readonly line_id: string;
  readonly kind: LineKind;
  readonly currency: Currency;
  readonly amount: bigint;
  readonly transaction_id: TransactionId | null;
  readonly status: string | null;
  readonly transfer_id: string | null;
  readonly our_currency: Currency | null;
  readonly our_amount: bigint | null;
  readonly is_taken: boolean;
};

const SAVE = statement(
  'payments.save-statement-lines',
  `INSERT INTO payments.statement_lines AS line
     (id, gateway, line_id, kind, object_id, reference, currency, amount, fee, occurred_at)
   SELECT told.id, $1, told.line_id, told.kind, told.object_id, told.reference, told.currency, told.amount, told.fee, told.at
   FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[],
     $10::timestamptz[]) AS told (id, line_id, kind, object_id, reference, currency, amount, fee, at)
   ON CONFLICT (gateway, line_id) DO UPDATE
   -- A line that the gateway has corrected is judged once more. What was posted for it stays.
   SET kind = excluded.kind, object_id = excluded.object_id, reference = excluded.reference, currency = excluded.currency,
     amount = excluded.amount, judged_at = NULL, transaction_id = NULL, transfer_id = NULL
   WHERE line.kind <> 'bank_payout' AND excluded.kind <> 'bank_payout'
     AND (line.kind, line.object_id, line.reference, line.currency, line.amount) IS DISTINCT FROM
       (excluded.kind, excluded.object_id, excluded.reference, excluded.currency, excluded.amount)`,
);

/** The uuid that a reference is, if it is one. */
const REFERENCE = `CASE WHEN line.reference ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN line.reference::uuid END`;

/** Which transaction a line is of, by what we called it or by the gateway's id, and what it moved through the gateway. */
const WITH_OURS = `
  SELECT line.id, line.line_id, line.kind, line.currency, line.amount, ours.id AS transaction_id, ours.status,
    moved.transfer_id, movement.currency AS our_currency, movement.amount AS our_amount,
    EXISTS (SELECT FROM payments.statement_lines AS twin
      WHERE twin.transfer_id = moved.transfer_id AND twin.id <> line.id) AS is_taken
  FROM payments.statement_lines AS line
  LEFT JOIN LATERAL (
    SELECT charge.transaction_id AS id FROM payments.charges AS charge
    WHERE line.kind = 'charge'
      AND (charge.transaction_id = ${REFERENCE} OR (charge.gateway = line.gateway AND charge.gateway_charge_id = line.object_id))
    UNION ALL
    SELECT CASE line.kind WHEN 'return' THEN payout.returned_by ELSE payout.transaction_id END FROM payments.payouts AS payout
    WHERE line.kind IN ('payout', 'refund', 'return')
      AND (payout.transaction_id = ${REFERENCE} OR (payout.gateway = line.gateway
        AND payout.kind = CASE line.kind WHEN 'refund' THEN 'refund' ELSE 'withdrawal' END
        AND payout.gateway_payout_id = line.object_id))
    LIMIT 1
  ) AS known ON true
  LEFT JOIN payments.transactions AS ours ON ours.id = known.id
  -- Money that came for a deposit which had failed is in suspense already, by a transfer with the deposit's id.
  LEFT JOIN LATERAL (
    SELECT coalesce(ours.transfer_id, (SELECT transfer.id FROM payments.transfers AS transfer
      WHERE transfer.id = ours.id AND line.kind = 'charge')) AS transfer_id
  ) AS moved ON true
  LEFT JOIN LATERAL (
    SELECT entry.currency, entry.amount FROM payments.entries AS entry
    JOIN payments.accounts AS account ON account.id = entry.account_id
    WHERE entry.transfer_id = moved.transfer_id AND account.kind = 'gateway_clearing' AND account.owner = line.gateway
    LIMIT 1
  ) AS movement ON true`;

const WAITING = statement(
  'payments.find-waiting-lines',
  `${WITH_OURS} WHERE line.gateway = $1 AND line.judged_at IS NULL ORDER BY line.id LIMIT $2`,
);
const FIND = statement('payments.find-statement-lines', `${WITH_OURS} WHERE line.id = ANY ($1)`);
const LOCK = statement(
  'payments.lock-waiting-lines',
  `SELECT line.id FROM payments.statement_lines AS line
   WHERE line.id = ANY ($1) AND line.judged_at IS NULL ORDER BY line.id FOR UPDATE`,
);
const MARK = statement(
  'payments.mark-lines-judged',
  `UPDATE payments.statement_lines AS line
   SET judged_at = $4, transaction_id = judged.transaction_id, transfer_id = judged.transfer_id
   FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS judged (id, transaction_id, transfer_id)
   WHERE line.id = judged.id`,
);

/** Keeps lines; those that are there already, and unchanged, stay as they are. */
export async function saveLines(sql: Sql, gateway: string, lines: readonly StatementLine[]): Promise<void> {
  // One statement may not touch a row twice.
  const told = [...new Map(lines.map((line) => [line.lineId, line])).values()];
  if (told.length === 0) return;
  await sql.rows(SAVE, [
    gateway,
    told.map(() => newId<LineId>('core')),
    told.map((line) => line.lineId),
    told.map((line) => line.kind),
    told.map((line) => line.objectId ?? null),
    told.map((line) => line.reference ?? null),
    told.map((line) => line.currency),
    told.map((line) => line.minor),
    told.map((line) => line.feeMinor),
    told.map((line) => line.at),
  ]);
}

export function waitingLines(sql: Sql, gateway: string, limit: number): Promise<WaitingLine[]> {
  return sql.rows<WaitingLine>(WAITING, [gateway, limit]);
}

export function findLines(sql: Sql, ids: readonly LineId[]): Promise<WaitingLine[]> {
  return sql.rows<WaitingLine>(FIND, [ids]);
}

/** Those that nobody has judged meanwhile, held against everyone else who would. */
export async function lockWaiting(tx: Tx, ids: readonly LineId[]): Promise<ReadonlySet<LineId>> {
  const rows = await tx.rows<{ readonly id: LineId }>(LOCK, [ids]);
  return new Set(rows.map(({ id }) => id));
}

export type JudgedLine = {
  readonly id: LineId;
  readonly transactionId: TransactionId | null;
  /** What of the ledger it answers for; null where nothing does. */
  readonly transferId: string | null;
};

export async function markJudged(tx: Tx, lines: readonly JudgedLine[], at: Date): Promise<void> {
  await tx.rows(MARK, [
    lines.map(({ id }) => id),
    lines.map(({ transactionId }) => transactionId),
    lines.map(({ transferId }) => transferId),
    at,
  ]);
}
