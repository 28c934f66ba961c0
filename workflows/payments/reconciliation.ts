import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { ReconciliationActivities } from '#activities/payments/reconciliation-activities.ts';
import { unreachable } from '#shared/errors.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import {
  RECONCILIATION_STEPS,
  type ReconciliationInput,
  type ReconciliationOutcome,
  type ReconciliationPlace,
} from '#shared/workflows/reconciliation.ts';

/** A history begins anew well before 4,000 events, after which replaying it gets slow. */
const HISTORY_EVENTS_MAX = 3_000;

/** A worker that dies is noticed within this, and not after the minutes that a step may take. */
const HEARTBEAT_TIMEOUT_MS = 15 * SECOND;

/** A gateway that is away is asked again for as long as it takes: nothing is claimed before its statement was read. */
const steps = proxyActivities<ReconciliationActivities>({
  startToCloseTimeout: 5 * MINUTE,
  heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
  retry: { initialInterval: SECOND, backoffCoefficient: 2, maximumInterval: 5 * MINUTE },
});

/**
 * Reconciles one day of one gateway, share by share: reads its statement, holds the lines against the ledger, the ledger's
 * movements against the lines, and transactions against their workflows; looks again at what did not agree before; and
 * writes the report. A worker that dies loses one share at most, which is repeated and changes nothing twice.
 */
export async function reconciliation({ gateway, day, place }: ReconciliationInput): Promise<ReconciliationOutcome> {
  const of = { gateway, day };
  let { step, at }: { step: ReconciliationPlace['step']; at?: string | undefined } = place ?? { step: 'statement' };
  for (;;) {
    if (workflowInfo().continueAsNewSuggested || workflowInfo().historyLength >= HISTORY_EVENTS_MAX) {
      const reached = { step, ...(at === undefined ? {} : { at }) };
      return await continueAsNew<typeof reconciliation>({ ...of, place: reached });
    }
    if (step === 'close') return await steps.closeReconciliation(of);
    const done = await share(step, of, at);
    at = done.next;
    if (!done.more) step = RECONCILIATION_STEPS[RECONCILIATION_STEPS.indexOf(step) + 1]!;
  }
}

type Share = { readonly more: boolean; readonly next?: string };
type Day = Pick<ReconciliationInput, 'gateway' | 'day'>;

/** One share of a step. */
async function share(
  step: Exclude<ReconciliationPlace['step'], 'close'>,
  of: Day,
  at: string | undefined,
): Promise<Share> {
  switch (step) {
    case 'statement':
      return goingOn(await steps.loadStatementPage({ ...of, ...(at === undefined ? {} : { cursor: at }) }));
    case 'lines':
      return await steps.judgeLines(of);
    case 'movements':
      return await steps.judgeMovements(of);
    case 'workflows':
      return goingOn(await steps.judgeWorkflows({ ...of, ...(at === undefined ? {} : { after: at }) }));
    case 'findings':
      return goingOn(await steps.revisitFindings(at === undefined ? {} : { after: at }));
    default:
      return unreachable(step);
  }
}

function goingOn({ next }: { readonly next?: string }): Share {
  return next === undefined ? { more: false } : { more: true, next };
}
