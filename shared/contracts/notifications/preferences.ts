import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Timestamp } from '../../wire-time.ts';
import { NotificationChannel, NotificationType } from './notification.ts';

/** A time of the day on the recipient's own clock, `22:00`. */
const ClockTime = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of the day such as 22:00');

/** Hours in which nothing makes a noise, on the clock of the zone in the profile; `from` after `to` goes over midnight. */
export const QuietHours = z
  .strictObject({ from: ClockTime, to: ClockTime })
  .refine(({ from, to }) => from !== to, { path: ['to'], message: 'must not be the same time as from' });
export type QuietHours = z.infer<typeof QuietHours>;

/** `bundled`: what comes in a burst, as messages of one chat do, is told as one. `each`: one by one. */
export const DigestChoice = z.enum(['bundled', 'each']);
export type DigestChoice = z.infer<typeof DigestChoice>;

export const Preferences = z
  .object({
    /** Which ways are on for what. Security cannot be switched off in the inbox. */
    channels: z.record(NotificationChannel, z.record(NotificationType, z.boolean())),
    quiet_hours: z.object({ from: z.string(), to: z.string(), timezone: z.string() }).nullable(),
    /** Whether announcements are wanted, and when that was last said; null while it never was. */
    marketing_consent: z.object({ given: z.boolean(), at: Timestamp.nullable() }),
    digest: DigestChoice,
    updated_at: Timestamp.nullable(),
  })
  .meta({ id: 'NotificationPreferences' });
export type Preferences = z.input<typeof Preferences>;

/** What is not named stays as it is. */
export const PreferencesBody = z.strictObject({
  channels: z.partialRecord(NotificationChannel, z.partialRecord(NotificationType, z.boolean())).optional(),
  quiet_hours: QuietHours.nullable().optional(),
  marketing_consent: z.boolean().optional(),
  digest: DigestChoice.optional(),
});
export type PreferencesBody = z.output<typeof PreferencesBody>;

export const GetPreferences = defineCall({
  name: 'getNotificationPreferences',
  method: 'GET',
  path: '/notifications/preferences',
  summary: 'What one wants to be told of, how, and when not',
  tag: 'notifications',
  access: 'user',
  answers: { 200: Preferences },
  rate: 'read',
});

export const PutPreferences = defineCall({
  name: 'putNotificationPreferences',
  method: 'PUT',
  path: '/notifications/preferences',
  summary: 'Say what one wants to be told of. What is not named stays as it is',
  tag: 'notifications',
  access: 'user',
  body: PreferencesBody,
  answers: { 200: Preferences },
  rate: 'write',
});
