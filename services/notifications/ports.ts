import type { NotificationChannel, NotificationType } from '#shared/contracts/notifications/notification.ts';
import type { UserStatus } from '#shared/contracts/auth/user.ts';
import type { Outbox } from '#shared/events/event.ts';
import type { Idempotency } from '#shared/http/idempotency.ts';
import type { NotificationId, UserId } from '#shared/ids.ts';
import type { Country, Locale } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import type { Reference } from './references.ts';

/** What a notification needs to know of whom it is for. Fulfilled by identity. */
export type Recipient = {
  readonly userId: UserId;
  readonly country: Country;
  readonly locale: Locale;
  /** IANA, `Asia/Bangkok`. */
  readonly timezone: string;
  /** E.164; absent once the account has been erased. */
  readonly phone: string | undefined;
  readonly status: UserStatus;
};

export interface Recipients {
  /** Unknown ids are left out. */
  find(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, Recipient>>;
}

/**
 * What other domains know by the ids that events carry: names, counts. Asked when a notification is written, so that
 * nothing personal travels with events, and what is told is so at that moment.
 */
export interface Facts {
  /** One answer each, in order: undefined where there is none, {@link NOT_WORTH_TELLING} where nobody needs to know. */
  lookUp(references: readonly Reference[]): Promise<readonly unknown[]>;
}

/** The answer of a fact that makes its notification pointless: the messages were read, the order was confirmed. */
export const NOT_WORTH_TELLING: unique symbol = Symbol('not worth telling');

/** What a template came to. */
export type Written = {
  readonly version: number;
  /** After fallback. */
  readonly locale: Locale;
  readonly subject: string;
  readonly text: string;
  readonly html?: string | undefined;
};

/** Writes texts. Fulfilled by this domain's templates. */
export interface Templates {
  /** The channel that a template belongs to; undefined when there is no such template. */
  channelOf(template: string): NotificationChannel | undefined;
  /** The ways that it may take; none when there is no such template. */
  waysOf(template: string): readonly NotificationType[];
  /** @throws {AppError} VALIDATION_ERROR naming the variable that is missing or wrong */
  render(
    template: string,
    how: {
      readonly way: NotificationType;
      readonly locale: Locale;
      /** Of the recipient: texts begin otherwise in some. */
      readonly country?: Country | undefined;
      readonly zone: string;
      readonly variables: Readonly<Record<string, unknown>>;
    },
  ): Written;
}

/** What became of handing a notification to the providers of a way. */
export type Outcome =
  | { readonly kind: 'sent'; readonly provider: string; readonly providerRef: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'no_address' }
  | { readonly kind: 'suppressed' };

export type Parcel = {
  readonly notificationId: NotificationId;
  readonly recipient: Pick<Recipient, 'userId' | 'country' | 'locale' | 'phone'>;
  readonly way: Exclude<NotificationType, 'in_app'>;
  readonly written: Written;
  readonly channel: string;
  readonly urgent: boolean;
  readonly collapseKey: string | undefined;
  readonly data: Readonly<Record<string, string>>;
};

/**
 * Brings a notification out of the house. Fulfilled by this domain's channels. The same notification by the same way may be
 * handed over again after a crash: it arrives once.
 *
 * @throws {AppError} UPSTREAM_UNAVAILABLE when no provider can be reached now
 */
export type Deliver = (parcel: Parcel) => Promise<Outcome>;

/** Counts what happens, for metrics. */
export interface Meters {
  created(type: NotificationType, channel: string): void;
  suppressed(rule: string): void;
  ended(type: NotificationType, outcome: 'sent' | 'delivered' | 'failed' | 'expired', provider: string): void;
}

export type NotificationsPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly idempotency: Idempotency;
  readonly recipients: Recipients;
  readonly facts: Facts;
  readonly templates: Templates;
  readonly meters: Meters;
  readonly clock: Clock;
};
