import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { NextCursor, ShortListQuery } from '../../http/paging.ts';
import { SessionId } from '../../ids.ts';
import { Timestamp } from '../../wire-time.ts';
import { line } from '../text.ts';
import { Platform, TokenPair } from './otp.ts';

export const Session = z
  .object({
    id: SessionId,
    device_info: z.object({
      device_id: z.string().nullable(),
      platform: Platform.nullable(),
      app_version: z.string().nullable(),
      user_agent: z.string(),
      ip_address: z.string(),
    }),
    status: z.enum(['active', 'expired', 'revoked']),
    /** The session that asks. */
    is_current: z.boolean(),
    last_activity_at: Timestamp,
    created_at: Timestamp,
    expires_at: Timestamp,
  })
  .meta({ id: 'Session' });
export type Session = z.input<typeof Session>;

export const refreshSession = defineCall({
  name: 'refreshSession',
  method: 'POST',
  path: '/auth/refresh',
  summary: 'Trades a refresh token, once, for a new pair',
  tag: 'auth',
  access: 'public',
  body: z.strictObject({
    refresh_token: z.string().min(1).max(200),
    /** As at login: a lost answer is given again to the same device, whatever network it is on by then. */
    device_id: line(1, 128).optional(),
  }),
  answers: { 200: TokenPair },
  refuses: ['UNAUTHORIZED'],
  rate: 'write',
});

export const logOut = defineCall({
  name: 'logOut',
  method: 'POST',
  path: '/auth/logout',
  summary: 'Ends the session that asks',
  tag: 'auth',
  access: 'user',
  scope: 'any',
  answers: { 200: z.object({ message: z.string() }) },
  rate: 'write',
});

export const listSessions = defineCall({
  name: 'listSessions',
  method: 'GET',
  path: '/auth/sessions',
  summary: 'The devices on which the caller is logged in, newest first; at most five',
  tag: 'auth',
  access: 'user',
  query: ShortListQuery,
  answers: { 200: z.object({ sessions: z.array(Session), next_cursor: NextCursor }) },
  rate: 'read',
});

export const revokeSession = defineCall({
  name: 'revokeSession',
  method: 'DELETE',
  path: '/auth/sessions/{id}',
  summary: 'Ends one of the sessions of the caller; on a new device, one that is trusted more needs Step-Up',
  tag: 'auth',
  access: 'user',
  params: z.strictObject({ id: SessionId }),
  answers: { 204: undefined },
  refuses: ['STEP_UP_REQUIRED'],
  rate: 'write',
});

export const revokeOtherSessions = defineCall({
  name: 'revokeOtherSessions',
  method: 'DELETE',
  path: '/auth/sessions',
  summary: 'Ends all sessions of the caller but the one that asks; on a new device with Step-Up',
  tag: 'auth',
  access: 'user',
  answers: {
    200: z.object({
      /** How many there were. */
      revoked: z.number().int(),
    }),
  },
  refuses: ['STEP_UP_REQUIRED'],
  rate: 'write',
});
