import type { Caller } from '#shared/caller.ts';
import type { Notification } from '#shared/contracts/notifications/notification.ts';
import { AppError } from '#shared/errors.ts';
import { type NotificationId, regionOf } from '#shared/ids.ts';
import type { NotificationsPorts } from './ports.ts';
import { findNotification } from './store/notifications.ts';
import { notificationView } from './views.ts';

/**
 * One notification, to its recipient, and to ops, whose reading is audited before it is answered.
 *
 * @throws {AppError} NOT_FOUND
 */
export function makeGetNotification({ databases, outbox }: Pick<NotificationsPorts, 'databases' | 'outbox'>) {
  return async (caller: Caller, id: NotificationId): Promise<Notification> => {
    const home = databases.of(regionOf(id));
    const row = await findNotification(home, id);
    const isOwn = row?.recipient_id === caller.userId;
    if (row === undefined || (!isOwn && caller.role !== 'ops')) throw new AppError('NOT_FOUND');
    if (!isOwn) {
      const entry = { actor: caller.userId, action: 'notifications.read_by_ops', subject: id, region: regionOf(id) };
      await home.transaction((tx) => outbox.append(tx, { audit: [{ ...entry, outcome: 'ok' }] }));
    }
    return notificationView(row);
  };
}
