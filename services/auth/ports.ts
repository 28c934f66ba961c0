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
  /** How much is drawn; one when not said. */
  readonly count?: number;
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

/** What payments know of people's money. */
export interface Funds {
  /** Whether any wallet of theirs holds anything. */
  hasAny(userId: UserId): Promise<boolean>;
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
  /** For a provider of calls, what is said. */
  readonly text: string;
  /** The code in `text`, for those who must spell it. */
  readonly code: string;
  readonly locale: Locale;
  /** Ours; a delivery report brings it back. */
  readonly reference: ChallengeId;
};

/**
 * What became of handing a text over.
 *
 * - `accepted`: the provider has it; whether it arrives is told by a delivery report.
 * - `refused`: it does not have it. `blame` tells whether the text or its number was at fault, or the provider.
 * - `unknown`: it did not answer, or broke while it did, so it may have it.
 */
export type Handed =
  | { readonly outcome: 'accepted'; readonly messageId: string }
  | {
      readonly outcome: 'refused';
      readonly blame: 'provider' | 'message';
      readonly reason: string;
      /** Whoever has the number has told the provider to send them nothing more (STOP). */
      readonly hasOptedOut?: boolean;
    }
  | { readonly outcome: 'unknown'; readonly reason: string };

/** What a provider says when it is asked about a text: its id of it, that there is none, or nothing of use. */
export type Found =
  | { readonly outcome: 'found'; readonly messageId: string }
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'unknown' };

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

/** One way by which codes reach phones. None of its calls takes longer than its own limit. */
export interface SmsProvider {
  readonly name: SmsProviderName;
  /** Calls are the last resort: they cost more, and ring. */
  readonly channel: 'sms' | 'voice';
  /** Hands a text over. Never rejects. */
  send(sms: Sms): Promise<Handed>;
  /** Asks whether a text was taken, where the provider's interface can tell. Never rejects. */
  find?(sms: Sms): Promise<Found>;
  /**
   * Reads a delivery report.
   *
   * @throws {AppError} UNAUTHORIZED unless the provider signed it, VALIDATION_ERROR when it cannot be read
   */
  readReport(request: ProviderRequest): Promise<DeliveryReport>;
}

/** What is measured of deliveries. Nothing here names a person. */
export interface DeliveryMetrics {
  /** A provider was handed a text, or could not be. */
  handed(country: Country, provider: SmsProviderName, outcome: 'accepted' | 'failed' | 'unknown'): void;
  /** A report came in, this long after the text was handed over. */
  reported(country: Country, provider: SmsProviderName, status: 'delivered' | 'failed', afterMs: number): void;
  /** Whether a provider comes after the others, because it failed lately. */
  standing(country: Country, provider: SmsProviderName, isSkipped: boolean): void;
  /** First texts that no workflow had sent in time. */
  sentFirst(country: Country, count: number): void;
}

/** The providers that reach a country, in order of preference. */
export type SmsProviders = (country: Country) => readonly SmsProvider[];
