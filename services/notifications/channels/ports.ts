import type { Country, Locale } from '#shared/regions.ts';

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
