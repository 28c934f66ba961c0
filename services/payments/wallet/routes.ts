import { Readable } from 'node:stream';
import { getReceipt, getStatement, printReceipt } from '#shared/contracts/payments/statements.ts';
import {
  closeWallet,
  freezeWallet,
  getWallet,
  readWallet,
  unfreezeWallet,
  updateWallet,
} from '#shared/contracts/payments/wallet-life.ts';
import { type Route, handle } from '#shared/http/call.ts';
import type { PaymentsService } from '../service.ts';

/** The calls about one wallet, bound to the use cases that answer them. */
export function walletRoutes(payments: PaymentsService): Route[] {
  return [
    handle(getWallet, async ({ caller, params, query }) => ({
      status: 200,
      body: await payments.getWallet(caller, params.id, query.at),
    })),

    handle(updateWallet, async ({ caller, params, body }) => ({
      status: 200,
      body: await payments.updateWallet(caller, params.id, body.is_primary),
    })),

    handle(closeWallet, async ({ caller, params }) => ({
      status: 200,
      body: await payments.closeWallet(caller, params.id),
    })),

    handle(getStatement, async ({ caller, params, query }) => ({
      status: 200,
      body: await payments.getStatement(caller, { walletId: params.id, ...query }),
    })),

    handle(getReceipt, async ({ caller, params }) => ({
      status: 200,
      body: await payments.getReceipt(caller, params.id),
    })),

    handle(printReceipt, async ({ caller, params }) => {
      const page = Buffer.from(await payments.printReceipt(caller, params.id), 'utf8');
      const headers = {
        'content-type': 'text/html; charset=utf-8',
        'content-length': String(page.length),
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
        'cache-control': 'no-store',
      };
      return { status: 200, headers, body: Readable.from([page]) };
    }),

    handle(readWallet, async ({ caller, params }) => ({
      status: 200,
      body: await payments.readWallet(caller, params.id),
    })),

    handle(freezeWallet, async ({ caller, params, body }) => ({
      status: 200,
      body: await payments.freezeWallet(caller, params.id, body.reason),
    })),

    handle(unfreezeWallet, async ({ caller, params, body }) => ({
      status: 200,
      body: await payments.unfreezeWallet(caller, params.id, body.reason),
    })),
  ];
}
