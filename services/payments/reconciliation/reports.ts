import { AppError, invalid } from '#shared/errors.ts';
import type {
  Finding,
  FindingsQuery,
  ReconciliationReport,
  RunsQuery,
} from '#shared/contracts/payments/reconciliation.ts';
import { decodeCursor, encodeCursor, idAfter } from '#shared/http/paging.ts';
import { FindingId, ReconciliationRunId } from '#shared/ids.ts';
import type { PaymentsPorts } from '../ports.ts';
import { decimalOf } from '../wire.ts';
import { type FindingRow, listFindings } from './findings-store.ts';
import { findRun, listRuns, type RunRow, totalsOf } from './runs-store.ts';

type Ports = Pick<PaymentsPorts, 'databases'>;

/** Findings of one day that a table shows: more are of one cause. */
const TABLE_MAX = 10_000;
const FIRST = '00000000-0000-0000-0000-000000000000';

/** What staff read of reconciliation. */
export function makeReadReconciliation({ databases }: Ports) {
  const core = databases.of('core');

  async function reportOf(run: RunRow): Promise<ReconciliationReport> {
    const totals = await totalsOf(core, run.id);
    return {
      id: run.id,
      gateway: run.gateway,
      day: run.day,
      status: run.status,
      started_at: run.started_at.toISOString(),
      finished_at: run.finished_at?.toISOString() ?? null,
      findings: run.found,
      open_findings: run.waiting,
      totals: totals.map(({ currency, what, lines, amount, fee }) => ({
        currency,
        what,
        lines: Number(lines),
        amount: decimalOf(amount, currency),
        fee: decimalOf(fee, currency),
      })),
    };
  }

  async function report(id: ReconciliationRunId): Promise<ReconciliationReport> {
    const run = await findRun(core, id);
    if (run === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such run' });
    return await reportOf(run);
  }

  return {
    listReconciliations: async ({ gateway, day, cursor, limit }: RunsQuery) => {
      const before = idAfter(cursor, ReconciliationRunId);
      const found = await listRuns(core, { gateway, day, before, limit: limit + 1 });
      const page = found.slice(0, limit);
      return { runs: await Promise.all(page.map(reportOf)), next_cursor: nextOf(found, page, ({ id }) => [id]) };
    },

    getReconciliation: report,

    /** A line for each total and each finding. */
    exportReconciliation: async (id: ReconciliationRunId): Promise<string> => {
      const { gateway, day, totals } = await report(id);
      const filter = { gateway, day, kind: undefined, status: undefined, limit: TABLE_MAX };
      const findings = await listFindings(core, { ...filter, after: { isResolved: false, id: FIRST } });
      const rows = [
        ['section', 'gateway', 'day', 'what', 'currency', 'lines', 'amount', 'fee', 'status', 'subject'],
        ...totals.map(({ what, currency, lines, amount, fee }) => {
          return ['total', gateway, day, what, currency, String(lines), amount, fee, '', ''];
        }),
        ...findings.map(findingBody).map(({ kind, ours, theirs, status, resolution, subject }) => {
          const side = theirs ?? ours;
          const state = resolution ?? status;
          return ['finding', gateway, day, kind, side?.currency ?? '', '', side?.amount ?? '', '', state, subject];
        }),
      ];
      return rows.map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
    },

    listFindings: async ({ cursor, limit, ...filter }: FindingsQuery) => {
      const asked = { gateway: filter.gateway, kind: filter.kind, status: filter.status, day: filter.day };
      const found = await listFindings(core, { ...asked, after: placeOf(cursor), limit: limit + 1 });
      const page = found.slice(0, limit);
      const next = nextOf(found, page, ({ status, id }) => [status === 'resolved' ? 1 : 0, id]);
      return { findings: page.map(findingBody), next_cursor: next };
    },
  };
}

/** A finding as staff see it. */
export function findingBody(row: FindingRow): Finding {
  const { our_amount, our_currency, their_amount, their_currency } = row;
  return {
    id: row.id,
    gateway: row.gateway,
    day: row.day,
    kind: row.kind,
    subject: row.subject,
    transaction_id: row.transaction_id,
    ours:
      our_amount === null || our_currency === null
        ? null
        : { amount: decimalOf(our_amount, our_currency), currency: our_currency },
    theirs:
      their_amount === null || their_currency === null
        ? null
        : { amount: decimalOf(their_amount, their_currency), currency: their_currency },
    detail: row.detail,
    status: row.status,
    opened_at: row.opened_at.toISOString(),
    proposed_action: row.proposed_action,
    proposed_by: row.proposed_by,
    resolution: row.resolution,
    resolved_by: row.resolved_by,
    resolved_at: row.resolved_at?.toISOString() ?? null,
    reason: row.reason,
  };
}

function nextOf<Row>(found: readonly Row[], page: readonly Row[], parts: (row: Row) => (string | number)[]) {
  const last = page.at(-1);
  return found.length > page.length && last !== undefined ? encodeCursor(parts(last)) : null;
}

function placeOf(cursor: string | undefined): { readonly isResolved: boolean; readonly id: string } {
  if (cursor === undefined) return { isResolved: false, id: FIRST };
  const [isResolved, id, ...rest] = decodeCursor(cursor) ?? [];
  const parsed = FindingId.safeParse(id);
  if ((isResolved !== 0 && isResolved !== 1) || !parsed.success || rest.length > 0) {
    throw invalid('cursor', 'is not one of ours');
  }
  return { isResolved: isResolved === 1, id: parsed.data };
}

/** RFC 4180, and nothing that a spreadsheet would take for a formula; a sum below zero is none. */
function cellOf(text: string): string {
  const isFormula = /^[=+@\t\r]/.test(text) || (text.startsWith('-') && !/^-\d+(\.\d+)?$/.test(text));
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
