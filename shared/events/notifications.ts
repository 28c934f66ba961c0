import { z } from 'zod';
import { NotificationChannel, NotificationType } from '../contracts/notifications/notification.ts';
import { NotificationId, UserId } from '../ids.ts';
import { defineEvent } from './event.ts';

/** Which notification, of whom and by which way; what it says is personal and stays in its region. */
const told = {
  notification_id: NotificationId,
  recipient_id: UserId,
  type: NotificationType,
  channel: NotificationChannel,
};

/** A provider has taken it. Aggregate: the notification, as of all events here. */
export const NotificationSent = defineEvent(
  'notifications.sent',
  1,
  z.object({ ...told, provider: z.string().nullable() }),
);

/** It is in the inbox, or a provider says that it has arrived. */
export const NotificationDelivered = defineEvent('notifications.delivered', 1, z.object(told));

/** It will not arrive. */
export const NotificationFailed = defineEvent('notifications.failed', 1, z.object({ ...told, reason: z.string() }));

/** Its time was over, or it was taken back, before it was sent. */
export const NotificationExpired = defineEvent('notifications.expired', 1, z.object({ ...told, reason: z.string() }));

/** The recipient has read it. */
export const NotificationRead = defineEvent('notifications.read', 1, z.object(told));

/** What follows if it is not read in time, one way after the other; starts the workflow that waits. */
export const NotificationStoryBegun = defineEvent(
  'notifications.story_begun',
  1,
  z.object({
    ...told,
    /** ISO 8601: the waiting begins then. */
    begins_at: z.iso.datetime(),
    steps: z
      .array(z.object({ type: NotificationType, after_ms: z.number().int().positive() }))
      .min(1)
      .max(3),
  }),
);

/** Nothing more is to follow. */
export const NotificationStoryEnded = defineEvent(
  'notifications.story_ended',
  1,
  z.object({ ...told, reason: z.enum(['read', 'cancelled']) }),
);
