import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { WorkflowState, WorkflowStates } from '#services/payments/reconciliation/ports.ts';
import type { Log } from '#shared/log.ts';
import { SECOND } from '#shared/time.ts';

type Options = {
  readonly client: Client;
  /** Where people see workflows, without a slash at the end; no links where there is none. */
  readonly uiUrl: string | undefined;
  readonly namespace: string;
  readonly log: Log;
  readonly answerWithinMs?: number;
};

/** People who look into a matter do not wait longer for a Temporal that is away. */
const ANSWER_WITHIN_MS = 3 * SECOND;
const LISTED_MAX = 1_000;

const STATES: Readonly<Record<string, WorkflowState['state']>> = {
  RUNNING: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  CANCELED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed_out',
  CONTINUED_AS_NEW: 'continued',
};

/** Asks Temporal's server how workflows are, and tells when it cannot be asked. */
export function makeWorkflowStates({
  client,
  uiUrl,
  namespace,
  log,
  answerWithinMs = ANSWER_WITHIN_MS,
}: Options): WorkflowStates {
  const deadline = () => Date.now() + answerWithinMs;

  function linkOf(workflowId: string, runId: string): { link?: string } {
    if (uiUrl === undefined) return {};
    const path = [namespace, 'workflows', workflowId, runId, 'history'].map(encodeURIComponent).join('/');
    return { link: `${uiUrl}/namespaces/${path}` };
  }

  return {
    stateOf: async (workflowId) => {
      try {
        const { status, type, runId, startTime, closeTime } = await client.withDeadline(deadline(), () =>
          client.workflow.getHandle(workflowId).describe(),
        );
        return {
          state: STATES[status.name] ?? 'unknown',
          type,
          runId,
          startedAt: startTime,
          ...(closeTime === undefined ? {} : { closedAt: closeTime }),
          ...linkOf(workflowId, runId),
        };
      } catch (err) {
        if (err instanceof WorkflowNotFoundError) return { state: 'absent' };
        log.warn({ workflowId, err }, 'Temporal cannot be asked how a workflow is');
        return { state: 'unknown' };
      }
    },

    runningSince: async (types, startedBefore) => {
      const names = types.map((type) => `'${type}'`).join(', ');
      const query = `WorkflowType IN (${names}) AND ExecutionStatus = 'Running' AND StartTime < '${startedBefore.toISOString()}'`;
      const ids: string[] = [];
      try {
        await client.withDeadline(deadline(), async () => {
          for await (const { workflowId } of client.workflow.list({ query, pageSize: LISTED_MAX })) {
            ids.push(workflowId);
            if (ids.length === LISTED_MAX) return;
          }
        });
        return ids;
      } catch (err) {
        log.warn({ err }, 'Temporal cannot be asked which workflows run');
        return undefined;
      }
    },
  };
}
