import { withFailures } from '#activities/failure.ts';
import type { NotificationsService } from '#services/notifications/service.ts';
import type { NotificationType } from '#shared/contracts/notifications/notification.ts';
import type { NotificationId } from '#shared/ids.ts';
import type { FallingBack } from '#shared/workflows/notification-story.ts';

/** The next way of telling something. */
export type NextWay = { readonly notificationId: string; readonly type: NotificationType };

/** The steps of a notification's story; each may be repeated. */
export function makeNotificationActivities({ fallBack }: Pick<NotificationsService, 'fallBack'>) {
  return withFailures({
    fallBack: async ({ notificationId, type }: NextWay): Promise<FallingBack> =>
      await fallBack(notificationId as NotificationId, type),
  });
}

export type NotificationActivities = ReturnType<typeof makeNotificationActivities>;
