import type { InboxNews } from '../inbox-news.ts';
import type { Consumer } from '#shared/events/bus.ts';
import { dataOf, type StoredEvent } from '#shared/events/event.ts';
import { NotificationDelivered, NotificationRead, NotificationsAllRead } from '#shared/events/notifications.ts';
import type { NotificationId, UserId } from '#shared/ids.ts';
import type { ResourceUpdate, UserEventName } from '#shared/sockets/server-events.ts';

export type InboxUpdatesPorts = {
  readonly inboxNews: InboxNews;
  readonly emitToUsers: (userIds: readonly UserId[], event: UserEventName, data: ResourceUpdate) => void;
};

/**
 * Shows on all open devices what has come to an inbox and what was read, with the number of unread ones as it is now. What
 * a socket misses it finds by HTTP, so a repeat after a crash is harmless and nothing is owed.
 */
export function makeInboxUpdates({ inboxNews, emitToUsers }: InboxUpdatesPorts): Consumer {
  return {
    group: 'inbox-updates',
    types: [NotificationDelivered.type, NotificationRead.type, NotificationsAllRead.type],
    handle: async (events) => {
      const steps = events.flatMap(stepOf);
      const allRead = events.flatMap((event) => dataOf(NotificationsAllRead, event)?.recipient_id ?? []);
      const { rows, unread } = await inboxNews(
        steps.map(({ id }) => id),
        allRead,
      );
      for (const { id, step } of steps) {
        const notification = rows.get(id);
        if (notification === undefined) continue;
        const unread_count = unread.get(notification.recipient_id as UserId) ?? 0;
        emitToUsers([notification.recipient_id as UserId], 'notification', { ...notification, step, unread_count });
      }
      for (const userId of new Set(allRead)) {
        emitToUsers([userId], 'notification', { step: 'all_read', unread_count: unread.get(userId) ?? 0 });
      }
    },
  };
}

/** What has come to an inbox, or was read there; other ways of telling concern no socket. */
function stepOf(event: StoredEvent): { readonly id: NotificationId; readonly step: 'new' | 'read' }[] {
  const come = dataOf(NotificationDelivered, event);
  if (come?.type === 'in_app') return [{ id: come.notification_id, step: 'new' }];
  const read = dataOf(NotificationRead, event);
  return read?.type === 'in_app' ? [{ id: read.notification_id, step: 'read' }] : [];
}
