import type { Caller } from '#shared/caller.ts';
import type {
  OrderPaymentBody,
  SettlementBody,
  SettlementDetailBody,
  SettlementLineBody,
} from '#shared/contracts/payments/settlements.ts';
import { AppError } from '#shared/errors.ts';
import { encodeCursor, idAfter } from '#shared/http/paging.ts';
import { type OrderId, SettlementId } from '#shared/ids.ts';
import type { Currency } from '#shared/money.ts';
import type { PaymentsPorts } from '../ports.ts';
import { findOrderPayment, listRefunds } from '../store/order-payments.ts';
import { decimalOf } from '../wire.ts';
import { findSettlement, type LineRow, linesOf, listSettlementsOf, type SettlementRow } from './read-statements.ts';

type Ports = Pick<PaymentsPorts, 'databases'>;
type Page = { readonly currency?: Currency | undefined; readonly cursor?: string | undefined; readonly limit: number };

/** What merchants read of what they were paid. Foreign statements and orders are as absent as none: NOT_FOUND. */
export function makeSettlements({ databases }: Ports) {
  const core = databases.of('core');

  async function getSettlement({ userId }: Pick<Caller, 'userId'>, id: SettlementId): Promise<SettlementDetailBody> {
    const row = await findSettlement(core, id, userId);
    if (row === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such statement' });
    const lines = await linesOf(core, id);
    return { ...settlementBody(row), lines: lines.map((line) => lineBody(line, row.currency)) };
  }

  return {
    listSettlements: async ({ userId }: Pick<Caller, 'userId'>, { currency, cursor, limit }: Page) => {
      const rows = await listSettlementsOf(core, userId, currency, idAfter(cursor, SettlementId), limit + 1);
      const page = rows.slice(0, limit);
      return {
        settlements: page.map(settlementBody),
        next_cursor: rows.length > limit ? encodeCursor([page.at(-1)!.id]) : null,
      };
    },

    getSettlement,

    /** One statement as CSV (RFC 4180), a line for each order. Nothing in it was written by people. */
    exportSettlement: async (caller: Pick<Caller, 'userId'>, id: SettlementId): Promise<string> => {
      const { day, currency, lines } = await getSettlement(caller, id);
      const rows = lines.map((line) => COLUMNS.map((column) => line[column]));
      const table = [['day', 'currency', ...COLUMNS], ...rows.map((row) => [day, currency, ...row])];
      return table.map((row) => `${row.join(',')}\r\n`).join('');
    },

    /** The payment of an order as its two sides see it. */
    getOrderPayment: async ({ userId }: Pick<Caller, 'userId'>, id: OrderId): Promise<OrderPaymentBody> => {
      const row = await findOrderPayment(core, id);
      if (row === undefined || row.transaction_id === null || ![row.customer_id, row.merchant_id].includes(userId)) {
        throw new AppError('NOT_FOUND', { message: 'There is no payment of such an order' });
      }
      const refunds = await listRefunds(core, row.transaction_id);
      return {
        order_id: row.order_id,
        transaction_id: row.transaction_id,
        status: row.status,
        amount: decimalOf(row.amount, row.currency),
        refunded_amount: decimalOf(row.refunded, row.currency),
        currency: row.currency,
        refunds: refunds.map((refund) => ({
          id: refund.id,
          amount: decimalOf(refund.amount, row.currency),
          reason: refund.reference,
          created_at: refund.created_at.toISOString(),
        })),
      };
    },
  };
}

const COLUMNS = [
  'created_at',
  'kind',
  'order_id',
  'payment_id',
  'transaction_id',
  'gross',
  'refunded',
  'commission',
  'processing_fee',
  'tax',
  'net',
] as const satisfies readonly (keyof SettlementLineBody)[];

function settlementBody(row: SettlementRow): SettlementBody {
  const { id, day, currency, orders, created_at: at } = row;
  return { id, day, currency, orders, ...sumsOf(row, currency), created_at: at.toISOString() };
}

function lineBody(row: LineRow, currency: Currency): SettlementLineBody {
  const { kind, order_id, payment_id, transaction_id, created_at: at } = row;
  return { kind, order_id, payment_id, transaction_id, ...sumsOf(row, currency), created_at: at.toISOString() };
}

function sumsOf({ gross, refunded, commission, processing, tax, net }: SettlementRow | LineRow, currency: Currency) {
  return {
    gross: decimalOf(gross, currency),
    refunded: decimalOf(refunded, currency),
    commission: decimalOf(commission, currency),
    processing_fee: decimalOf(processing, currency),
    tax: decimalOf(tax, currency),
    net: decimalOf(net, currency),
  };
}
