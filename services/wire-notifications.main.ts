import { notificationMeters } from '#infrastructure/metrics/notification-metrics.ts';
import { findRecipients } from '#services/auth/recipients.ts';
import { channelsRoutes } from '#services/notifications/channels/routes.ts';
import type { NotificationsPorts } from '#services/notifications/ports.ts';
import { notificationsRoutes } from '#services/notifications/routes.ts';
import { makeNotifications, type NotificationsService } from '#services/notifications/service.ts';
import { channelOf, waysOf } from '#services/notifications/templates/catalogue.ts';
import { render } from '#services/notifications/templates/render.ts';
import { templateRoutes } from '#services/notifications/templates/routes.ts';
import type { Ground } from './ground.main.ts';
import { makeFacts } from './notification-facts.main.ts';
import { openChannels } from './wire-channels.main.ts';
import type { WiredService } from './wire.main.ts';

/** What notifications stand on: identity's word on people, the other domains' facts, and the catalogue of texts. */
export function notificationsPorts(ground: Ground): NotificationsPorts {
  const { databases, outbox, idempotency, clock } = ground;
  return {
    databases,
    outbox,
    idempotency,
    clock,
    recipients: { find: (ids) => findRecipients(databases, ids) },
    facts: makeFacts(ground),
    templates: { channelOf, waysOf, render },
    meters: notificationMeters,
  };
}

export function openNotifications(ground: Ground): NotificationsService {
  return makeNotifications(notificationsPorts(ground));
}

export function wireNotifications(ground: Ground): WiredService {
  const { channels, close } = openChannels(ground, notificationsPorts(ground));
  const routes = [
    ...notificationsRoutes(openNotifications(ground)),
    ...channelsRoutes(channels),
    ...templateRoutes(ground),
  ];
  return { routes, close };
}
