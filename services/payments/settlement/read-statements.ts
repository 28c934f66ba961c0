import type { OrderId, SettlementId, TransactionId, UserId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { firstRow, type Sql, statement } from '#shared/sql.ts';

type Sums = {
  readonly gross: bigint;
  readonly refunded: bigint;
  readonly commission: bigint;
  readonly processing: bigint;
  readonly tax: bigint;
  readonly net: bigint;
};

export type SettlementRow = Sums & {
  readonly id: SettlementId;
  readonly day: string;
  readonly currency: Currency;
  readonly orders: number;
  readonly created_at: Date;
};

export type LineRow = Sums & {
  readonly kind: 'order' | 'refund';
  readonly order_id: OrderId;
  readonly payment_id: TransactionId;
  readonly transaction_id: TransactionId;
  readonly created_at: Date;
};

const SUMMED = `SELECT settlement.id, settlement.day::text, settlement.currency, settlement.created_at,
     total.orders::int, coalesce(total.gross, 0)::bigint AS gross, coalesce(total.refunded, 0)::bigint AS refunded,
     coalesce(total.commission, 0)::bigint AS commission, coalesce(total.processing, 0)::bigint AS processing,
     coalesce(total.tax, 0)::bigint AS tax, coalesce(total.net, 0)::bigint AS net
   FROM payments.settlements AS settlement
   CROSS JOIN LATERAL (
     SELECT count(*) FILTER (WHERE line.kind = 'order') AS orders, sum(line.gross) AS gross,
       sum(line.refunded) AS refunded, sum(line.commission) AS commission, sum(line.processing) AS processing,
       sum(line.tax) AS tax, sum(line.net) AS net
     FROM payments.settlement_lines AS line WHERE line.settlement_id = settlement.id
   ) AS total`;
const LIST = statement(
  'payments.list-settlements',
  `${SUMMED}
   WHERE settlement.merchant_id = $1 AND ($2::text IS NULL OR settlement.currency = $2)
     AND ($3::uuid IS NULL OR settlement.id < $3)
   ORDER BY settlement.id DESC LIMIT $4`,
);
const FIND = statement(
  'payments.find-settlement',
  `${SUMMED} WHERE settlement.id = $1 AND settlement.merchant_id = $2`,
);
const LINES = statement(
  'payments.settlement-lines',
  `SELECT line.kind, line.order_id, payment.transaction_id AS payment_id, line.transaction_id, line.gross, line.refunded,
     line.commission, line.processing, line.tax, line.net, line.created_at
   FROM payments.settlement_lines AS line
   JOIN payments.order_payments AS payment ON payment.order_id = line.order_id
   WHERE line.settlement_id = $1 ORDER BY line.id`,
);

/** A merchant's statements, the newest first. */
export function listSettlementsOf(
  sql: Sql,
  merchantId: UserId,
  currency: Currency | undefined,
  after: SettlementId | undefined,
  limit: number,
): Promise<SettlementRow[]> {
  return sql.rows<SettlementRow>(LIST, [merchantId, currency ?? null, after ?? null, limit]);
}

/** The statement when it is this merchant's. */
export function findSettlement(sql: Sql, id: SettlementId, merchantId: UserId): Promise<SettlementRow | undefined> {
  return firstRow<SettlementRow>(sql, FIND, [id, merchantId]);
}

export function linesOf(sql: Sql, id: SettlementId): Promise<LineRow[]> {
  return sql.rows<LineRow>(LINES, [id]);
}
