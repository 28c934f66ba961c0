import type { Caller } from '#shared/caller.ts';
import type { UserReport, UserReportDecision } from '#shared/contracts/auth/user-reports.ts';
import { AppError } from '#shared/errors.ts';
import type { Outbox } from '#shared/events/event.ts';
import { encodeCursor, idAfter } from '#shared/http/paging.ts';
import { regionOf, type UserId, UserReportId } from '#shared/ids.ts';
import { type Databases, firstRow, type Sql, statement } from '#shared/sql.ts';

type Ports = { readonly databases: Databases; readonly outbox: Outbox };

type ReportRow = {
  readonly id: UserReportId;
  readonly reported_id: UserId;
  readonly reason: string;
  readonly created_at: Date;
  readonly decision: UserReportDecision | null;
};

const NIL = '00000000-0000-0000-0000-000000000000';

const OPEN = statement(
  'auth.open-user-reports',
  `SELECT reports.id, reports.reported_id, reports.reason, reports.created_at FROM auth.reports
   WHERE reports.decision IS NULL AND reports.id > $1 AND ($2::uuid IS NULL OR reports.reported_id = $2)
   ORDER BY reports.id LIMIT $3`,
);
const FIND = statement(
  'auth.user-report',
  `SELECT reports.id, reports.reported_id, reports.reason, reports.created_at, reports.decision
   FROM auth.reports WHERE reports.id = $1 FOR NO KEY UPDATE`,
);
const DECIDE = statement(
  'auth.decide-user-report',
  'UPDATE auth.reports SET decision = $2, decided_at = now(), decided_by = $3 WHERE reports.id = $1',
);

export type UserReportPage = { readonly reports: UserReport[]; readonly next_cursor: string | null };

type Query = { readonly user_id?: UserId | undefined; readonly cursor?: string | undefined; readonly limit: number };

/**
 * Reports of people that nobody has decided on, of all regions, the oldest first. Who read them is written down.
 *
 * @throws {AppError} VALIDATION_ERROR for a cursor that is not ours
 */
export async function listUserReports(
  { databases, outbox }: Ports,
  { userId, country: region }: Caller,
  query: Query,
): Promise<UserReportPage> {
  const after = idAfter(query.cursor, UserReportId) ?? NIL;
  const of = query.user_id ?? null;
  const homes = of === null ? databases.all : [databases.of(regionOf(of))];
  const found = await Promise.all(
    homes.map((database: Sql) => database.rows<ReportRow>(OPEN, [after, of, query.limit + 1])),
  );
  const rows = found.flat().toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const page = rows.slice(0, query.limit);
  const entry = { actor: userId, action: 'auth.user_reports_read', subject: of ?? userId, region } as const;
  const audit = [{ ...entry, outcome: 'ok' as const, facts: { reports: page.length } }];
  await databases.of(region).transaction((tx) => outbox.append(tx, { audit }));
  const last = page.at(-1);
  return {
    reports: page.map((row) => ({
      id: row.id,
      user_id: row.reported_id,
      reason: row.reason,
      created_at: row.created_at.toISOString(),
    })),
    next_cursor: rows.length > query.limit && last !== undefined ? encodeCursor([last.id]) : null,
  };
}

/**
 * Closes a report. The same decision again changes nothing.
 *
 * @throws {AppError} NOT_FOUND, FORBIDDEN for a report of oneself, CONFLICT when it was decided otherwise
 */
export async function decideUserReport(
  { databases, outbox }: Ports,
  { userId }: Caller,
  id: UserReportId,
  decision: UserReportDecision,
): Promise<void> {
  const region = regionOf(id);
  await databases.of(region).transaction(async (tx) => {
    const report = await firstRow<ReportRow>(tx, FIND, [id]);
    if (report === undefined) throw new AppError('NOT_FOUND');
    if (report.reported_id === userId) {
      throw new AppError('FORBIDDEN', { message: 'This is said of you: someone else must decide' });
    }
    if (report.decision === decision) return;
    if (report.decision !== null) throw new AppError('CONFLICT', { message: 'It was decided otherwise already' });
    await tx.rows(DECIDE, [id, decision, userId]);
    const entry = { actor: userId, action: 'auth.user_report_decided', subject: report.reported_id, region } as const;
    await outbox.append(tx, { audit: [{ ...entry, outcome: 'ok', facts: { report_id: id, decision } }] });
  });
}
