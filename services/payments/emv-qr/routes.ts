import { parseQr, showWalletQr } from '#shared/contracts/payments/qr.ts';
import { handle, type Route } from '#shared/http/call.ts';
import type { PaymentsService } from '../service.ts';

/** The calls about payment codes. */
export function qrRoutes(payments: PaymentsService): Route[] {
  return [
    handle(parseQr, async ({ body }) => ({ status: 200, body: payments.parseCode(body.payload) })),

    handle(showWalletQr, async ({ caller, params, query }) => ({
      status: 200,
      body: await payments.walletCode(caller, params.id, query.amount),
    })),
  ];
}
