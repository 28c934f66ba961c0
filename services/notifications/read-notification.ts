import type { Caller } from '#shared/caller.ts';
import type { Notification } from '#shared/contracts/notifications/notification.ts';
import { AppError } from '#shared/errors.ts';
import { happened } from '#shared/events/event.ts';
import { NotificationsAllRead } from '#shared/events/notifications.ts';
import type { NotificationId } from '#shared/ids.ts';
import type { NotificationsPorts } from './ports.ts';
import { expireOrigins, expireWaiting, lockOrigin, markAllRead, markRead, unreadOf } from './store/inbox.ts';
import type { NotificationRow } from './store/notifications.ts';
import { expired, read, storyEnded } from './told.ts';
import { notificationView } from './views.ts';

type Ports = Pick<NotificationsPorts, 'databases' | 'outbox'>;
type Read = Notification & { unread_count: number };

/**
 * The caller has read a notification, by whichever way it came: the other ways of telling the same count as read too, and
 * those that still wait are not sent. Once more changes nothing.
 *
 * @throws {AppError} NOT_FOUND
 */
export function makeReadNotification({ databases, outbox }: Ports) {
  return async (caller: Caller, id: NotificationId): Promise<Read> => {
    const home = databases.of(caller.country);
    const row = await home.transaction(async (tx) => {
      const all = await lockOrigin(tx, caller.userId, id);
      if (all.length === 0) throw new AppError('NOT_FOUND');
      const ids = all.map((one) => one.id);
      const fresh = await markRead(tx, ids);
      const unsent = fresh.length === 0 ? [] : await expireWaiting(tx, ids, 'read');
      const events = [
        ...fresh.map(read),
        ...unsent.map((one) => expired(one, 'read')),
        ...fresh.filter(hasStory).map((one) => storyEnded(one, 'read')),
      ];
      if (events.length > 0) await outbox.append(tx, { events });
      const now = [...all, ...fresh, ...unsent];
      return now.findLast((one) => one.id === id)!;
    });
    const unread = await unreadOf(home, [caller.userId]);
    return { ...notificationView(row), unread_count: unread.get(caller.userId) ?? 0 };
  };
}

function hasStory({ fallback }: NotificationRow): boolean {
  return fallback.length > 0;
}

/** Marked by one transaction. */
const READ_AT_ONCE_MAX = 500;

/** The caller has read all that is in the inbox; other ways of telling the same that still wait are not sent. */
export function makeReadAllNotifications({ databases, outbox }: Ports) {
  return async (caller: Caller): Promise<{ read: number; unread_count: number }> => {
    const home = databases.of(caller.country);
    let count = 0;
    for (let some = READ_AT_ONCE_MAX; some === READ_AT_ONCE_MAX; count += some) {
      some = await home.transaction(async (tx) => {
        const rows = await markAllRead(tx, caller.userId, READ_AT_ONCE_MAX);
        if (rows.length === 0) return 0;
        const all = { recipient_id: caller.userId, count: rows.length };
        const ended = rows.filter(hasStory).map((one) => storyEnded(one, 'read'));
        const origins = [...new Set(rows.map(({ origin_id }) => origin_id))];
        const unsent = (await expireOrigins(tx, caller.userId, origins, 'read')).map((one) => expired(one, 'read'));
        await outbox.append(tx, { events: [happened(NotificationsAllRead, caller.userId, all), ...ended, ...unsent] });
        return rows.length;
      });
    }
    const unread = await unreadOf(home, [caller.userId]);
    return { read: count, unread_count: unread.get(caller.userId) ?? 0 };
  };
}
