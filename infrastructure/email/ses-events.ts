import { createPublicKey, createVerify, type KeyObject, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { MailReport, ProviderRequest, ReadMailReport } from '#services/notifications/channels/ports.ts';
import { AppError } from '#shared/errors.ts';
import { type Clock, HOUR, MINUTE, SECOND } from '#shared/time.ts';

export type SesEventsOptions = {
  /** Where signing keys are fetched and subscriptions confirmed, with a slash at its end; nothing elsewhere is. */
  readonly snsUrl: string;
  readonly topicArn: string;
  readonly clock: Clock;
};

/** SNS tries for an hour what was not taken. What is older says nothing new, since every report is taken over once. */
const AGE_MAX_MS = HOUR;
const SKEW_MAX_MS = 5 * MINUTE;
const FETCH_WITHIN_MS = 5 * SECOND;
const KEY_CHARACTERS_MAX = 20_000;
/** SNS has one key for a year or so. */
const KEYS_MAX = 8;

const text = z.string().max(300_000);
const Message = z.object({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: text,
  TopicArn: text,
  Message: text,
  Timestamp: z.iso.datetime({ offset: true }),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.base64(),
  SigningCertURL: z.url(),
  Subject: text.optional(),
  SubscribeURL: z.url().optional(),
  Token: text.optional(),
});
type Message = z.output<typeof Message>;

const SIGNED = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const;

const ALGORITHM = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' } as const;

const Recipients = z.array(z.object({ emailAddress: z.string() })).max(50);
const Event = z.object({
  eventType: z.string(),
  mail: z.object({
    messageId: z.string().min(1).max(300),
    headers: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  }),
  bounce: z.object({ bounceType: z.string(), bouncedRecipients: Recipients }).optional(),
  complaint: z.object({ complainedRecipients: Recipients }).optional(),
});
type Event = z.output<typeof Event>;

/**
 * Reads what SES publishes about mails by SNS: signed by a key that lies at SNS's own host, for our topic, and fresh
 * (docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html).
 */
export function makeReadSesEvents({ snsUrl, topicArn, clock }: SesEventsOptions): ReadMailReport {
  const keys = new Map<string, KeyObject>();

  async function keyAt(url: string): Promise<KeyObject> {
    const known = keys.get(url);
    if (known !== undefined) return known;
    const key = keyIn(await fetchText(url), clock());
    if (keys.size >= KEYS_MAX) keys.clear();
    keys.set(url, key);
    return key;
  }

  async function checked({ body }: ProviderRequest): Promise<Message> {
    const parsed = Message.safeParse(jsonOf(Buffer.from(body).toString('utf8')));
    if (!parsed.success) throw new AppError('VALIDATION_ERROR');
    const message = parsed.data;
    const ageMs = clock().getTime() - Date.parse(message.Timestamp);
    const isOurs = message.TopicArn === topicArn && ageMs <= AGE_MAX_MS && ageMs >= -SKEW_MAX_MS;
    if (!isOurs || !isBelow(message.SigningCertURL, snsUrl)) throw unsigned();
    const key = await keyAt(message.SigningCertURL);
    const verify = createVerify(ALGORITHM[message.SignatureVersion]).update(signedText(message));
    if (!verify.verify(key, message.Signature, 'base64')) throw unsigned();
    return message;
  }

  return async (request) => {
    const message = await checked(request);
    if (message.Type === 'Notification') return reportOf(message.Message);
    if (message.Type === 'SubscriptionConfirmation') {
      if (message.SubscribeURL === undefined || !isBelow(message.SubscribeURL, snsUrl)) throw unsigned();
      await fetchText(message.SubscribeURL);
    }
    return undefined;
  };
}

/** Whether an address lies below another in every notation: both as the URL parser writes them. */
function isBelow(address: string, base: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.username === '' && url.password === '' && url.href.startsWith(new URL(base).href);
}

function signedText(message: Message): string {
  const parts = SIGNED[message.Type].map((name) => (message[name] === undefined ? '' : `${name}\n${message[name]}\n`));
  return parts.join('');
}

/** @throws {AppError} UPSTREAM_UNAVAILABLE, so that the message is sent again */
async function fetchText(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_WITHIN_MS), redirect: 'error' });
    const body = await response.text();
    if (response.ok) return body;
    throw new Error(`answered ${response.status}`);
  } catch (cause) {
    throw new AppError('UPSTREAM_UNAVAILABLE', { message: 'SNS does not answer', cause });
  }
}

/** The key of a certificate that is good today, or a key as it is. */
function keyIn(pem: string, at: Date): KeyObject {
  if (pem.length > KEY_CHARACTERS_MAX) throw unsigned();
  try {
    if (!pem.includes('BEGIN CERTIFICATE')) return createPublicKey(pem);
    const certificate = new X509Certificate(pem);
    if (new Date(certificate.validFrom) <= at && at <= new Date(certificate.validTo)) return certificate.publicKey;
  } catch (cause) {
    throw unsigned(cause);
  }
  throw unsigned();
}

/** SES tells of more than we watch: opens, clicks and the like are no reports. */
function reportOf(json: string): MailReport | undefined {
  const parsed = Event.safeParse(jsonOf(json));
  if (!parsed.success) throw new AppError('VALIDATION_ERROR');
  const event = parsed.data;
  const { messageId: ref, headers } = event.mail;
  const reference = headers.find(({ name }) => name.toLowerCase() === 'x-tchat-id')?.value;
  return { reference, ref, ...whatOf(event) };
}

/** A soft bounce, of a mailbox that is full, fails this mail and suppresses nobody. */
function whatOf({ eventType, bounce, complaint }: Event): Pick<MailReport, 'status' | 'suppress'> {
  const addresses = (list: z.output<typeof Recipients> | undefined) =>
    (list ?? []).map(({ emailAddress }) => emailAddress);
  switch (eventType) {
    case 'Delivery':
      return { status: 'delivered', suppress: undefined };
    case 'Reject':
      return { status: 'failed', suppress: undefined };
    case 'Bounce': {
      const isHard = bounce?.bounceType === 'Permanent';
      const suppress = isHard
        ? ({ for: 'hard_bounce', addresses: addresses(bounce.bouncedRecipients) } as const)
        : undefined;
      return { status: 'failed', suppress };
    }
    case 'Complaint':
      // Whoever complains has read it.
      return {
        status: 'delivered',
        suppress: { for: 'complaint', addresses: addresses(complaint?.complainedRecipients) },
      };
    default:
      return { status: 'pending', suppress: undefined };
  }
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function unsigned(cause?: unknown): AppError {
  return new AppError('UNAUTHORIZED', { message: 'The signature does not fit', cause });
}
