import type { Caller } from '#shared/caller.ts';
import type { OpsReportsQuery, ReportForOps } from '#shared/contracts/messaging/ops-reports.ts';
import { REASONS_SHOWN_MAX } from '#shared/contracts/messaging/reports.ts';
import { encodeCursor, momentAfter } from '#shared/http/paging.ts';
import { MessageId } from '#shared/ids.ts';
import type { Database } from '#shared/sql.ts';
import { openReportsForOps, reasonsOf, type ReportedRow } from '../store/reports.ts';
import { dialogTypes } from '../store/dialogs.ts';
import type { ModerationPorts } from './report-message.ts';
import { wordsOf } from './words-of-reporters.ts';

export type OpsReportPage = { readonly reports: ReportForOps[]; readonly next_cursor: string | null };

/**
 * What nobody but the platform's reviewers decides on, of all regions, the longest waiting first. Who read it is written
 * down before it is answered. Messages that are gone meanwhile are left out.
 *
 * @throws {AppError} VALIDATION_ERROR for a cursor that is not ours
 */
export function makeListReportsForOps({ databases, reading, outbox }: ModerationPorts) {
  async function shownOf(database: Database, reported: readonly ReportedRow[]): Promise<ReportForOps[]> {
    if (reported.length === 0) return [];
    const [found, reasons, types] = await Promise.all([
      Promise.all(reported.map((row) => reading.store.bySeq(database, row.dialog_id, row.seq))),
      reasonsOf(database, reported, 'ops', REASONS_SHOWN_MAX),
      dialogTypes(
        database,
        reported.map((row) => row.dialog_id),
      ),
    ]);
    const there = found.filter((row) => row !== undefined);
    const said = await wordsOf(reading, there, reasons);
    const shown = reported.map(async (report, at): Promise<ReportForOps[]> => {
      const row = found[at];
      const type = types.get(report.dialog_id);
      if (row === undefined || type === undefined || row.id !== report.message_id) return [];
      const { body } = await reading.opened(row);
      if (body === undefined) return [];
      return [
        {
          message_id: row.id,
          dialog_id: row.dialog_id,
          dialog_type: type,
          sender_id: row.sender_id,
          message_type: row.message_type,
          content: body.content,
          metadata: body.metadata,
          sent_at: row.created_at.toISOString(),
          count: report.count,
          reasons: said.get(row.id) ?? [],
          first_reported_at: report.first_reported_at.toISOString(),
        },
      ];
    });
    return (await Promise.all(shown)).flat();
  }

  return async (caller: Caller, { cursor, limit }: OpsReportsQuery): Promise<OpsReportPage> => {
    const after = momentAfter(cursor, MessageId);
    const pages = await Promise.all(
      databases.all.map(async (database) =>
        (await openReportsForOps(database, after, limit + 1)).map((row) => ({ database, row })),
      ),
    );
    const waiting = pages.flat().toSorted(byWaiting);
    const page = waiting.slice(0, limit);
    const byHome = Map.groupBy(page, ({ database }) => database);
    const shown = await Promise.all(
      Array.from(byHome, ([database, rows]) =>
        shownOf(
          database,
          rows.map(({ row }) => row),
        ),
      ),
    );
    const entry = { actor: caller.userId, action: 'messaging.reports_read', subject: 'reports' } as const;
    const audit = [{ ...entry, region: caller.country, outcome: 'ok' as const, facts: { shown: page.length } }];
    await databases.of(caller.country).transaction((tx) => outbox.append(tx, { audit }));
    const last = page.at(-1)?.row;
    return {
      reports: shown.flat().toSorted((one, other) => one.first_reported_at.localeCompare(other.first_reported_at)),
      next_cursor:
        waiting.length > limit && last !== undefined
          ? encodeCursor([last.first_reported_at.getTime(), last.message_id])
          : null,
    };
  };
}

type Waiting = { readonly row: ReportedRow };

function byWaiting({ row: one }: Waiting, { row: other }: Waiting): number {
  return (
    one.first_reported_at.getTime() - other.first_reported_at.getTime() ||
    one.message_id.localeCompare(other.message_id)
  );
}
