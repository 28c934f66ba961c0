import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, NextCursor, limit } from '../../http/paging.ts';
import { DialogId, MessageId } from '../../ids.ts';
import { Timestamp } from '../../wire-time.ts';
import { characters } from '../text.ts';
import { Count } from './count.ts';
import { WireMessage } from './message.ts';

const REASON_CHARACTERS_MAX = 500;
/** Reasons shown with a reported message, the first ones; `count` tells how many people reported it. */
export const REASONS_SHOWN_MAX = 10;

const common = { tag: 'messaging', access: 'user' } as const;
const messageParams = z.object({ id: MessageId });

export const ReportBody = z.strictObject({ reason: characters(0, REASON_CHARACTERS_MAX).optional() }).optional();

export const reportMessage = defineCall({
  ...common,
  name: 'reportMessage',
  method: 'POST',
  path: '/messages/{id}/reports',
  summary:
    "Reports someone else's message: in a group or channel with moderation_enabled a member's goes to its owner and " +
    'admins, every other to those who review for the platform. Its sender never learns by whom; again changes nothing',
  params: messageParams,
  body: ReportBody,
  answers: { 204: undefined },
  rate: 'write',
});

/** A message that members have reported and nobody has decided on. */
export const ReportedMessage = z
  .object({
    message: WireMessage,
    /** How many people reported it. */
    count: Count,
    /** What they wrote, the first ten; whoever wrote nothing has none. */
    reasons: z.array(z.string()),
    first_reported_at: Timestamp,
  })
  .meta({ id: 'ReportedMessage' });
export type ReportedMessage = z.output<typeof ReportedMessage>;

export const ReportsQuery = z.strictObject({ cursor: Cursor.optional(), limit: limit(20) });
export type ReportsQuery = z.output<typeof ReportsQuery>;

export const listDialogReports = defineCall({
  ...common,
  name: 'listDialogReports',
  method: 'GET',
  path: '/dialogs/{id}/reports',
  summary:
    'Reported messages that its owner and admins are to decide on, the newest message first: to delete, by ' +
    'DELETE /messages/{id}, or to keep. Empty where nobody moderates',
  params: z.object({ id: DialogId }),
  query: ReportsQuery,
  answers: { 200: z.object({ reports: z.array(ReportedMessage), next_cursor: NextCursor }) },
  rate: 'read',
});

export const dismissReports = defineCall({
  ...common,
  name: 'dismissReports',
  method: 'DELETE',
  path: '/messages/{id}/reports',
  summary: 'Keeps a reported message, as owner or admin: its reports are done with. Without any it changes nothing',
  params: messageParams,
  answers: { 204: undefined },
  rate: 'write',
});

export const reportCalls = [reportMessage, listDialogReports, dismissReports] as const;
