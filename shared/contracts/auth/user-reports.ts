import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, limit, NextCursor } from '../../http/paging.ts';
import { UserId, UserReportId } from '../../ids.ts';
import { Timestamp } from '../../wire-time.ts';

const common = { tag: 'ops', access: ['ops'] } as const;

/** What someone said of a person. Who said it is told to nobody. */
const UserReport = z
  .object({ id: UserReportId, user_id: UserId, reason: z.string(), created_at: Timestamp })
  .meta({ id: 'UserReport' });
export type UserReport = z.output<typeof UserReport>;

export const listUserReports = defineCall({
  ...common,
  name: 'listUserReports',
  method: 'GET',
  path: '/ops/people/reports',
  summary: 'Reports of people that wait for a decision, the oldest first, of one person or of all',
  query: z.strictObject({ user_id: UserId.optional(), cursor: Cursor.optional(), limit: limit(50) }),
  answers: { 200: z.object({ reports: z.array(UserReport), next_cursor: NextCursor }) },
  rate: 'read',
});

const UserReportBody = z.strictObject({ decision: z.enum(['dismissed', 'acted_upon']) });
export type UserReportDecision = z.output<typeof UserReportBody>['decision'];

export const decideUserReport = defineCall({
  ...common,
  name: 'decideUserReport',
  method: 'POST',
  path: '/ops/people/reports/{id}/decision',
  summary:
    'Closes a report of a person. What is to be done, such as suspending them, is a call of its own; nobody decides on ' +
    'what is said of themselves',
  params: z.strictObject({ id: UserReportId }),
  body: UserReportBody,
  answers: { 204: undefined },
  rate: 'write',
});
