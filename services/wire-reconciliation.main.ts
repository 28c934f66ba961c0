import { makeOmiseStatements } from '#infrastructure/gateways/omise-statement.ts';
import { makeStripeStatements } from '#infrastructure/gateways/stripe-statement.ts';
import { makeXenditStatements } from '#infrastructure/gateways/xendit-statement.ts';
import { openTemporal } from '#infrastructure/temporal/client.ts';
import { makeWorkflowStates } from '#infrastructure/temporal/workflow-states.ts';
import type { WorkflowStates } from '#services/payments/reconciliation/ports.ts';
import { makeReconcile, type Reconcile } from '#services/payments/reconciliation/reconcile.ts';
import type { Ground } from './ground.main.ts';

/** What Temporal tells of workflows. The connection opens at the first question. */
export function openWorkflowStates({ config, log }: Ground): {
  readonly workflows: WorkflowStates;
  readonly close: () => Promise<void>;
} {
  const temporal = openTemporal(config);
  const { client } = temporal;
  const uiUrl = config.TEMPORAL_UI_URL?.replace(/\/$/, '');
  const workflows = makeWorkflowStates({ client, uiUrl, namespace: config.TEMPORAL_NAMESPACE, log });
  return { workflows, close: () => temporal.close() };
}

/** The reconciliation of the gateways that have statements. */
export function openReconcile(ground: Ground): { readonly reconcile: Reconcile; readonly close: () => Promise<void> } {
  const { config } = ground;
  const { workflows, close } = openWorkflowStates(ground);
  const reconcile = makeReconcile({
    ...ground,
    statements: [
      makeOmiseStatements({ baseUrl: config.OMISE_BASE_URL, secretKey: config.OMISE_SECRET_KEY }),
      makeStripeStatements({ baseUrl: config.STRIPE_BASE_URL, secretKey: config.STRIPE_SECRET_KEY }),
      makeXenditStatements({ baseUrl: config.XENDIT_BASE_URL, secretKey: config.XENDIT_SECRET_KEY }),
    ],
    workflows,
    reconcileAfterMs: config.RECONCILE_AFTER,
  });
  return { reconcile, close };
}
