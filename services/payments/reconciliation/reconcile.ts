import { AppError } from '#shared/errors.ts';
import { happened } from '#shared/events/event.ts';
import { ReconciliationCompleted } from '#shared/events/payments-reconciliation.ts';
import type { ReconciliationRunId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { firstRow, statement } from '#shared/sql.ts';
import type { PaymentsPorts } from '../ports.ts';
import { audited } from '../told.ts';
import { type GatewayDay, makeJudgeLines } from './judge-lines.ts';
import { makeJudgeMovements } from './judge-movements.ts';
import { makeJudgeWorkflows } from './judge-workflows.ts';
import { saveLines } from './lines-store.ts';
import { RECONCILER } from './open-findings.ts';
import { daysOver, periodOf, readFor } from './period.ts';
import type { GatewayStatements, WorkflowStates } from './ports.ts';
import { makePostFees } from './post-fees.ts';
import { makeRevisitFindings } from './revisit-findings.ts';
import { addUpRun, beginRun, completedRuns, finishRun, lockRun } from './runs-store.ts';

export type ReconcilePorts = Pick<PaymentsPorts, 'databases' | 'outbox' | 'clock' | 'log'> & {
  readonly statements: readonly GatewayStatements[];
  readonly workflows: WorkflowStates;
  /** How long after the end of a day its statement is read, in milliseconds (RECONCILE_AFTER). */
  readonly reconcileAfterMs: number;
};

/** A day that could not be reconciled is made up for within this many. */
const DAYS_BACK_MAX = 7;

const FIRST_DAY = statement(
  'payments.first-day-of-gateway',
  `SELECT (min(ours.posted_at) AT TIME ZONE 'UTC')::date::text AS day FROM (
     SELECT entry.posted_at FROM payments.entries AS entry
     JOIN payments.accounts AS account ON account.id = entry.account_id
     WHERE account.kind = 'gateway_clearing' AND account.owner = $1 AND entry.seq = 1
   ) AS ours`,
);
const WAITING = statement(
  'payments.count-findings-of-day',
  `SELECT count(*)::int AS count FROM payments.reconciliation_findings AS finding
   WHERE finding.gateway = $1 AND finding.day = $2 AND finding.status <> 'resolved'`,
);

/** The steps by which a day of a gateway is reconciled. Each may run any number of times, and goes on where it was. */
export function makeReconcile(ports: ReconcilePorts) {
  const { databases, outbox, clock, log, statements, reconcileAfterMs } = ports;
  const core = databases.of('core');
  const postFees = makePostFees(ports);

  function statementsOf(gateway: string): GatewayStatements {
    const found = statements.find((one) => one.gateway === gateway);
    if (found === undefined) throw new AppError('NOT_FOUND', { message: 'There are no statements of this gateway' });
    return found;
  }

  return {
    /** The days of each gateway that are over and were not reconciled yet: the last seven, from its first movement on. */
    dueReconciliations: async (): Promise<readonly GatewayDay[]> => {
      const days = daysOver(clock(), reconcileAfterMs, DAYS_BACK_MAX);
      const done = await completedRuns(core, days);
      const due = await Promise.all(
        statements.map(async ({ gateway }) => {
          const first = await firstRow<{ readonly day: string | null }>(core, FIRST_DAY, [gateway]);
          const began = first?.day ?? days.at(-1)!;
          return days.filter((day) => day >= began && !done.has(`${gateway} ${day}`)).map((day) => ({ gateway, day }));
        }),
      );
      return due.flat();
    },

    /** Reads a page of the statement and keeps it. */
    loadStatementPage: async ({
      gateway,
      day,
      cursor,
    }: GatewayDay & { readonly cursor?: string }): Promise<{ readonly next?: string }> => {
      if (cursor === undefined) {
        await beginRun(core, { id: newId<ReconciliationRunId>('core'), gateway, day, at: clock() });
      }
      const { lines, next } = await statementsOf(gateway).page(readFor(day), cursor);
      await saveLines(core, gateway, lines);
      return next === undefined ? {} : { next };
    },

    judgeLines: makeJudgeLines(ports),
    judgeMovements: makeJudgeMovements(ports),
    judgeWorkflows: makeJudgeWorkflows(ports),
    revisitFindings: makeRevisitFindings(ports),

    /** Posts what the gateway kept, and writes the report. A day that is reconciled again gets a new one. */
    closeReconciliation: async ({ gateway, day }: GatewayDay): Promise<{ readonly findings: number }> => {
      await postFees(gateway);
      return await core.transaction(async (tx) => {
        const run = await lockRun(tx, gateway, day);
        if (run === undefined) throw new AppError('NOT_FOUND', { message: 'This day was never begun' });
        await addUpRun(tx, run.id, gateway, periodOf(day));
        const waiting = await firstRow<{ readonly count: number }>(tx, WAITING, [gateway, day]);
        const findings = waiting!.count;
        if (run.status === 'completed') return { findings };
        await finishRun(tx, run.id, clock());
        await outbox.append(tx, {
          events: [happened(ReconciliationCompleted, run.id, { run_id: run.id, gateway, day, findings })],
          audit: [
            audited({
              actor: RECONCILER,
              action: 'payments.reconciled',
              subject: run.id,
              facts: { gateway, day, findings },
            }),
          ],
        });
        if (findings > 0) log.error({ gateway, day, findings }, 'a day of a gateway does not agree with the ledger');
        return { findings };
      });
    },
  };
}

export type Reconcile = ReturnType<typeof makeReconcile>;
