import { makeOmiseStatements } from '#infrastructure/gateways/omise-statement.ts';
import type { FindingRow } from '#services/payments/reconciliation/findings-store.ts';
import { listFindings } from '#services/payments/reconciliation/findings-store.ts';
import { dayOf } from '#services/payments/reconciliation/period.ts';
import type { WorkflowState } from '#services/payments/reconciliation/ports.ts';
import { makeReconcile, type Reconcile } from '#services/payments/reconciliation/reconcile.ts';
import { statement } from '#shared/sql.ts';
import { HOUR } from '#shared/time.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { OMISE } from '../sandbox/open-sandbox.ts';
import { type DepositScene, openDeposit } from './open-deposit.ts';

const DAY_MS = 24 * HOUR;

const BALANCES = statement(
  'test.house-balances',
  `SELECT account.kind, account.balance FROM payments.accounts AS account
   WHERE account.owner = 'omise' AND account.currency = 'THB'`,
);

export type OpenReconciliation = DepositScene & {
  readonly reconcile: Reconcile;
  /** What Temporal says of workflows, by their id; those that are not named run. */
  readonly states: Map<string, WorkflowState['state']>;
  /** A deposit that was paid, and of which we have heard. */
  paid(amount?: string): Promise<string>;
  /** Takes all steps for today and tomorrow, as the workflow does, and answers what waits. */
  run(): Promise<readonly FindingRow[]>;
  findings(): Promise<readonly FindingRow[]>;
  plant(planted: object): Promise<void>;
  restore(): Promise<void>;
  /** The house's accounts of Omise in minor units of baht. */
  balances(): Promise<Readonly<Record<string, bigint>>>;
};

/** Deposits by Omise's sandbox, and the reconciliation of them. */
export async function openReconciliation(): Promise<OpenReconciliation> {
  const test = await openDeposit();
  const states = new Map<string, WorkflowState['state']>();
  const reconcile = makeReconcile({
    databases: test.db.databases,
    outbox: test.db.outbox,
    clock: () => test.now(),
    log: quietLog,
    statements: [makeOmiseStatements({ baseUrl: `${test.sandbox.url}/omise`, secretKey: OMISE.secretKey })],
    workflows: {
      stateOf: async (id) => ({ state: states.get(id) ?? 'running' }),
      runningSince: async () => [...states].flatMap(([id, state]) => (state === 'running' ? [id] : [])),
    },
    reconcileAfterMs: HOUR,
  });
  const began = new Date();

  async function findings(): Promise<readonly FindingRow[]> {
    const all = await listFindings(test.db.database, {
      gateway: undefined,
      kind: undefined,
      status: undefined,
      day: undefined,
      after: { isResolved: false, id: '00000000-0000-0000-0000-000000000000' },
      limit: 100,
    });
    return all;
  }

  async function runDay(day: string): Promise<void> {
    const of = { gateway: 'omise', day };
    for (let cursor: string | undefined; ;) {
      const { next } = await reconcile.loadStatementPage({ ...of, ...(cursor === undefined ? {} : { cursor }) });
      if (next === undefined) break;
      cursor = next;
    }
    while ((await reconcile.judgeLines(of)).more);
    while ((await reconcile.judgeMovements(of)).more);
    for (let after: string | undefined; ;) {
      const { next } = await reconcile.judgeWorkflows({ ...of, ...(after === undefined ? {} : { after }) });
      if (next === undefined) break;
      after = next;
    }
    await reconcile.revisitFindings();
    await reconcile.closeReconciliation(of);
  }

  async function told(method: 'POST' | 'DELETE', body?: object): Promise<void> {
    const { status } = await test.sandbox.call('/sandbox/statements/omise', { method, ...(body && { body }) });
    if (status !== 200) throw new Error(`the sandbox answered ${status}`);
  }

  return {
    ...test,
    reconcile,
    states,
    paid: async (amount = '100.00') => {
      const { id } = await test.request({ amount });
      await test.payments.createCharge(id);
      await test.control(`/sandbox/charges/${id}/settle`);
      const [webhook] = await test.webhooks(1);
      await test.hear(webhook!);
      return id;
    },
    run: async () => {
      // What was posted around midnight is on one day or the other.
      await runDay(dayOf(began));
      await runDay(dayOf(new Date(began.getTime() + DAY_MS)));
      return (await findings()).filter(({ status }) => status !== 'resolved');
    },
    findings,
    plant: (planted) => told('POST', planted),
    restore: () => told('DELETE'),
    balances: async () => {
      const rows = await test.db.database.rows<{ kind: string; balance: bigint }>(BALANCES);
      return Object.fromEntries(rows.map(({ kind, balance }) => [kind, balance]));
    },
  };
}
