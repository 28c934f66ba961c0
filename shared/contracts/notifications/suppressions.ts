import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, limit, NextCursor } from '../../http/paging.ts';
import { NotificationId, SuppressionId } from '../../ids.ts';
import { Country } from '../../regions.ts';
import { Timestamp } from '../../wire-time.ts';
import { MailAddress } from './email.ts';

/** Why an address is written to again: its reader wants it, the mailbox is there again, or it never should have been. */
export const LIFTED_BECAUSE = ['reader_asked', 'mailbox_restored', 'mistake'] as const;
export type LiftedBecause = (typeof LIFTED_BECAUSE)[number];

/** An address that is not written to. Which one it is, nobody can read; whether one is among them can be asked. */
export const SuppressedAddress = z
  .object({
    id: SuppressionId,
    type: z.enum(['email', 'sms']),
    country: Country,
    reason: z.enum(['hard_bounce', 'complaint', 'opted_out']),
    /** Who said so, and of what. */
    provider: z.string(),
    notification_id: NotificationId.nullable(),
    created_at: Timestamp,
  })
  .meta({ id: 'SuppressedAddress' });
export type SuppressedAddress = z.input<typeof SuppressedAddress>;

export const ListSuppressions = defineCall({
  name: 'listSuppressions',
  method: 'GET',
  path: '/ops/suppressions',
  summary: 'Addresses that are not written to, the newest first, of all regions',
  tag: 'ops',
  access: ['ops', 'auditor'],
  query: z.strictObject({ cursor: Cursor.optional(), limit: limit(50) }),
  answers: { 200: z.object({ suppressions: z.array(SuppressedAddress), next_cursor: NextCursor }) },
  rate: 'read',
});

export const FindSuppressions = defineCall({
  name: 'findSuppressions',
  method: 'POST',
  path: '/ops/suppressions/search',
  summary:
    'Whether an address is among them, in whichever region; audited. In the body, since addresses of calls are logged',
  tag: 'ops',
  access: ['ops'],
  body: z.strictObject({
    address: z.union(
      [MailAddress, z.string().regex(/^\+[1-9]\d{6,14}$/)],
      'must be a mail address, or a number in E.164',
    ),
  }),
  answers: { 200: z.object({ suppressions: z.array(SuppressedAddress) }) },
  rate: 'write',
});

export const LiftSuppression = defineCall({
  name: 'liftSuppression',
  method: 'POST',
  path: '/ops/suppressions/{id}/lift',
  summary: 'Write to an address again, because its reader asked for it, or the mailbox is there again; audited',
  tag: 'ops',
  access: ['ops'],
  params: z.strictObject({ id: SuppressionId }),
  body: z.strictObject({ reason: z.enum(LIFTED_BECAUSE) }),
  answers: { 200: SuppressedAddress },
  rate: 'write',
});
