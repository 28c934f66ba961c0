import {
  exportReconciliation,
  getReconciliation,
  listFindings,
  listReconciliations,
  resolveFinding,
} from '#shared/contracts/payments/reconciliation.ts';
import { type Route, handle } from '#shared/http/call.ts';
import type { makeDecideFinding } from './decide-finding.ts';
import { fileOf } from './file-of.ts';
import type { makeReadReconciliation } from './reports.ts';

export type ReconciliationDesk = ReturnType<typeof makeReadReconciliation> & {
  readonly decideFinding: ReturnType<typeof makeDecideFinding>;
};

/** The calls of staff about reconciliation, bound to the use cases that answer them. */
export function reconciliationRoutes(desk: ReconciliationDesk): Route[] {
  return [
    handle(listReconciliations, async ({ query }) => ({ status: 200, body: await desk.listReconciliations(query) })),
    handle(listFindings, async ({ query }) => ({ status: 200, body: await desk.listFindings(query) })),
    handle(getReconciliation, async ({ params }) => ({ status: 200, body: await desk.getReconciliation(params.id) })),
    handle(exportReconciliation, async ({ params }) => ({
      status: 200,
      ...fileOf(await desk.exportReconciliation(params.id), {
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': `attachment; filename="reconciliation-${params.id}.csv"`,
      }),
    })),
    handle(resolveFinding, async ({ caller, params, body }) => ({
      status: 200,
      body: await desk.decideFinding(caller, params.id, body),
    })),
  ];
}
