import { happened, type NewEvent } from '#shared/events/event.ts';
import {
  NotificationDelivered,
  NotificationExpired,
  NotificationFailed,
  NotificationRead,
  NotificationSent,
  NotificationStoryBegun,
  NotificationStoryEnded,
} from '#shared/events/notifications.ts';
import { unreachable } from '#shared/errors.ts';
import type { FallbackStep, NotificationRow } from './store/notifications.ts';

type About = Pick<NotificationRow, 'id' | 'recipient_id' | 'type' | 'channel'>;

const factsOf = ({ id, recipient_id, type, channel }: About) => ({ notification_id: id, recipient_id, type, channel });

function sent(row: About, provider: string | null): NewEvent {
  return happened(NotificationSent, row.id, { ...factsOf(row), provider });
}

function delivered(row: About): NewEvent {
  return happened(NotificationDelivered, row.id, factsOf(row));
}

function failed(row: About, reason: string): NewEvent {
  return happened(NotificationFailed, row.id, { ...factsOf(row), reason });
}

export function expired(row: About, reason: string): NewEvent {
  return happened(NotificationExpired, row.id, { ...factsOf(row), reason });
}

export function read(row: About): NewEvent {
  return happened(NotificationRead, row.id, factsOf(row));
}

export function storyBegun(row: About, beginsAt: Date, steps: readonly FallbackStep[]): NewEvent {
  const begins_at = beginsAt.toISOString();
  return happened(NotificationStoryBegun, row.id, { ...factsOf(row), begins_at, steps: [...steps] });
}

export function storyEnded(row: About, reason: 'read' | 'cancelled'): NewEvent {
  return happened(NotificationStoryEnded, row.id, { ...factsOf(row), reason });
}

/** What is told of the state that a notification has come to; nothing while it waits. */
export function stateReached(row: NotificationRow): NewEvent[] {
  switch (row.state) {
    case 'waiting':
    case 'sending':
      return [];
    case 'sent':
      return [sent(row, row.provider)];
    case 'delivered':
      return [delivered(row)];
    case 'failed':
      return [failed(row, row.reason ?? 'unknown')];
    case 'expired':
      return [expired(row, row.reason ?? 'unknown')];
    default:
      return unreachable(row.state);
  }
}
