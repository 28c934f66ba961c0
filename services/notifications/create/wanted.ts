import type {
  NotificationChannel,
  NotificationPriority,
  NotificationType,
} from '#shared/contracts/notifications/notification.ts';
import type { UserId } from '#shared/ids.ts';
import type { Variables } from '../references.ts';
import type { FallbackStep } from '../store/notifications.ts';

/** What someone should be told, before it is known whether they want to hear it, and how. */
export type Wanted = {
  readonly recipientId: UserId;
  /** The event or the call that it comes from, a UUID. */
  readonly originId: string;
  /** When what is told of happened, where that was before now: what is old by then is no news. */
  readonly happenedAt?: Date;
  readonly template: string;
  readonly channel: NotificationChannel;
  /** May hold references, which are looked up when it is written. */
  readonly variables: Variables;
  /** Ids for a link. */
  readonly data: Readonly<Record<string, string>>;
  /** The ways to take; the channel's usual ones where not said. */
  readonly types?: readonly NotificationType[];
  readonly priority?: NotificationPriority;
  /** Under which it is known whether it was told: the origin and 0 where not said. */
  readonly told?: { readonly key: string; readonly high: number };
  /** What comes under one key while one waits is told with it. */
  readonly collapseKey?: string;
  /** How long others may gather under the key, in milliseconds. */
  readonly gatherMs?: number;
  readonly scheduledAt?: Date;
  readonly expiresAt?: Date;
  readonly fallback?: readonly FallbackStep[];
  /** Mail of it goes to an address that its `data` leads to, whether or not one is confirmed. */
  readonly hasOwnAddress?: true;
  /** Somebody asked for these very ways, and is to see what became of each: also of one that is not wanted. */
  readonly isAskedFor?: true;
};
