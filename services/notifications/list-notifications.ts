import type { z } from 'zod';
import type { Caller } from '#shared/caller.ts';
import type { ListNotifications } from '#shared/contracts/notifications/inbox.ts';
import type { Notification } from '#shared/contracts/notifications/notification.ts';
import { encodeCursor, idAfter } from '#shared/http/paging.ts';
import { NotificationId } from '#shared/ids.ts';
import type { NotificationsPorts } from './ports.ts';
import { inboxPage, unreadOf } from './store/inbox.ts';
import { notificationView } from './views.ts';

type Query = z.output<typeof ListNotifications.query>;
type Page = { notifications: Notification[]; unread_count: number; next_cursor: string | null };

/** The caller's inbox, the newest first. */
export function makeListNotifications({ databases }: Pick<NotificationsPorts, 'databases'>) {
  return async (caller: Caller, query: Query): Promise<Page> => {
    const home = databases.of(caller.country);
    const [rows, unread] = await Promise.all([
      inboxPage(home, {
        recipientId: caller.userId,
        before: idAfter(query.cursor, NotificationId),
        unreadOnly: query.unread === 'true',
        channel: query.channel,
        limit: query.limit + 1,
      }),
      unreadOf(home, [caller.userId]),
    ]);
    const shown = rows.slice(0, query.limit);
    return {
      notifications: shown.map(notificationView),
      unread_count: unread.get(caller.userId) ?? 0,
      next_cursor: rows.length > query.limit ? encodeCursor([shown.at(-1)!.id]) : null,
    };
  };
}
