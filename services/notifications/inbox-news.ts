import type { Notification } from '#shared/contracts/notifications/notification.ts';
import { type NotificationId, regionOf, type UserId } from '#shared/ids.ts';
import type { Databases } from '#shared/sql.ts';
import { unreadOf } from './store/inbox.ts';
import { notificationsByIds } from './store/notifications.ts';
import { notificationView } from './views.ts';

/** Notifications as they are now, and how many their recipients, and other people, have not read. */
export type InboxNews = (
  ids: readonly NotificationId[],
  others: readonly UserId[],
) => Promise<{
  readonly rows: ReadonlyMap<NotificationId, Notification>;
  readonly unread: ReadonlyMap<UserId, number>;
}>;

/** Reads what open devices are shown: two statements for each database, however many people it is about. */
export function makeInboxNews({ databases }: { readonly databases: Databases }): InboxNews {
  return async (ids, others) => {
    const homes = new Map(databases.all.map((home) => [home, { ids: [] as NotificationId[], users: [] as UserId[] }]));
    for (const id of ids) homes.get(databases.of(regionOf(id)))!.ids.push(id);
    for (const id of others) homes.get(databases.of(regionOf(id)))!.users.push(id);
    const rows = new Map<NotificationId, Notification>();
    const unread = new Map<UserId, number>();
    const asked = Array.from(homes, async ([home, wanted]) => {
      const found = wanted.ids.length === 0 ? [] : await notificationsByIds(home, wanted.ids);
      for (const row of found) rows.set(row.id, notificationView(row));
      const users = [...new Set([...found.map((row) => row.recipient_id), ...wanted.users])];
      if (users.length === 0) return;
      for (const [userId, count] of await unreadOf(home, users)) unread.set(userId, count);
    });
    await Promise.all(asked);
    return { rows, unread };
  };
}
