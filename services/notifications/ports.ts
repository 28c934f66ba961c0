import type { NotificationType } from '#shared/contracts/notifications/notification.ts';
import type { UserStatus } from '#shared/contracts/auth/user.ts';
import type { Outbox } from '#shared/events/event.ts';
import type { Idempotency } from '#shared/http/idempotency.ts';
import type { UserId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import type { Country, Locale } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';

/** What a notification needs to know of whom it is for. Fulfilled by identity. */
export type Recipient = {
  readonly userId: UserId;
  readonly country: Country;
  readonly locale: Locale;
  /** IANA, `Asia/Bangkok`. */
  readonly timezone: string;
  /** E.164; absent of a deleted account. */
  readonly phone: string | undefined;
  readonly status: UserStatus;
};

export interface Recipients {
  /** Unknown ids are left out. */
  find(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, Recipient>>;
}

/** Counts what happens, for metrics. */
export interface Meters {
  created(type: NotificationType, channel: string, count: number): void;
  suppressed(rule: string, count: number): void;
  ended(type: NotificationType, outcome: 'sent' | 'delivered' | 'failed' | 'expired', provider: string | null): void;
}

export type NotificationsPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly idempotency: Idempotency;
  readonly recipients: Recipients;
  readonly meters: Meters;
  readonly clock: Clock;
  readonly log: Log;
};
