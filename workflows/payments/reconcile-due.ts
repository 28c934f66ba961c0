import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, proxyActivities, startChild, WorkflowIdReusePolicy } from '@temporalio/workflow';
import type { ReconciliationActivities } from '#activities/payments/reconciliation-activities.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import { workflowId } from '#shared/workflows/command.ts';
import { type ReconcileDueOutcome, ReconciliationWorkflow } from '#shared/workflows/reconciliation.ts';

const { dueReconciliations } = proxyActivities<ReconciliationActivities>({
  startToCloseTimeout: MINUTE,
  retry: { initialInterval: SECOND, backoffCoefficient: 2, maximumInterval: 5 * MINUTE },
});

/** Starts what is due. A day that is under way goes on, and outlives this: each has an id of its own. */
export async function reconcileDue(): Promise<ReconcileDueOutcome> {
  const started: string[] = [];
  for (const of of await dueReconciliations()) {
    const id = workflowId(ReconciliationWorkflow, `${of.gateway}-${of.day}`);
    try {
      await startChild(ReconciliationWorkflow.type, {
        workflowId: id,
        args: [of],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      });
      started.push(id);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
  return { started };
}
