import { withFailures } from '#activities/failure.ts';
import { withHeartbeats } from '#activities/with-heartbeats.ts';
import type { GatewayDay } from '#services/payments/reconciliation/judge-lines.ts';
import type { Reconcile } from '#services/payments/reconciliation/reconcile.ts';

type More = { readonly more: boolean };
type Next = { readonly next?: string };

/** The steps of reconciliation. Each may be repeated, and does a bounded share of the work. */
export function makeReconciliationActivities(reconcile: Reconcile) {
  const steps = withFailures({
    dueReconciliations: (): Promise<readonly GatewayDay[]> => reconcile.dueReconciliations(),
    loadStatementPage: (page: GatewayDay & { readonly cursor?: string }): Promise<Next> =>
      reconcile.loadStatementPage(page),
    judgeLines: (of: GatewayDay): Promise<More> => reconcile.judgeLines(of),
    judgeMovements: (of: GatewayDay): Promise<More> => reconcile.judgeMovements(of),
    judgeWorkflows: (of: GatewayDay & { readonly after?: string }): Promise<Next> => reconcile.judgeWorkflows(of),
    revisitFindings: async ({ after }: { readonly after?: string }): Promise<Next> => {
      const { next } = await reconcile.revisitFindings(after);
      return next === undefined ? {} : { next };
    },
    closeReconciliation: (of: GatewayDay): Promise<{ readonly findings: number }> => reconcile.closeReconciliation(of),
  });
  return withHeartbeats(steps);
}

export type ReconciliationActivities = ReturnType<typeof makeReconciliationActivities>;
