import type { Caller } from '#shared/caller.ts';
import type { Notification } from '#shared/contracts/notifications/notification.ts';
import { AppError } from '#shared/errors.ts';
import { type NotificationId, regionOf } from '#shared/ids.ts';
import type { NotificationsPorts } from './ports.ts';
import { expireWaiting, lockOrigin, recipientOf } from './store/inbox.ts';
import { expired, storyEnded } from './told.ts';
import { notificationView } from './views.ts';

/**
 * Takes back all ways of telling something that have not been taken yet, and what would have followed. Again: changes
 * nothing.
 *
 * @throws {AppError} NOT_FOUND, or CONFLICT when nothing is left to take back
 */
export function makeCancelNotification({ databases, outbox }: Pick<NotificationsPorts, 'databases' | 'outbox'>) {
  return async (caller: Caller, id: NotificationId): Promise<Notification> => {
    const home = databases.of(regionOf(id));
    const recipientId = await recipientOf(home, id);
    if (recipientId === undefined) throw new AppError('NOT_FOUND');
    const row = await home.transaction(async (tx) => {
      const all = await lockOrigin(tx, recipientId, id);
      const unsent = await expireWaiting(
        tx,
        all.map((one) => one.id),
        'cancelled',
      );
      const stories = all.filter(({ fallback, read_at }) => fallback.length > 0 && read_at === null);
      const isOver = all.some(({ reason }) => reason === 'cancelled');
      if (unsent.length + stories.length === 0 && !isOver) throw new AppError('CONFLICT');
      await outbox.append(tx, {
        events: [
          ...unsent.map((one) => expired(one, 'cancelled')),
          ...stories.map((one) => storyEnded(one, 'cancelled')),
        ],
        audit: [
          {
            actor: caller.userId,
            action: 'notifications.cancelled',
            subject: id,
            region: regionOf(id),
            outcome: 'ok',
            facts: { unsent: unsent.length },
          },
        ],
      });
      return [...all, ...unsent].findLast((one) => one.id === id)!;
    });
    return notificationView(row);
  };
}
