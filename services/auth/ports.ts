import type { SmsProviderName } from '#shared/contracts/auth/webhooks.ts';
import type { ChallengeId, SessionId, UserId } from '#shared/ids.ts';
import type { Country, Locale } from '#shared/regions.ts';

/** One draw on a budget: at most `limit` within any `windowMs`. */
export type Spend = {
  /** What is limited, such as `otp.phone`. */
  readonly bucket: string;
  /** Who is limited. Never stored as it is, so it may be a number or an address. */
  readonly key: string;
  readonly limit: number;
  readonly windowMs: number;
};

/** Counters that every process shares. */
export interface Budgets {
  /**
   * Draws on all budgets or on none, in one round trip. `retryAfterS` is the longest wait among those that are spent.
   *
   * @throws {AppError} UPSTREAM_UNAVAILABLE when the counters cannot be reached: what is limited fails closed
   */
  spend(spends: readonly Spend[]): Promise<{ allowed: true } | { allowed: false; retryAfterS: number }>;
}

/** Who keeps copies of who has blocked whom. Never rejects: a consumer of the event reaches what was missed. */
export interface Contacts {
  blockChanged(blocker: UserId, other: UserId): Promise<void>;
}

/** Tells every process within a second that sessions have ended. It may lose messages: Postgres is the truth. */
export interface RevocationFeed {
  publish(sessionIds: readonly SessionId[]): Promise<void>;
  /**
   * @param onRevoked called for what any process publishes, this one included
   * @param onStanding called each time the subscription stands: what was published before that moment is lost
   * @returns ends the subscription
   */
  subscribe(onRevoked: (sessionIds: readonly SessionId[]) => void, onStanding: () => void): () => void;
}

export type Sms = {
  /** E.164. */
  readonly to: string;
  readonly text: string;
  readonly locale: Locale;
  /** Ours; a delivery report brings it back. */
  readonly reference: ChallengeId;
};

/** A delivery report, or any other webhook of a provider, as it came in. */
export type ProviderRequest = {
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Everything after `?` as a client would write it; empty when there is none. */
  readonly query: string;
  readonly body: Uint8Array;
};

export type DeliveryReport = {
  /** Our reference, where the provider gave it back. */
  readonly reference: ChallengeId | undefined;
  readonly messageId: string;
  /** `pending` is any step on the way. */
  readonly status: 'pending' | 'delivered' | 'failed';
};

/** One company that carries text messages. */
export interface SmsProvider {
  readonly name: SmsProviderName;
  /**
   * Hands a text over; whether it arrives is told by a delivery report.
   *
   * @returns the provider's id of the message
   * @throws {AppError} UPSTREAM_UNAVAILABLE when it refuses or does not answer in time
   */
  send(sms: Sms): Promise<{ readonly messageId: string }>;
  /**
   * Reads a delivery report.
   *
   * @throws {AppError} UNAUTHORIZED unless the provider signed it, VALIDATION_ERROR when it cannot be read
   */
  readReport(request: ProviderRequest): Promise<DeliveryReport>;
}

/** The providers that reach a country, in order of preference. */
export type SmsProviders = (country: Country) => readonly SmsProvider[];
