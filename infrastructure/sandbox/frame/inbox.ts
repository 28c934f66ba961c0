import type { Clock } from '#shared/time.ts';

/** A message as it reached a person. `to` is an E.164 number, an e-mail address, or `push:` and where a push went. */
type Delivered = {
  readonly channel: 'sms' | 'voice' | 'email' | 'push';
  readonly provider: string;
  readonly to: string;
  readonly subject?: string;
  readonly text: string;
  /** Of a mail that has one. */
  readonly html?: string;
  /** Of a mail or a push, by their names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What a push brought to the app besides its text. */
  readonly data?: Readonly<Record<string, string>>;
  /** BCP 47, as the sender named it; null when it did not. */
  readonly locale: string | null;
  readonly received_at: string;
};

/** Half of the 200,000 latest messages that are remembered at most, about 100 MB. */
const GENERATION_MAX = 100_000;

/** What one look shows at most. */
const SHOWN_MAX = 100;

export interface Inbox {
  deliver(message: Omit<Delivered, 'received_at'>): void;
  /** The newest first. */
  messagesTo(to: string): readonly Delivered[];
}

/** Everybody's telephones and mailboxes. Kept in two generations, so that the oldest half is forgotten in one go. */
export function makeInbox(clock: Clock, generationMax = GENERATION_MAX): Inbox {
  let young = new Map<string, Delivered[]>();
  let old = new Map<string, Delivered[]>();
  let youngCount = 0;

  return {
    deliver: (message) => {
      if (youngCount >= generationMax) {
        old = young;
        young = new Map();
        youngCount = 0;
      }
      youngCount += 1;
      const received: Delivered = { ...message, received_at: clock().toISOString() };
      const messages = young.get(message.to);
      if (messages === undefined) young.set(message.to, [received]);
      else messages.push(received);
    },
    messagesTo: (to) =>
      [...(old.get(to) ?? []).slice(-SHOWN_MAX), ...(young.get(to) ?? []).slice(-SHOWN_MAX)]
        .slice(-SHOWN_MAX)
        .toReversed(),
  };
}
