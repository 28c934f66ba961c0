import { z } from 'zod';
import { NotificationId, UserId } from '../../ids.ts';
import { Locale } from '../../regions.ts';
import { Timestamp } from '../../wire-time.ts';

/** How a notification reaches someone. */
export const NOTIFICATION_TYPES = ['email', 'sms', 'push', 'in_app'] as const;
export const NotificationType = z.enum(NOTIFICATION_TYPES);
export type NotificationType = z.infer<typeof NotificationType>;

/** What a notification is about; people switch ways on and off for each. */
export const NOTIFICATION_CHANNELS = [
  'order_updates',
  'messaging',
  'payments',
  'security',
  'account',
  'announcements',
] as const;
export const NotificationChannel = z.enum(NOTIFICATION_CHANNELS);
export type NotificationChannel = z.infer<typeof NotificationChannel>;

export const NOTIFICATION_STATUSES = ['pending', 'sent', 'delivered', 'failed', 'expired'] as const;
export const NotificationStatus = z.enum(NOTIFICATION_STATUSES);
export type NotificationStatus = z.infer<typeof NotificationStatus>;

export const NOTIFICATION_PRIORITIES = ['low', 'medium', 'high', 'urgent'] as const;
export const NotificationPriority = z.enum(NOTIFICATION_PRIORITIES);
export type NotificationPriority = z.infer<typeof NotificationPriority>;

/** A notification as its recipient sees it, and as staff do who sent it. */
export const Notification = z
  .object({
    id: NotificationId,
    recipient_id: UserId,
    type: NotificationType,
    channel: NotificationChannel,
    template: z.string(),
    /** Of the words below, for explaining them later; null until they are written. */
    template_version: z.number().int().nullable(),
    /** Of the words below: the recipient's, or what the template falls back to. Null until they are written. */
    locale: Locale.nullable(),
    subject: z.string().nullable(),
    content: z.string().nullable(),
    variables: z.record(z.string(), z.unknown()),
    /** Ids of what it is about, for a link: `order_id`, `dialog_id`. */
    data: z.record(z.string(), z.string()),
    status: NotificationStatus,
    /** Why it failed or expired. */
    reason: z.string().nullable(),
    priority: NotificationPriority,
    scheduled_at: Timestamp.nullable(),
    sent_at: Timestamp.nullable(),
    delivered_at: Timestamp.nullable(),
    read_at: Timestamp.nullable(),
    expires_at: Timestamp.nullable(),
    retry_count: z.number().int(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Notification' });
export type Notification = z.input<typeof Notification>;
