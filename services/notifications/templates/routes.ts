import { ListNotificationTemplates, PreviewNotification } from '#shared/contracts/notifications/templates.ts';
import { handle, type Route } from '#shared/http/call.ts';
import type { NotificationsPorts } from '../ports.ts';
import { makeListTemplates } from './list-templates.ts';
import { makePreview } from './preview.ts';

/** The calls with which staff look at what people are told. */
export function templateRoutes(ports: Pick<NotificationsPorts, 'databases' | 'outbox'>): Route[] {
  const listTemplates = makeListTemplates(ports);
  const preview = makePreview(ports);
  return [
    handle(ListNotificationTemplates, async ({ caller, query }) => ({
      status: 200,
      body: await listTemplates(caller, query),
    })),
    handle(PreviewNotification, async ({ caller, body }) => ({ status: 200, body: await preview(caller, body) })),
  ];
}
