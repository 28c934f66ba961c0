import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, limit, NextCursor } from '../../http/paging.ts';
import { AppealId, PrivacyRequestId, UserId } from '../../ids.ts';
import { Country } from '../../regions.ts';
import { Timestamp } from '../../wire-time.ts';
import { words } from '../text.ts';
import { PhoneNumber } from './otp.ts';
import { PrivacyRequest } from './privacy.ts';
import { UserStatus } from './user.ts';

const REASON_CHARACTERS_MAX = 500;
const APPEAL_CHARACTERS_MAX = 2_000;

export const deleteAccount = defineCall({
  name: 'deleteAccount',
  method: 'DELETE',
  path: '/users/me',
  summary:
    'Closes the account of the caller at once, and erases it after a while; a login until then brings it back. Needs the Step-Up header',
  tag: 'auth',
  access: 'user',
  answers: { 202: PrivacyRequest },
  refuses: ['STEP_UP_REQUIRED'],
  rate: 'write',
});

export const appealSuspension = defineCall({
  name: 'appealSuspension',
  method: 'POST',
  path: '/auth/appeal',
  summary: 'Asks, with a one-time code instead of a session, that a suspended account be looked at again',
  tag: 'auth',
  access: 'public',
  body: z.strictObject({
    phone_number: PhoneNumber,
    country_code: Country,
    otp_code: z.string().regex(/^\d{6}$/, 'must be six digits'),
    statement: words(APPEAL_CHARACTERS_MAX),
  }),
  answers: { 202: z.object({ message: z.string() }) },
  refuses: ['UNAUTHORIZED'],
  rate: 'otp',
});

const Reason = z.strictObject({ reason: words(REASON_CHARACTERS_MAX) });
const ofUser = { tag: 'ops', access: ['ops'], params: z.object({ id: UserId }), rate: 'write' } as const;

/** An account as those see it who look after it: without a name or a number. */
const Account = z
  .object({
    id: UserId,
    status: UserStatus,
    /** Also true of an account that was suspended while it was deleted: it comes back suspended. */
    is_suspended: z.boolean(),
    country_code: Country,
    created_at: Timestamp,
    deleted_at: Timestamp.nullable(),
    /** Until then a login brings a deleted account back; null where none does. */
    restorable_until: Timestamp.nullable(),
    erased_at: Timestamp.nullable(),
    /** The erasure that is asked for and not done; `on_hold` while the account is suspended. */
    erasure: PrivacyRequest.nullable(),
    /** Newest first. */
    changes: z.array(
      z.object({
        change: z.enum(['suspended', 'appeal_rejected', 'reinstated', 'deleted', 'restored', 'erased']),
        by: z.enum(['user', 'ops', 'system']),
        actor_id: UserId.nullable(),
        reason: z.string().nullable(),
        at: Timestamp,
      }),
    ),
  })
  .meta({ id: 'OpsAccount' });
export type OpsAccount = z.input<typeof Account>;

export const readAccount = defineCall({
  ...ofUser,
  name: 'readAccount',
  method: 'GET',
  path: '/ops/users/{id}',
  summary: 'How an account stands, and what ops did to it and why',
  answers: { 200: Account },
  rate: 'read',
});

export const suspendUser = defineCall({
  ...ofUser,
  name: 'suspendUser',
  method: 'POST',
  path: '/ops/users/{id}/suspend',
  summary:
    'Shuts an account: all of its sessions end at once, nobody logs in to it, and it is not erased; also one that is deleted, which then comes back suspended. Suspending twice changes nothing',
  // The contract names no body, so none is asked for.
  body: Reason.partial().optional(),
  answers: { 200: Account },
});

export const reinstateUser = defineCall({
  ...ofUser,
  name: 'reinstateUser',
  method: 'POST',
  path: '/ops/users/{id}/reinstate',
  summary:
    'Opens an account again that was suspended, or deleted and not yet erased; an open appeal is granted by it. Of one that is both, only the suspension is lifted',
  body: Reason,
  answers: { 200: Account },
});

export const deleteUser = defineCall({
  ...ofUser,
  name: 'deleteUser',
  method: 'POST',
  path: '/ops/users/{id}/delete',
  summary:
    'Closes an account because the law or our rules want it; no login brings it back, and it is erased after a while. Decides about its suspension',
  body: Reason,
  answers: { 202: PrivacyRequest },
});

const Appeal = z
  .object({
    id: AppealId,
    user_id: UserId,
    statement: z.string(),
    created_at: Timestamp,
  })
  .meta({ id: 'Appeal' });
export type Appeal = z.input<typeof Appeal>;

export const listAppeals = defineCall({
  name: 'listAppeals',
  method: 'GET',
  path: '/ops/appeals',
  summary: 'Appeals of suspended people that wait for a decision, the oldest first',
  tag: 'ops',
  access: ['ops'],
  query: z.strictObject({ cursor: Cursor.optional(), limit: limit(50) }),
  answers: { 200: z.object({ appeals: z.array(Appeal), next_cursor: NextCursor }) },
  rate: 'read',
});

const HeldErasure = z
  .object({
    id: PrivacyRequestId,
    user_id: UserId,
    country: Country,
    created_at: Timestamp,
    starts_at: Timestamp,
    due_at: Timestamp.meta({ description: 'Until when the law of the country gives us time' }),
  })
  .meta({ id: 'HeldErasure' });
export type HeldErasure = z.output<typeof HeldErasure>;

export const listHeldErasures = defineCall({
  name: 'listHeldErasures',
  method: 'GET',
  path: '/ops/erasures',
  summary: 'Erasures that are on hold because their account is suspended, the oldest first: decide before they are due',
  tag: 'ops',
  access: ['ops'],
  query: z.strictObject({ cursor: Cursor.optional(), limit: limit(50) }),
  answers: { 200: z.object({ erasures: z.array(HeldErasure), next_cursor: NextCursor }) },
  rate: 'read',
});

export const rejectAppeal = defineCall({
  name: 'rejectAppeal',
  method: 'POST',
  path: '/ops/appeals/{id}/reject',
  summary: 'Leaves an account suspended after its appeal was looked at',
  tag: 'ops',
  access: ['ops'],
  params: z.object({ id: AppealId }),
  body: Reason,
  answers: { 204: undefined },
  rate: 'write',
});
