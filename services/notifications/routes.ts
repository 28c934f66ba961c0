import { CancelNotification, CreateNotification } from '#shared/contracts/notifications/create.ts';
import {
  GetNotification,
  ListNotifications,
  ReadAllNotifications,
  ReadNotification,
} from '#shared/contracts/notifications/inbox.ts';
import { GetPreferences, PutPreferences } from '#shared/contracts/notifications/preferences.ts';
import { handle, type Route } from '#shared/http/call.ts';
import type { NotificationsService } from './service.ts';

/** The HTTP calls of notifications, bound to their use cases. */
export function notificationsRoutes(notifications: NotificationsService): Route[] {
  return [
    handle(CreateNotification, async ({ caller, body, facts }) => ({
      status: 201,
      body: await notifications.createNotification(caller, body, facts.idempotency),
    })),
    handle(CancelNotification, async ({ caller, params }) => ({
      status: 200,
      body: await notifications.cancelNotification(caller, params.id),
    })),
    handle(ListNotifications, async ({ caller, query }) => ({
      status: 200,
      body: await notifications.listNotifications(caller, query),
    })),
    handle(GetNotification, async ({ caller, params }) => ({
      status: 200,
      body: await notifications.getNotification(caller, params.id),
    })),
    handle(ReadNotification, async ({ caller, params }) => ({
      status: 200,
      body: await notifications.readNotification(caller, params.id),
    })),
    handle(ReadAllNotifications, async ({ caller }) => ({
      status: 200,
      body: await notifications.readAllNotifications(caller),
    })),
    handle(GetPreferences, async ({ caller }) => ({ status: 200, body: await notifications.getPreferences(caller) })),
    handle(PutPreferences, async ({ caller, body }) => ({
      status: 200,
      body: await notifications.putPreferences(caller, body),
    })),
  ];
}
