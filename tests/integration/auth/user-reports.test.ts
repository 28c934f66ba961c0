import { expect, test } from 'vitest';
import { decideUserReport, listUserReports } from '#services/auth/account-life/user-reports.ts';
import type { UserReportId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { openAuth } from './open-auth.ts';

const OTHER = '+66898765432';
const REVIEWER = '+66898765433';

async function stage() {
  const at = await openAuth();
  const ann = await at.logIn();
  const ben = await at.logIn(OTHER);
  const ops = { ...(await at.logIn(REVIEWER)).caller, role: 'ops' as const };
  const ports = { databases: at.db.databases, outbox: at.db.outbox };
  const list = async (query = {}) => await listUserReports(ports, ops, { limit: 20, ...query });
  return { at, ann, ben, ops, ports, list };
}

test('no reviewer decides on what is said of themselves, on what is not there, or twice in different ways', async () => {
  const { at, ann, ben, ops, ports, list } = await stage();
  await using _ = at;
  await at.auth.reportUser(ann.caller, ops.userId, 'answers slowly');
  await at.auth.reportUser(ann.caller, ben.caller.userId, 'rude');
  const [own, other] = (await list()).reports;
  await expect(decideUserReport(ports, ops, own!.id, 'dismissed')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  const absent = decideUserReport(ports, ops, newId<UserReportId>('TH'), 'dismissed');
  await expect(absent).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await decideUserReport(ports, ops, other!.id, 'dismissed');
  const otherwise = decideUserReport(ports, ops, other!.id, 'acted_upon');
  await expect(otherwise).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(list({ cursor: 'tomorrow' })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
});

test('reports wait for reviewers, the oldest first, without the name of who made them, until they are decided', async () => {
  const { at, ann, ben, ops, ports, list } = await stage();
  await using _ = at;
  await at.auth.reportUser(ann.caller, ben.caller.userId, 'a scam about lamps');
  await at.auth.reportUser(ops, ben.caller.userId, 'and about fans');
  await at.auth.reportUser(ben.caller, ann.caller.userId, 'she lies');
  const { reports } = await list();
  expect(reports.map(({ reason }) => reason)).toEqual(['a scam about lamps', 'and about fans', 'she lies']);
  expect(JSON.stringify(reports.slice(0, 2))).not.toContain(ann.caller.userId);
  const first = await list({ limit: 1 });
  const rest = await list({ cursor: first.next_cursor! });
  expect([...first.reports, ...rest.reports]).toEqual(reports);
  expect((await list({ user_id: ann.caller.userId })).reports).toMatchObject([{ reason: 'she lies' }]);
  await decideUserReport(ports, ops, reports[0]!.id, 'acted_upon');
  await decideUserReport(ports, ops, reports[0]!.id, 'acted_upon');
  expect((await list({ user_id: ben.caller.userId })).reports).toMatchObject([{ reason: 'and about fans' }]);
  const audit = (await at.written('audit.recorded')).map(({ data }) => data['action']);
  expect(audit.filter((action) => action === 'auth.user_report_decided')).toHaveLength(1);
  expect(audit).toContain('auth.user_reports_read');
});
