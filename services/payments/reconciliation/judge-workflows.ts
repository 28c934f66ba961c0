import { AppError } from '#shared/errors.ts';
import { type FindingId, TransactionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { HOUR, MINUTE } from '#shared/time.ts';
import type { PaymentsPorts } from '../ports.ts';
import type { FindingKind } from './judge.ts';
import type { GatewayDay } from './judge-lines.ts';
import { openFindings } from './open-findings.ts';
import type { WorkflowStates } from './ports.ts';
import { LEADING, LED, workflowOf } from './workflow-of.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'outbox' | 'clock'> & { readonly workflows: WorkflowStates };

/** Transactions that one step asks Temporal about. */
const BATCH = 100;
/** The event that starts a workflow is handed over within seconds; after a bad hour it may be late. */
const STARTED_WITHIN_MS = 15 * MINUTE;
/** A workflow hears that its transaction has ended within moments, and asks within minutes when it does not. */
const STOPPED_WITHIN_MS = HOUR;

type Open = { readonly id: TransactionId; readonly type: string; readonly status: string };

/** What waits, with the gateway that it waits for. One that was found lost before is not found again. */
const OPEN = statement(
  'payments.find-open-transactions',
  `SELECT ours.id, ours.type, ours.status FROM payments.transactions AS ours
   LEFT JOIN payments.charges AS charge ON charge.transaction_id = ours.id
   LEFT JOIN payments.payouts AS payout ON payout.transaction_id = ours.id
   WHERE ours.status IN ('pending', 'processing') AND ours.type = ANY ($1)
     AND coalesce(charge.gateway, payout.gateway) = $2 AND ours.created_at < $3 AND ours.id > $4
     AND NOT EXISTS (SELECT FROM payments.reconciliation_findings AS finding
       WHERE finding.transaction_id = ours.id AND finding.kind = 'workflow_lost')
   ORDER BY ours.id LIMIT $5`,
);
const ENDED = statement(
  'payments.find-ended-transactions',
  `SELECT ours.id, ours.type, ours.status FROM payments.transactions AS ours
   LEFT JOIN payments.charges AS charge ON charge.transaction_id = ours.id
   LEFT JOIN payments.payouts AS payout ON payout.transaction_id = ours.id
   WHERE ours.id = ANY ($1) AND ours.status NOT IN ('pending', 'processing') AND ours.updated_at < $2
     AND coalesce(charge.gateway, payout.gateway) = $3`,
);
const STILL_OPEN = statement(
  'payments.find-still-open',
  `SELECT ours.id, ours.type, ours.status FROM payments.transactions AS ours
   WHERE ours.id = ANY ($1) AND ours.status IN ('pending', 'processing')`,
);

const FIRST = '00000000-0000-0000-0000-000000000000';
const NO_HOUSES = new Map<never, never>();

/**
 * Holds transactions of a gateway against the workflows that lead them: one that waits and has no running workflow would
 * wait for ever, and a workflow that runs on after its transaction has ended does not know that it has.
 *
 * @throws {AppError} UPSTREAM_UNAVAILABLE when Temporal cannot be asked: nothing is claimed then
 */
export function makeJudgeWorkflows(ports: Ports) {
  const { databases, clock, workflows } = ports;
  const core = databases.of('core');

  async function found(kind: FindingKind, at: GatewayDay, open: readonly (Open & { detail: string })[]): Promise<void> {
    const findings = open.map(({ id, detail }) => ({
      ...at,
      id: newId<FindingId>('core'),
      kind,
      subject: id,
      transactionId: id,
      detail,
    }));
    await core.transaction(async (tx) => void (await openFindings(ports, tx, findings, NO_HOUSES)));
  }

  async function judgeOpen(at: GatewayDay, after: string): Promise<string | undefined> {
    const before = new Date(clock().getTime() - STARTED_WITHIN_MS);
    const waiting = await core.rows<Open>(OPEN, [LED, at.gateway, before, after, BATCH]);
    const lost = new Map<TransactionId, string>();
    for (const { id, type } of waiting) {
      const { state } = await workflows.stateOf(workflowOf(type, id)!);
      if (state === 'unknown') throw new AppError('UPSTREAM_UNAVAILABLE', { message: 'Temporal cannot be asked' });
      if (state !== 'running') lost.set(id, state);
    }
    // What ended between the two looks is no finding.
    const still = lost.size === 0 ? [] : await core.rows<Open>(STILL_OPEN, [[...lost.keys()]]);
    const told = still.map((one) => ({
      ...one,
      detail: `it is ${one.status}, and its workflow is ${lost.get(one.id)!}`,
    }));
    await found('workflow_lost', at, told);
    return waiting.length === BATCH ? waiting.at(-1)?.id : undefined;
  }

  async function judgeRunning(at: GatewayDay): Promise<void> {
    const before = new Date(clock().getTime() - STOPPED_WITHIN_MS);
    const running = await workflows.runningSince(LEADING, before);
    if (running === undefined) throw new AppError('UPSTREAM_UNAVAILABLE', { message: 'Temporal cannot be asked' });
    const ids = running.flatMap((workflowId) => {
      const id = TransactionId.safeParse(workflowId.slice(workflowId.indexOf('-') + 1));
      return id.success ? [id.data] : [];
    });
    const ended = await core.rows<Open>(ENDED, [ids, before, at.gateway]);
    const told = ended.map((one) => ({ ...one, detail: `it is ${one.status}, and its workflow runs` }));
    await found('workflow_left_running', at, told);
  }

  /** @param after the transaction that the step before ended with */
  return async ({ after, ...at }: GatewayDay & { readonly after?: string }): Promise<{ readonly next?: string }> => {
    if (after === undefined) await judgeRunning(at);
    const next = await judgeOpen(at, after ?? FIRST);
    return next === undefined ? {} : { next };
  };
}
