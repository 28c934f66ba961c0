import { type OrderId, regionOf, type SettlementId, type TransactionId, type UserId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import { newId } from '#shared/new-id.ts';
import type { Country } from '#shared/regions.ts';
import { firstRow, statement, type Tx } from '#shared/sql.ts';
import { periodsAt } from '../calendar.ts';
import type { MerchantFees } from './fee-rules.ts';

/** What a line is about; the caller has locked the order. */
type OfOrder = { readonly order_id: OrderId; readonly merchant_id: UserId; readonly currency: Currency };

type Moved = {
  /** The ledger's transfer. */
  readonly transferId: string;
  /** The merchant's side of it. */
  readonly transactionId: TransactionId;
  readonly at: Date;
};

const OPEN = statement(
  'payments.open-settlement',
  `WITH made AS (
     INSERT INTO payments.settlements (id, merchant_id, currency, day, created_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (merchant_id, currency, day) DO NOTHING RETURNING settlements.id
   )
   SELECT made.id FROM made
   UNION ALL
   SELECT settlement.id FROM payments.settlements AS settlement
   WHERE settlement.merchant_id = $2 AND settlement.currency = $3 AND settlement.day = $4
   LIMIT 1`,
);
const ADD = statement(
  'payments.add-settlement-line',
  `INSERT INTO payments.settlement_lines (id, settlement_id, kind, order_id, transaction_id, gross, refunded, commission,
     processing, tax, net, created_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
);

/** Where a merchant is at home. The id of each user says so. */
export function homeOf(merchantId: UserId): Country {
  const region = regionOf(merchantId);
  if (region === 'core') throw new Error(`${merchantId} is no user's id`);
  return region;
}

/** Writes an order that was paid out into its merchant's statement of the day. */
export async function addOrderLine(
  tx: Tx,
  order: OfOrder,
  {
    gross,
    refunded,
    fees,
    net,
    ...moved
  }: Moved & {
    readonly gross: bigint;
    readonly refunded: bigint;
    readonly fees: MerchantFees;
    readonly net: bigint;
  },
): Promise<void> {
  await add(tx, order, moved, 'order', [gross, refunded, fees.commission, fees.processing, fees.tax, net]);
}

/** Writes what a merchant gave back of an order after it was paid out. Its fees stay charged. */
export async function addRefundLine(
  tx: Tx,
  order: OfOrder,
  { minor, ...moved }: Moved & { readonly minor: bigint },
): Promise<void> {
  await add(tx, order, moved, 'refund', [0n, minor, 0n, 0n, 0n, -minor]);
}

async function add(
  tx: Tx,
  order: OfOrder,
  { transferId, transactionId, at }: Moved,
  kind: 'order' | 'refund',
  sums: readonly bigint[],
): Promise<void> {
  const { day } = periodsAt(at, homeOf(order.merchant_id));
  const key = [newId<SettlementId>('core'), order.merchant_id, order.currency, day, at];
  // One that another transaction has just opened is seen by the next look only.
  const settlement =
    (await firstRow<{ id: SettlementId }>(tx, OPEN, key)) ?? (await firstRow<{ id: SettlementId }>(tx, OPEN, key));
  await tx.rows(ADD, [transferId, settlement!.id, kind, order.order_id, transactionId, ...sums, at]);
}
