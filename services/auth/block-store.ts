import type { UserId, UserReportId } from '#shared/ids.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

const ADD = statement(
  'auth.add-block',
  `INSERT INTO auth.blocks (blocker_id, blocked_id, reason)
   SELECT $1, $2, $4 WHERE (SELECT count(*) FROM auth.blocks WHERE blocks.blocker_id = $1) < $3
   ON CONFLICT DO NOTHING RETURNING blocks.blocked_id`,
);
const HAS = statement(
  'auth.has-block',
  'SELECT 1 AS found FROM auth.blocks WHERE blocks.blocker_id = $1 AND blocks.blocked_id = $2',
);
const REMOVE = statement(
  'auth.remove-block',
  'DELETE FROM auth.blocks WHERE blocks.blocker_id = $1 AND blocks.blocked_id = $2 RETURNING blocks.blocked_id',
);
const BLOCKERS = statement(
  'auth.blockers-of',
  `SELECT blocks.blocker_id FROM auth.blocks WHERE blocks.blocker_id = ANY ($2::uuid[]) AND blocks.blocked_id = $1`,
);
const REPORT = statement(
  'auth.report-user',
  'INSERT INTO auth.reports (id, reporter_id, reported_id, reason) VALUES ($1, $2, $3, $4)',
);

/** `full`: the user has blocked as many as one may. */
export async function addBlock(
  tx: Tx,
  blocker: UserId,
  blocked: UserId,
  reason: string | undefined,
  blocksMax: number,
): Promise<'added' | 'there' | 'full'> {
  if ((await firstRow(tx, ADD, [blocker, blocked, blocksMax, reason ?? null])) !== undefined) return 'added';
  return (await firstRow(tx, HAS, [blocker, blocked])) === undefined ? 'full' : 'there';
}

/** False when there was none. */
export async function removeBlock(tx: Tx, blocker: UserId, blocked: UserId): Promise<boolean> {
  return (await firstRow(tx, REMOVE, [blocker, blocked])) !== undefined;
}

/** Those of `others`, at home in this database, who have blocked the user. */
export async function blockersAmong(sql: Sql, userId: UserId, others: readonly UserId[]): Promise<UserId[]> {
  const rows = await sql.rows<{ blocker_id: UserId }>(BLOCKERS, [userId, others]);
  return rows.map((row) => row.blocker_id);
}

export async function addReport(
  tx: Tx,
  report: { readonly id: UserReportId; readonly reporter: UserId; readonly reported: UserId; readonly reason: string },
): Promise<void> {
  await tx.rows(REPORT, [report.id, report.reporter, report.reported, report.reason]);
}
