import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { UserId } from '../../ids.ts';
import { Country, Locale } from '../../regions.ts';
import { Timestamp } from '../../wire-time.ts';
import { PublicUrl } from '../public-url.ts';
import { name } from '../text.ts';

export const UserStatus = z.enum(['active', 'suspended', 'deleted']);
export type UserStatus = z.infer<typeof UserStatus>;

/** ITU-T E.164: a plus, a country code, at most 15 digits. */
const E164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be in E.164 form such as +66812345678');

/** A name as people write it. */
const DisplayName = name(100);

/** Who may see whether someone is online, and when they were last: contacts share a direct dialog or a group. */
const PresenceVisibility = z.enum(['everyone', 'contacts', 'nobody']);
export type PresenceVisibility = z.infer<typeof PresenceVisibility>;

const Profile = z.object({
  /** Empty until the user has chosen one. */
  display_name: z.string(),
  avatar_url: z.string().nullable(),
  locale: Locale,
  /** IANA name. */
  timezone: z.string(),
  presence_visible_to: PresenceVisibility,
});

export const User = z
  .object({
    id: UserId,
    phone_number: E164,
    country_code: Country,
    status: UserStatus,
    profile: Profile,
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'User' });
export type User = z.input<typeof User>;

export const readProfile = defineCall({
  name: 'readProfile',
  method: 'GET',
  path: '/users/profile',
  summary: 'The caller as others and they themselves see them',
  tag: 'auth',
  access: 'user',
  answers: { 200: User },
  rate: 'read',
});

export const updateProfile = defineCall({
  name: 'updateProfile',
  method: 'PUT',
  path: '/users/profile',
  summary: 'Changes what is named, leaves the rest',
  tag: 'auth',
  access: 'user',
  body: z.strictObject({
    display_name: DisplayName.optional(),
    /** Null takes the picture away. */
    avatar_url: PublicUrl.nullable().optional(),
    locale: Locale.optional(),
    timezone: z.string().max(64).optional(),
    presence_visible_to: PresenceVisibility.optional(),
  }),
  answers: { 200: User },
  rate: 'write',
});

export const lookUpUsers = defineCall({
  name: 'lookUpUsers',
  method: 'POST',
  path: '/users/lookup',
  summary: 'Which of these phone numbers have an account',
  tag: 'auth',
  access: 'user',
  body: z.strictObject({ phone_numbers: z.array(E164).min(1).max(100) }),
  answers: {
    200: z.object({
      users: z.array(
        z.object({
          id: UserId,
          display_name: z.string(),
          avatar_url: z.string().nullable(),
          phone_number: E164,
        }),
      ),
    }),
  },
  rate: 'lookup',
});
