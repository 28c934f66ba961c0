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
const key = 'notification_id';

export const NotificationSent = defineEvent(
  'notifications.sent',
  1,
  z.object({ ...told, provider: z.string().nullable() }),
  { says: 'A provider has taken a notification', key },
);

export const NotificationDelivered = defineEvent('notifications.delivered', 1, z.object(told), {
  says: 'A notification is in the inbox, or a provider says that it has arrived',
  key,
});

export const NotificationFailed = defineEvent('notifications.failed', 1, z.object({ ...told, reason: z.string() }), {
  says: 'A notification will not arrive',
  key,
});

export const NotificationExpired = defineEvent('notifications.expired', 1, z.object({ ...told, reason: z.string() }), {
  says: 'The time of a notification was over, or it was taken back or not wanted any more, before it was sent',
  key,
});

export const NotificationRead = defineEvent('notifications.read', 1, z.object(told), {
  says: 'Its recipient has read a notification',
  key,
});

export const NotificationsAllRead = defineEvent(
  'notifications.all_read',
  1,
  z.object({ recipient_id: UserId, count: z.number().int().positive() }),
  { says: 'Someone has read all that was in their inbox', key: 'recipient_id' },
);

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
  { says: 'Other ways follow one after the other if a notification is not read in time; starts the workflow', key },
);

export const NotificationStoryEnded = defineEvent(
  'notifications.story_ended',
  1,
  z.object({ ...told, reason: z.enum(['read', 'cancelled']) }),
  { says: 'No other ways are to follow any more', key },
);
