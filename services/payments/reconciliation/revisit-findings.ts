import type { TransactionId } from '#shared/ids.ts';
import { type Tx, firstRow, statement } from '#shared/sql.ts';
import { unreachable } from '#shared/errors.ts';
import type { PaymentsPorts } from '../ports.ts';
import { type FindingRow, lockFinding, openFindings as findOpen } from './findings-store.ts';
import { gatewayHouses } from './house.ts';
import { differenceOf, judgeLine } from './judge.ts';
import { findingOf, oursOf, postAll } from './judge-lines.ts';
import { findLines, markJudged } from './lines-store.ts';
import { openFindings, RECONCILER, takeBack } from './open-findings.ts';
import type { WorkflowStates } from './ports.ts';
import { asideOf, type Houses, movementsOf, resolveFinding } from './resolve.ts';
import { workflowOf } from './workflow-of.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'outbox' | 'clock'> & { readonly workflows: WorkflowStates };

/** Findings of one step, each in a transaction of its own. */
const BATCH = 100;
/** Below every id. */
const FIRST = '00000000-0000-0000-0000-000000000000';

const HAS_LINE = statement(
  'payments.has-statement-line',
  'SELECT line.id FROM payments.statement_lines AS line WHERE line.transfer_id = $1',
);
const STATUS = statement(
  'payments.find-status-of-finding',
  'SELECT ours.type, ours.status FROM payments.transactions AS ours WHERE ours.id = $1',
);

/**
 * Looks again at what did not agree: a settlement that came late, or a line that a gateway added, resolves a finding by
 * itself, and its money goes back from suspense. One that differs in another way now makes place for a new one.
 */
export function makeRevisitFindings(ports: Ports) {
  const { databases, workflows, clock } = ports;
  const core = databases.of('core');

  /** Looks at one; the answer tells whether it is resolved now. */
  async function revisit({ id, ...seen }: FindingRow): Promise<boolean> {
    if (seen.kind === 'workflow_left_running' && !(await hasStopped(seen.transaction_id))) return false;
    const houses = await housesFor({ id, ...seen });
    return await core.transaction(async (tx) => {
      const finding = await lockFinding(tx, id);
      if (finding === undefined || finding.status === 'resolved') return false;
      switch (finding.kind) {
        case 'missing_in_ledger':
        case 'amount_differs':
        case 'currency_differs':
        case 'status_differs':
        case 'duplicate':
          return await revisitLine(tx, finding, houses);
        case 'missing_at_gateway': {
          if ((await firstRow(tx, HAS_LINE, [finding.subject])) === undefined) return false;
          await matched(tx, finding, houses);
          return true;
        }
        case 'workflow_lost': {
          const ours = await firstRow<{ readonly status: string }>(tx, STATUS, [finding.transaction_id]);
          if (ours?.status === 'pending' || ours?.status === 'processing') return false;
          await matched(tx, finding, houses);
          return true;
        }
        case 'workflow_left_running':
          await matched(tx, finding, houses);
          return true;
        default:
          return unreachable(finding.kind);
      }
    });
  }

  async function revisitLine(tx: Tx, finding: FindingRow, houses: Houses): Promise<boolean> {
    const [line] = await findLines(tx, [finding.line_id!]);
    if (line === undefined) return false;
    const verdict = judgeLine({ ...line, minor: line.amount }, oursOf(line, new Set()));
    if (verdict.kind === 'agrees') {
      await markJudged(
        tx,
        [{ id: line.id, transactionId: line.transaction_id, transferId: line.transfer_id }],
        clock(),
      );
      await matched(tx, finding, houses);
      return true;
    }
    const { ours, theirs } = movementsOf(finding);
    if (
      verdict.kind === finding.kind &&
      isSame(differenceOf(ours, theirs), differenceOf(verdict.ours, verdict.theirs))
    ) {
      return false;
    }
    // Two postings, and the locks of the second are among those of the first, or come after a deadlock that is tried again.
    const ending = { resolution: 'superseded', by: RECONCILER, reason: null } as const;
    await resolveFinding(ports, tx, finding, takeBack(asideOf(finding, houses)), ending);
    const next = findingOf(line, verdict, finding);
    await postAll(tx, await openFindings(ports, tx, [next], houses));
    const pairs = verdict.kind === 'amount_differs' || verdict.kind === 'currency_differs';
    const transferId = pairs ? line.transfer_id : null;
    await markJudged(tx, [{ id: line.id, transactionId: line.transaction_id, transferId }], clock());
    return true;
  }

  async function matched(tx: Tx, finding: FindingRow, houses: Houses): Promise<void> {
    const ending = { resolution: 'matched', by: RECONCILER, reason: null } as const;
    await resolveFinding(ports, tx, finding, takeBack(asideOf(finding, houses)), ending);
  }

  async function housesFor(finding: FindingRow): Promise<Houses> {
    const { ours, theirs } = movementsOf(finding);
    const lines = finding.line_id === null ? [] : await findLines(core, [finding.line_id]);
    const currencies = [
      ours?.currency,
      theirs?.currency,
      ...lines.flatMap((line) => [line.currency, line.our_currency]),
    ];
    return await gatewayHouses(
      core,
      finding.gateway,
      currencies.filter((currency) => currency !== undefined && currency !== null),
    );
  }

  async function hasStopped(id: TransactionId | null): Promise<boolean> {
    const ours = await firstRow<{ readonly type: string }>(core, STATUS, [id]);
    const workflowId = ours === undefined || id === null ? undefined : workflowOf(ours.type, id);
    if (workflowId === undefined) return true;
    const { state } = await workflows.stateOf(workflowId);
    return state !== 'running' && state !== 'unknown';
  }

  /** @param after the finding that the step before ended with; `next` where the next one begins */
  return async (after?: string): Promise<{ readonly resolved: number; readonly next?: string }> => {
    const findings = await findOpen(core, after ?? FIRST, BATCH);
    let resolved = 0;
    for (const finding of findings) if (await revisit(finding)) resolved += 1;
    const last = findings.at(-1);
    return findings.length === BATCH && last !== undefined ? { resolved, next: last.id } : { resolved };
  };
}

type Sums = ReturnType<typeof differenceOf>;

function isSame(one: Sums, other: Sums): boolean {
  const keyOf = (sums: Sums) =>
    sums
      .map(({ currency, minor }) => `${currency} ${minor}`)
      .toSorted()
      .join();
  return keyOf(one) === keyOf(other);
}
