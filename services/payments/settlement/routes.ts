import { Readable } from 'node:stream';
import {
  exportSettlement,
  getOrderPayment,
  getSettlement,
  listSettlements,
} from '#shared/contracts/payments/settlements.ts';
import { type Route, handle } from '#shared/http/call.ts';
import type { PaymentsService } from '../service.ts';

/** The calls of what merchants are paid, bound to the use cases that answer them. */
export function settlementRoutes(payments: PaymentsService): Route[] {
  return [
    handle(listSettlements, async ({ caller, query }) => ({
      status: 200,
      body: await payments.listSettlements(caller, query),
    })),

    handle(getSettlement, async ({ caller, params }) => ({
      status: 200,
      body: await payments.getSettlement(caller, params.id),
    })),

    handle(exportSettlement, async ({ caller, params }) => {
      const table = Buffer.from(await payments.exportSettlement(caller, params.id), 'utf8');
      const headers = {
        'content-type': 'text/csv; charset=utf-8',
        'content-length': String(table.length),
        'content-disposition': `attachment; filename="settlement-${params.id}.csv"`,
        'cache-control': 'no-store',
      };
      return { status: 200, headers, body: Readable.from([table]) };
    }),

    handle(getOrderPayment, async ({ caller, params }) => ({
      status: 200,
      body: await payments.getOrderPayment(caller, params.id),
    })),
  ];
}
