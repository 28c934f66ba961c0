import type { Caller } from '#shared/caller.ts';
import type { Outbox } from '#shared/events/event.ts';
import type { Idempotency } from '#shared/http/idempotency.ts';
import type { NotificationId, SessionId, UserId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import type { Country, Locale } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import type { Clock } from '#shared/time.ts';
import type { Recipients, Templates } from '../ports.ts';
import type { Keyring } from './keyring.ts';
import type { MicroDollars } from './store/text-spend.ts';

/**
 * What became of handing something to a provider.
 *
 * - `accepted`: it has it; whether it arrives is told by a report, where it gives any.
 * - `refused`: it does not have it. `address`: there is nobody at the address, and never will be again; `message`: it
 *   does not take this one, however often; `provider`: it cannot now, and the same may go through later or elsewhere.
 * - `unknown`: it did not answer, or broke while it did, so it may have it.
 */
export type Handed =
  | { readonly outcome: 'accepted'; readonly ref: string }
  | {
      readonly outcome: 'refused';
      readonly blame: 'provider' | 'message' | 'address';
      readonly reason: string;
      /** Of a provider's: it puts off this one alone, which says nothing of how it does. */
      readonly isOfThisOne?: true;
      /** Whole seconds after which the provider wants to be asked again. */
      readonly retryAfterS?: number | undefined;
    }
  | { readonly outcome: 'unknown'; readonly reason: string };

/** What a provider says when it is asked about something: its id of it, that there is none, or nothing of use. */
export type Found =
  | { readonly outcome: 'found'; readonly ref: string }
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'unknown' };

export const MAIL_PROVIDERS = ['mail_primary', 'mail_secondary'] as const;
export type MailProviderName = (typeof MAIL_PROVIDERS)[number];

export type Mail = {
  /** Ours; it makes the Message-ID, so that the same mail twice is one to who reads it. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string | undefined;
  readonly locale: Locale;
  /** Where one click ends mails of this kind (RFC 8058); absent where they cannot be ended. */
  readonly unsubscribeUrl?: string | undefined;
};

/** A server that takes mail. None of its calls takes longer than its own limit, and none rejects. */
export interface MailProvider {
  readonly name: MailProviderName;
  send(mail: Mail): Promise<Handed>;
}

export const PUSH_PLATFORMS = ['fcm', 'apns', 'webpush'] as const;
export type PushPlatform = (typeof PUSH_PLATFORMS)[number];

/** Where a push goes: what an app was given by its platform. */
export type PushTarget =
  | { readonly platform: 'fcm' | 'apns'; readonly token: string }
  | {
      readonly platform: 'webpush';
      readonly endpoint: string;
      /** The browser's public key and secret, base64url (RFC 8291). */
      readonly p256dh: string;
      readonly auth: string;
    };

export type Push = {
  /** Ours. */
  readonly id: string;
  readonly target: PushTarget;
  readonly title: string;
  readonly body: string;
  readonly data: Readonly<Record<string, string>>;
  readonly locale: Locale;
  readonly urgent: boolean;
  /** Of those with one key a device shows the latest only. So the same push twice is one to who reads it. */
  readonly collapseKey: string;
  /** How long the platform keeps it for a device that is away, in milliseconds. */
  readonly keptForMs: number;
};

/** A platform that wakes apps up. As {@link MailProvider}. */
export interface PushProvider {
  readonly name: PushPlatform;
  send(push: Push): Promise<Handed>;
}

export type Text = {
  /** E.164. */
  readonly to: string;
  readonly text: string;
  readonly locale: Locale;
  /** Ours; a report brings it back. */
  readonly reference: string;
};

/** A provider of texts. As {@link MailProvider}. */
export interface TextProvider {
  readonly name: string;
  send(text: Text): Promise<Handed>;
  /** Asks whether a text was taken, where its interface can tell. */
  find?(text: Text): Promise<Found>;
}

/** Providers of a country, those that do well first, and how they do, which all processes share. */
export interface Ranking<Provider> {
  ranked(country: Country): Promise<readonly Provider[]>;
  /** Never rejects. */
  note(country: Country, provider: string, happened: 'accepted' | 'delivered' | 'failed'): Promise<void>;
}

/** A delivery report, or any other webhook of a provider, as it came in. */
export type ProviderRequest = {
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Everything after `?` as a client would write it; empty when there is none. */
  readonly query: string;
  readonly body: Uint8Array;
};

/** What a provider of texts says became of one. */
export type TextReport = {
  /** Our reference, where the provider gave it back. */
  readonly reference: string | undefined;
  readonly ref: string;
  /** `pending` is any step on the way. */
  readonly status: 'pending' | 'delivered' | 'failed';
};

/**
 * Reads reports of texts.
 *
 * @throws {AppError} UNAUTHORIZED unless the provider signed it, VALIDATION_ERROR when it cannot be read, NOT_FOUND for a
 *   provider that is not in use
 */
export type ReadTextReport = (provider: string, request: ProviderRequest) => Promise<TextReport>;

/** What became of a mail. An address is told only where it must not be written to again. */
export type MailReport = {
  /** Our id, where the provider gave it back. */
  readonly reference: string | undefined;
  /** The provider's id. */
  readonly ref: string;
  readonly status: 'pending' | 'delivered' | 'failed';
  readonly suppress: { readonly for: 'hard_bounce' | 'complaint'; readonly addresses: readonly string[] } | undefined;
};

/**
 * Reads what SES publishes about mails. Undefined for a message that is about none, such as one that confirms a
 * subscription, which is then done.
 *
 * @throws {AppError} UNAUTHORIZED unless it was signed for our topic and is fresh, VALIDATION_ERROR when it cannot be read
 */
export type ReadMailReport = (request: ProviderRequest) => Promise<MailReport | undefined>;

/** One draw on a budget: at most `limit` within any `windowMs`. */
export type Spend = {
  readonly bucket: string;
  readonly key: string;
  readonly limit: number;
  readonly windowMs: number;
};

/** Counters that every process shares. */
export interface Budgets {
  /** @throws {AppError} UPSTREAM_UNAVAILABLE when the counters cannot be reached */
  spend(spends: readonly Spend[]): Promise<{ allowed: true } | { allowed: false; retryAfterS: number }>;
}

/** What is measured of providers. Nothing here names a person. */
export interface ChannelMeters {
  handed(way: 'email' | 'sms' | 'push', provider: string, outcome: Handed['outcome']): void;
  /** A report came in, this long after the notification was handed over. */
  reported(way: 'email' | 'sms', provider: string, status: 'delivered' | 'failed', afterMs: number): void;
  suppressed(way: 'email' | 'sms', reason: string): void;
  /** A device was dropped because its platform no longer knows it. */
  retired(platform: PushPlatform): void;
  /** A text was not sent: its country's budget is spent. */
  overBudget(country: Country): void;
}

export type ChannelsPorts = {
  readonly databases: Databases;
  readonly outbox: Outbox;
  readonly idempotency: Idempotency;
  readonly log: Log;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly recipients: Recipients;
  readonly templates: Templates;
  /** The sessions of someone that live, as identity's store knows. */
  readonly liveSessions: (userId: UserId) => Promise<ReadonlySet<SessionId>>;
  readonly stepUp: {
    /** Whether the token is one that this session was given for its PIN within the last 300 s. */
    verify(token: string | undefined, caller: Caller): Promise<boolean>;
  };
  readonly meters: ChannelMeters;
  readonly budgets: Budgets;
  /** Multiplies budgets: 1, or more for load tests. */
  readonly budgetFactor: number;
  readonly mail: Ranking<MailProvider>;
  readonly texts: Ranking<TextProvider>;
  readonly push: (platform: PushPlatform) => PushProvider;
  readonly readTextReport: ReadTextReport;
  readonly readMailReport: ReadMailReport;
  /** Takes over what became of a notification; see note-report.ts. */
  readonly noteReport: (report: {
    readonly notificationId: NotificationId;
    readonly status: 'delivered' | 'failed';
    readonly reason?: string;
    readonly goesOn?: boolean;
  }) => Promise<boolean>;
  readonly textPrices: Readonly<Record<Country, MicroDollars>>;
  readonly textsPerDay: MicroDollars;
  /** Where clients reach us, without a slash at its end. */
  readonly publicUrl: string;
  /** What browsers subscribe with. */
  readonly vapidPublicKey: string;
  /** Endpoints of browsers below this are taken though they are no public https: the sandbox. */
  readonly sandboxUrl: string | undefined;
};
