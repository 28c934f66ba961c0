import type { Notification, NotificationStatus } from '#shared/contracts/notifications/notification.ts';
import { isReference } from './references.ts';
import type { NotificationRow, State } from './store/notifications.ts';

/** As the contract has it: whoever is sending it, it is still to be sent. */
const STATUS: Readonly<Record<State, NotificationStatus>> = {
  waiting: 'pending',
  sending: 'pending',
  sent: 'sent',
  delivered: 'delivered',
  failed: 'failed',
  expired: 'expired',
};

/** A notification on the wire. What its variables only refer to is left out. */
export function notificationView(row: NotificationRow): Notification {
  return {
    id: row.id,
    recipient_id: row.recipient_id,
    type: row.type,
    channel: row.channel,
    template: row.template,
    template_version: row.template_version,
    locale: row.locale,
    subject: row.subject,
    content: row.content,
    variables: Object.fromEntries(Object.entries(row.variables).filter(([, value]) => !isReference(value))),
    data: row.data,
    status: STATUS[row.state],
    reason: row.reason,
    priority: row.priority,
    scheduled_at: iso(row.scheduled_at),
    sent_at: iso(row.sent_at),
    delivered_at: iso(row.delivered_at),
    read_at: iso(row.read_at),
    expires_at: iso(row.expires_at),
    retry_count: row.retry_count,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

function iso(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
