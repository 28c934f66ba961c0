import { heartbeat } from '@temporalio/activity';
import type { makeForgetNotifications } from '#services/notifications/forget-notifications.ts';
import type { makeOwnNotifications } from '#services/notifications/own-notifications.ts';
import type { UserId } from '#shared/ids.ts';
import type { ExportSink, Forgotten, PrivacySubject } from '#shared/privacy.ts';
import type { Country } from '#shared/regions.ts';
import { exportRecords } from '../export-records.ts';
import { withFailures } from '../failure.ts';

type Ports = {
  readonly ownNotifications: ReturnType<typeof makeOwnNotifications>;
  readonly forgetNotifications: ReturnType<typeof makeForgetNotifications>;
  readonly sink: ExportSink;
};

const SECTIONS = ['notifications', 'notification_preferences', 'notification_addresses'] as const;

/** What notifications do for requests about one's data. Each may be repeated. */
export function makeNotificationsPrivacyActivities({ ownNotifications, forgetNotifications, sink }: Ports) {
  return withFailures({
    exportNotifications: ({ requestId, userId, country }: PrivacySubject): Promise<number> =>
      exportRecords(sink, requestId, SECTIONS, ownNotifications(userId as UserId, country as Country), heartbeat),

    forgetNotifications: ({ userId, country }: PrivacySubject): Promise<Forgotten> =>
      forgetNotifications(userId as UserId, country as Country, heartbeat),
  });
}

export type NotificationsPrivacyActivities = ReturnType<typeof makeNotificationsPrivacyActivities>;
