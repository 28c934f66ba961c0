import type { Caller } from '#shared/caller.ts';
import type { Trace } from '#shared/contracts/payments/trace.ts';
import { AppError } from '#shared/errors.ts';
import { OrderId } from '#shared/ids.ts';
import { MINUTE } from '#shared/time.ts';
import { workflowId } from '#shared/workflows/command.ts';
import { OrderWorkflow } from '#shared/workflows/order.ts';
import type { PaymentsPorts } from '../ports.ts';
import { findingsOf } from '../reconciliation/findings-store.ts';
import type { WorkflowStates } from '../reconciliation/ports.ts';
import { findingBody } from '../reconciliation/reports.ts';
import { workflowOf } from '../reconciliation/workflow-of.ts';
import { audited } from '../told.ts';
import { decimalOf } from '../wire.ts';
import type { TraceRecords } from './ports.ts';
import { type EntryRow, factsOf, findTraced, type TracedRow } from './trace-store.ts';

type Ports = Pick<PaymentsPorts, 'databases' | 'outbox'> & {
  readonly workflows: WorkflowStates;
  readonly traceRecords: TraceRecords;
};

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
/** The clock of the relay, and the transaction that an event was written in, may be this much earlier. */
const BEFORE_MS = MINUTE;

/**
 * Gathers what is known of a payment, by any id that somebody holds of it. Ids, sums and times only: names, texts and what
 * requests said are left out. Whoever asks is written down, unless there is nothing to see.
 *
 * @throws {AppError} NOT_FOUND when no payment has to do with it
 */
export function makeTraceMoney({ databases, outbox, workflows, traceRecords }: Ports) {
  const core = databases.of('core');

  async function workflowAt(id: string): Promise<Trace['orders'][number]['workflow']> {
    const { state, type, runId, startedAt, closedAt, link } = await workflows.stateOf(id);
    return {
      id,
      state,
      type: type ?? null,
      run_id: runId ?? null,
      started_at: startedAt?.toISOString() ?? null,
      closed_at: closedAt?.toISOString() ?? null,
      link: link ?? null,
    };
  }

  async function traced(
    row: TracedRow,
    facts: Awaited<ReturnType<typeof factsOf>>,
  ): Promise<Trace['transactions'][number]> {
    const mine = <Fact extends { readonly transaction_id: string }>(all: readonly Fact[]) =>
      all.filter(({ transaction_id }) => transaction_id === row.id);
    const hold = facts.holds.find(({ id }) => id === row.hold_id);
    const transfers = new Set([row.transfer_id, hold?.id, hold?.ended_by]);
    const led = row.gateway === null ? undefined : workflowOf(row.type, row.id);
    return {
      id: row.id,
      type: row.type,
      status: row.status,
      amount: decimalOf(row.amount, row.currency),
      currency: row.currency,
      user_id: row.user_id,
      wallet_id: row.wallet_id,
      order_id: row.order_id,
      refund_of: row.refund_of,
      created_at: row.created_at.toISOString(),
      history: mine(facts.history).map(({ status, actor, reason, at }) => ({
        status,
        actor,
        reason,
        at: at.toISOString(),
      })),
      transfers: transfersOf(facts.entries.filter(({ transfer_id }) => transfers.has(transfer_id))),
      holds: hold === undefined ? [] : [holdBody(hold)],
      gateway: row.gateway === null ? null : gatewayBody({ ...row, gateway: row.gateway }),
      workflow: led === undefined ? null : await workflowAt(led),
      findings: (await findingsOf(core, row.id)).map(findingBody),
      requests: (await traceRecords.requests(row.user_id, row.id)).map(({ call, status, at }) => ({
        call,
        status,
        at: at.toISOString(),
      })),
    };

    function gatewayBody({ gateway: name, method, object_id, asked_at }: TracedRow & { readonly gateway: string }) {
      return {
        name,
        method: method ?? '',
        object_id,
        asked_at: asked_at?.toISOString() ?? null,
        attempts: mine(facts.attempts).map(({ gateway, asked_at, asks, outcome, reason }) => ({
          gateway,
          asked_at: asked_at.toISOString(),
          asks,
          outcome,
          reason,
        })),
        reports: mine(facts.reports).map(({ report_id, status, received_at }) => ({
          report_id,
          status,
          received_at: received_at.toISOString(),
        })),
        statement_lines: mine(facts.lines).map(({ line_id, kind, amount, currency, at }) => ({
          line_id,
          kind,
          amount: decimalOf(amount, currency),
          currency,
          at: at.toISOString(),
        })),
      };
    }
  }

  return async (caller: Caller, id: string): Promise<Trace> => {
    const rows = await findTraced(core, id, UUID.exec(id.toLowerCase())?.[0]);
    const [first] = rows;
    if (first === undefined) throw new AppError('NOT_FOUND', { message: 'No payment has to do with this' });
    const entry = { actor: caller.userId, action: 'payments.traced', subject: first.id, facts: {} };
    await core.transaction((tx) => outbox.append(tx, { audit: [audited(entry)] }));

    const facts = await factsOf(core, rows);
    const orderIds = [...new Set(rows.flatMap(({ order_id }) => order_id ?? []))].map((id) => OrderId.parse(id));
    const about = [...rows.map(({ id }) => id), ...orderIds];
    const since = new Date(Math.min(...rows.map(({ created_at }) => created_at.getTime())) - BEFORE_MS);
    return {
      id,
      transactions: await Promise.all(rows.map((row) => traced(row, facts))),
      orders: await Promise.all(
        orderIds.map(async (id) => ({ id, workflow: await workflowAt(workflowId(OrderWorkflow, id)) })),
      ),
      events: (await traceRecords.events(about, since)).map((event) => ({
        id: event.id,
        type: event.type,
        version: event.version,
        about: event.aggregate_id,
        occurred_at: event.occurred_at.toISOString(),
        log_offset: event.log_offset === null ? null : Number(event.log_offset),
      })),
      audit: (await traceRecords.audit(about)).map(({ occurred_at, ...record }) => ({
        ...record,
        at: occurred_at.toISOString(),
      })),
    };
  };
}

function transfersOf(entries: readonly EntryRow[]): Trace['transactions'][number]['transfers'] {
  return [...Map.groupBy(entries, ({ transfer_id }) => transfer_id)].map(([id, own]) => ({
    id,
    kind: own[0]!.kind,
    posted_at: own[0]!.posted_at.toISOString(),
    entries: own.map(({ account_id, account, owner, seq, currency, amount, balance_after }) => ({
      account_id,
      account,
      owner,
      seq: Number(seq),
      currency,
      amount: decimalOf(amount, currency),
      balance_after: decimalOf(balance_after, currency),
    })),
  }));
}

function holdBody(hold: Awaited<ReturnType<typeof factsOf>>['holds'][number]) {
  const { id, status, amount, currency, created_at, ended_at, ended_by } = hold;
  return {
    id,
    status,
    amount: decimalOf(amount, currency),
    created_at: created_at.toISOString(),
    ended_at: ended_at?.toISOString() ?? null,
    ended_by,
  };
}
