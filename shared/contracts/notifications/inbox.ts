import { z } from 'zod';
import { defineCall } from '../../http/call.ts';
import { Cursor, limit, NextCursor } from '../../http/paging.ts';
import { NotificationId } from '../../ids.ts';
import { Notification, NotificationChannel } from './notification.ts';

const UnreadCount = z.number().int().nonnegative();

export const ListNotifications = defineCall({
  name: 'listNotifications',
  method: 'GET',
  path: '/notifications',
  summary: "The caller's inbox, the newest first",
  tag: 'notifications',
  access: 'user',
  query: z.strictObject({
    /** `true`: only those that were not read. */
    unread: z.enum(['true', 'false']).optional(),
    channel: NotificationChannel.optional(),
    cursor: Cursor.optional(),
    limit: limit(20),
  }),
  answers: {
    200: z.object({ notifications: z.array(Notification), unread_count: UnreadCount, next_cursor: NextCursor }),
  },
  rate: 'read',
});

const byId = z.strictObject({ id: NotificationId });

export const GetNotification = defineCall({
  name: 'getNotification',
  method: 'GET',
  path: '/notifications/{id}',
  summary: 'One notification and what became of it; ops may look at those of others, which is audited',
  tag: 'notifications',
  access: 'user',
  params: byId,
  answers: { 200: Notification },
  rate: 'read',
});

export const ReadNotification = defineCall({
  name: 'readNotification',
  method: 'POST',
  path: '/notifications/{id}/read',
  summary: 'Say that one has read it; once more changes nothing. All devices of the caller are told',
  tag: 'notifications',
  access: 'user',
  params: byId,
  answers: { 200: Notification.extend({ unread_count: UnreadCount }).meta({ id: 'ReadNotification' }) },
  rate: 'write',
});

export const ReadAllNotifications = defineCall({
  name: 'readAllNotifications',
  method: 'POST',
  path: '/notifications/read-all',
  summary: 'Say that one has read everything in the inbox',
  tag: 'notifications',
  access: 'user',
  answers: { 200: z.object({ read: z.number().int().nonnegative(), unread_count: UnreadCount }) },
  rate: 'write',
});
