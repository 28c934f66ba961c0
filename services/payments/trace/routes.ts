import { showTrace, traceMoney } from '#shared/contracts/payments/trace.ts';
import { type Route, handle } from '#shared/http/call.ts';
import { fileOf } from '../reconciliation/file-of.ts';
import type { makeTraceMoney } from './trace-money.ts';
import { tracePage } from './trace-page.ts';

export type TraceDesk = { readonly traceMoney: ReturnType<typeof makeTraceMoney> };

/** The calls of staff who follow a payment. */
export function traceRoutes(desk: TraceDesk): Route[] {
  return [
    handle(traceMoney, async ({ caller, params }) => ({ status: 200, body: await desk.traceMoney(caller, params.id) })),
    handle(showTrace, async ({ caller, params }) => ({
      status: 200,
      ...fileOf(tracePage(await desk.traceMoney(caller, params.id)), {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy':
          "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
      }),
    })),
  ];
}
