import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { PrivacyRequestId } from '../../ids.ts';
import { HELD, type HeldWhat } from '../../privacy.ts';
import { Timestamp } from '../../wire-time.ts';

const HELD_WHATS = Object.keys(HELD) as [HeldWhat, ...HeldWhat[]];

export const PrivacyRequest = z
  .object({
    id: PrivacyRequestId,
    type: z.enum(['export', 'erasure']),
    /**
     * pending: taken; processing: under way; completed: an export can be fetched, an erasure is done; expired: an export
     * could be fetched and is gone; cancelled: an erasure was taken back in time; on_hold: an erasure waits, however
     * long, until it is decided about the suspension of the account.
     */
    status: z.enum(['pending', 'on_hold', 'processing', 'completed', 'cancelled', 'expired']),
    created_at: Timestamp,
    /** An erasure begins then, and can be taken back until then; null for an export. */
    starts_at: Timestamp.nullable(),
    /** Until when the law wants it done. */
    due_at: Timestamp,
    completed_at: Timestamp.nullable(),
    /** Of an export that can be fetched: our own URL, for the one whose data it is. */
    download_url: z.string().nullable(),
    /** Until when it can be fetched. */
    expires_at: Timestamp.nullable(),
    /** What an erasure must leave, why, and until when; an empty list for an export. */
    held: z.array(z.object({ what: z.enum(HELD_WHATS), reason: z.string(), until: Timestamp.nullable() })),
  })
  .meta({ id: 'PrivacyRequest' });
export type PrivacyRequest = z.input<typeof PrivacyRequest>;

const ofRequest = { tag: 'auth', access: 'user', params: z.object({ id: PrivacyRequestId }) } as const;

export const requestExport = defineCall({
  name: 'requestExport',
  method: 'POST',
  path: '/privacy/export',
  summary: 'Gathers everything that we hold of the caller; one at a time, so asking again answers the one under way',
  tag: 'auth',
  access: 'user',
  answers: { 202: PrivacyRequest },
  refuses: ['RATE_LIMIT_EXCEEDED'],
  rate: 'write',
});

export const requestErasure = defineCall({
  name: 'requestErasure',
  method: 'POST',
  path: '/privacy/erasure',
  summary:
    'Erases what we hold of the caller and may erase, after some days in which it can be taken back. Needs the Step-Up header',
  tag: 'auth',
  access: 'user',
  answers: { 202: PrivacyRequest },
  refuses: ['STEP_UP_REQUIRED'],
  rate: 'write',
});

export const readPrivacyRequest = defineCall({
  ...ofRequest,
  name: 'readPrivacyRequest',
  method: 'GET',
  path: '/privacy/requests/{id}',
  summary: 'How a request of the caller stands',
  answers: { 200: PrivacyRequest },
  rate: 'read',
});

export const cancelPrivacyRequest = defineCall({
  ...ofRequest,
  name: 'cancelPrivacyRequest',
  method: 'DELETE',
  path: '/privacy/requests/{id}',
  summary: 'Takes an erasure back that has not begun',
  answers: { 200: PrivacyRequest },
  rate: 'write',
});

export const downloadExport = defineCall({
  ...ofRequest,
  name: 'downloadExport',
  method: 'GET',
  path: '/privacy/requests/{id}/file',
  summary: 'An export, as one JSON document: an object that holds a list for each section',
  answers: { 200: 'bytes' },
  rate: 'read',
});
