import type { ReportsQuery } from '#shared/contracts/messaging/reports.ts';
import type { DialogId, MessageId } from '#shared/ids.ts';
import type { Member } from '../service.ts';
import { makeDismissReports } from './dismiss-reports.ts';
import { makeListReports, type ReportPage } from './list-reports.ts';
import { makeReportMessage, type ModerationPorts } from './report-message.ts';

/** How members report messages, and owner and admins decide: each verb is documented where it is written. */
export interface Moderation {
  reportMessage(caller: Member, messageId: MessageId, reason: string): Promise<void>;
  listReports(caller: Member, dialogId: DialogId, query: ReportsQuery): Promise<ReportPage>;
  dismissReports(caller: Member, messageId: MessageId): Promise<void>;
}

export function makeModeration(ports: ModerationPorts): Moderation {
  return {
    reportMessage: makeReportMessage(ports),
    listReports: makeListReports(ports),
    dismissReports: makeDismissReports(ports),
  };
}
