import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, limit, NextCursor } from '../../http/paging.ts';
import { MoneyAlertId, UserId } from '../../ids.ts';
import { Timestamp } from '../../wire-time.ts';

const common = { tag: 'ops', access: ['ops'] } as const;

/** Somebody's money went over a rule against crime; one line for each person and rule, however often it happened. */
const MoneyAlert = z
  .object({
    id: MoneyAlertId,
    user_id: UserId,
    rule: z.string().meta({ description: 'As in docs/for-operators.md' }),
    outcome: z.enum(['refused', 'flagged']).meta({ description: 'What is flagged moved all the same' }),
    times: z.number().int(),
    first_at: Timestamp,
    last_at: Timestamp,
  })
  .meta({ id: 'MoneyAlert' });
export type MoneyAlert = z.output<typeof MoneyAlert>;

const MoneyAlertsQuery = z.strictObject({ user_id: UserId.optional(), cursor: Cursor.optional(), limit: limit(50) });
export type MoneyAlertsQuery = z.output<typeof MoneyAlertsQuery>;

export const listMoneyAlerts = defineCall({
  ...common,
  name: 'listMoneyAlerts',
  method: 'GET',
  path: '/ops/money/alerts',
  summary: 'Money that left too fast or in a pattern, the longest waiting first, of one person or of all',
  query: MoneyAlertsQuery,
  answers: { 200: z.object({ alerts: z.array(MoneyAlert), next_cursor: NextCursor }) },
  rate: 'read',
});

const MoneyAlertBody = z.strictObject({ decision: z.enum(['allow', 'dismiss']) });
export type MoneyAlertDecision = z.output<typeof MoneyAlertBody>['decision'];

export const decideMoneyAlert = defineCall({
  ...common,
  name: 'decideMoneyAlert',
  method: 'POST',
  path: '/ops/money/alerts/{id}/decision',
  summary:
    'Closes an alert: allow lets its person go over that rule for a day, dismiss does not. Nobody decides on their own money',
  params: z.strictObject({ id: MoneyAlertId }),
  body: MoneyAlertBody,
  answers: { 204: undefined },
  rate: 'write',
});
