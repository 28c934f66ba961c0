import type { Caller } from '#shared/caller.ts';
import type { OpsReportsQuery, ReportDecision } from '#shared/contracts/messaging/ops-reports.ts';
import type { ReportsQuery } from '#shared/contracts/messaging/reports.ts';
import type { DialogId, MessageId } from '#shared/ids.ts';
import type { MediaLinks } from '../ports.ts';
import type { Member } from '../service.ts';
import { makeDecideForOps } from './decide-for-ops.ts';
import { makeDismissReports } from './dismiss-reports.ts';
import { makeListReportsForOps, type OpsReportPage } from './list-reports-for-ops.ts';
import { makeListReports, type ReportPage } from './list-reports.ts';
import { makeReportMessage, type ModerationPorts } from './report-message.ts';

/** How members report messages, and owner and admins, or the platform's reviewers, decide: each verb is documented where it is written. */
export interface Moderation {
  reportMessage(caller: Member, messageId: MessageId, reason: string): Promise<void>;
  listReports(caller: Member, dialogId: DialogId, query: ReportsQuery): Promise<ReportPage>;
  dismissReports(caller: Member, messageId: MessageId): Promise<void>;
  listReportsForOps(caller: Caller, query: OpsReportsQuery): Promise<OpsReportPage>;
  decideForOps(caller: Caller, messageId: MessageId, decision: ReportDecision): Promise<void>;
}

export function makeModeration(ports: ModerationPorts & { readonly media?: MediaLinks | undefined }): Moderation {
  return {
    reportMessage: makeReportMessage(ports),
    listReports: makeListReports(ports),
    dismissReports: makeDismissReports(ports),
    listReportsForOps: makeListReportsForOps(ports),
    decideForOps: makeDecideForOps(ports),
  };
}
