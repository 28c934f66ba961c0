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
import type { FallbackStep, NotificationRow } from './store/notifications.ts';

type About = Pick<NotificationRow, 'id' | 'recipient_id' | 'type' | 'channel'>;

const factsOf = ({ id, recipient_id, type, channel }: About) => ({ notification_id: id, recipient_id, type, channel });

export function sent(row: About, provider: string | null): NewEvent {
  return happened(NotificationSent, row.id, { ...factsOf(row), provider });
}

export function delivered(row: About): NewEvent {
  return happened(NotificationDelivered, row.id, factsOf(row));
}

export function failed(row: About, reason: string): NewEvent {
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
