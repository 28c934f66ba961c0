import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, limit, NextCursor } from '../../http/paging.ts';
import { DialogId, MessageId, UserId } from '../../ids.ts';
import { Timestamp } from '../../wire-time.ts';
import { Count } from './count.ts';
import { DialogType } from './dialog.ts';
import { MessageType } from './message.ts';
import { Metadata } from './metadata.ts';

const common = { tag: 'ops', access: ['ops'] } as const;

/** A reported message as those see it who review for the platform: what it says, and nothing of the talk around it. */
export const ReportForOps = z
  .object({
    message_id: MessageId,
    dialog_id: DialogId,
    dialog_type: DialogType,
    sender_id: UserId,
    message_type: MessageType,
    content: z.string(),
    metadata: Metadata.nullable(),
    sent_at: Timestamp,
    /** How many people reported it. */
    count: Count,
    /** What they wrote, the first ten; whoever wrote nothing has none. Who they are is told to nobody. */
    reasons: z.array(z.string()),
    first_reported_at: Timestamp,
  })
  .meta({ id: 'ReportForOps' });
export type ReportForOps = z.output<typeof ReportForOps>;

export const OpsReportsQuery = z.strictObject({ cursor: Cursor.optional(), limit: limit(20) });
export type OpsReportsQuery = z.output<typeof OpsReportsQuery>;

export const listOpsReports = defineCall({
  ...common,
  name: 'listOpsReports',
  method: 'GET',
  path: '/ops/reports',
  summary:
    'Reported messages that no admin of their dialog decides on, the longest waiting first. Each reading is audited',
  query: OpsReportsQuery,
  answers: { 200: z.object({ reports: z.array(ReportForOps), next_cursor: NextCursor }) },
  rate: 'read',
});

export const REPORT_DECISIONS = ['keep', 'remove'] as const;
export const ReportDecision = z.strictObject({ decision: z.enum(REPORT_DECISIONS) });
export type ReportDecision = z.output<typeof ReportDecision>['decision'];

export const decideOpsReport = defineCall({
  ...common,
  name: 'decideOpsReport',
  method: 'POST',
  path: '/ops/reports/{id}/decision',
  summary:
    'Decides on a reported message, named by its id: it stays, or it is deleted for everyone. The same again changes ' +
    'nothing; nobody decides on what they wrote themselves',
  params: z.strictObject({ id: MessageId }),
  body: ReportDecision,
  answers: { 204: undefined },
  rate: 'write',
});

export const opsReportCalls = [listOpsReports, decideOpsReport] as const;
