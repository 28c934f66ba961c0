import { createSign, generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { unreachable } from '#shared/errors.ts';
import { BoundedMap } from '../../frame/bounded-map.ts';
import type { Webhook } from '../../frame/webhooks.ts';
import type { World } from '../../frame/world.ts';
import { DELIVERED_AFTER_MS } from '../sms.ts';

export const MAIL_EVENT_TYPES = ['Delivery', 'Bounce', 'Complaint'] as const;
export type MailEventType = (typeof MAIL_EVENT_TYPES)[number];

export type SesAccount = {
  /** The topic that events are published to. */
  readonly topicArn: string;
};

/** A mail that was taken. `reference` is the sender's own, from a header. */
type Taken = { readonly id: string; readonly address: string; readonly reference: string | undefined };

type Said = {
  readonly type: MailEventType;
  /** `Permanent`, or `Transient` for a mailbox that is full. */
  readonly bounceType?: string | undefined;
  readonly messageId?: string | undefined;
  readonly signature?: 'good' | 'bad' | undefined;
  readonly timestamp?: string | undefined;
};

export type MailEvents = {
  /** The id of a mail, as SES makes them. */
  readonly mint: () => string;
  /** Tells in a moment what became of a mail. */
  readonly report: (taken: Taken) => void;
  /** A report about the mail with the sender's reference, to be sent by hand; undefined when there is none. */
  readonly reportOf: (reference: string, said: Said) => Webhook | undefined;
  /** The message with which a topic asks to be confirmed. */
  readonly subscription: (signature?: 'good' | 'bad') => Webhook;
  /** The key that signs, PEM, and the name of its file. */
  readonly certificate: { readonly name: string; readonly pem: string };
};

/** Mails that are remembered. */
const REMEMBERED_MAX = 50_000;
/** SNS tries for longer; a receiver that is away for minutes is not what this is for. */
const TRIES_MAX = 5;

const SIGNED = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const;

/**
 * What SES publishes about mails, through a topic of SNS: signed by the key that a file at the topic's host holds.
 *
 * @param baseUrl where the sandbox serves this provider
 * @param url where the topic's messages go
 */
export function makeMailEvents(world: World, { topicArn }: SesAccount, baseUrl: () => string, url: string): MailEvents {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const name = `SimpleNotificationService-${randomBytes(16).toString('hex')}.pem`;
  const takenByReference = new BoundedMap<string, Taken>(REMEMBERED_MAX);

  function published(content: Readonly<Record<string, string>>, said: Partial<Said> = {}): Webhook {
    const messageId = said.messageId ?? randomUUID();
    return {
      provider: 'ses',
      kind: 'delivery_report',
      url,
      triesMax: TRIES_MAX,
      afterMs: DELIVERED_AFTER_MS,
      compose: (at) => {
        const message: Record<string, string> = {
          ...content,
          MessageId: messageId,
          TopicArn: topicArn,
          Timestamp: said.timestamp ?? at.toISOString(),
          SignatureVersion: '2',
          SigningCertURL: `${baseUrl()}/${name}`,
        };
        message['Signature'] = signatureOf(message, privateKey, said.signature);
        return {
          headers: {
            'content-type': 'text/plain; charset=UTF-8',
            'x-amz-sns-message-type': message['Type']!,
            'x-amz-sns-message-id': messageId,
            'x-amz-sns-topic-arn': topicArn,
          },
          body: JSON.stringify(message),
        };
      },
    };
  }

  function webhookOf(taken: Taken, said: Said): Webhook {
    const event = { ...eventOf(taken, said, world.clock()) };
    return published({ Type: 'Notification', Message: JSON.stringify(event) }, said);
  }

  return {
    certificate: { name, pem: publicKey.export({ format: 'pem', type: 'spki' }) as string },
    mint: () => `0100${randomBytes(12).toString('hex')}-${randomUUID()}-000000`,
    report: (taken) => {
      if (taken.reference !== undefined) takenByReference.set(taken.reference, taken);
      world.webhooks.send(webhookOf(taken, { type: typeFor(taken.address) }));
    },
    reportOf: (reference, said) => {
      const taken = takenByReference.get(reference);
      return taken === undefined ? undefined : webhookOf(taken, said);
    },
    subscription: (signature = 'good') =>
      published(
        {
          Type: 'SubscriptionConfirmation',
          Token: randomBytes(32).toString('hex'),
          Message: 'You have chosen to subscribe to the topic.',
          SubscribeURL: `${baseUrl()}/confirm?Action=ConfirmSubscription`,
        },
        { signature },
      ),
  };
}

function typeFor(address: string): MailEventType {
  if (/^bounce/i.test(address)) return 'Bounce';
  return /^complaint/i.test(address) ? 'Complaint' : 'Delivery';
}

/** An event as SES's event publishing has it. */
function eventOf({ id, address, reference }: Taken, { type, bounceType = 'Permanent' }: Said, at: Date): object {
  const timestamp = at.toISOString();
  const headers = reference === undefined ? [] : [{ name: 'X-Tchat-Id', value: reference }];
  const mail = { timestamp, messageId: id, destination: [address], headersTruncated: false, headers };
  switch (type) {
    case 'Bounce': {
      const bounceSubType = bounceType === 'Permanent' ? 'General' : 'MailboxFull';
      const bouncedRecipients = [{ emailAddress: address, action: 'failed', status: '5.1.1' }];
      return { eventType: type, mail, bounce: { bounceType, bounceSubType, bouncedRecipients, timestamp } };
    }
    case 'Complaint': {
      const complainedRecipients = [{ emailAddress: address }];
      return { eventType: type, mail, complaint: { complainedRecipients, timestamp, complaintFeedbackType: 'abuse' } };
    }
    case 'Delivery':
      return { eventType: type, mail, delivery: { timestamp, recipients: [address], smtpResponse: '250 ok' } };
    default:
      return unreachable(type);
  }
}

/** docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html, signature version 2. */
function signatureOf(message: Readonly<Record<string, string>>, key: KeyObject, signature: 'good' | 'bad' = 'good') {
  const names = SIGNED[message['Type'] as keyof typeof SIGNED];
  const text = names.flatMap((name) => (message[name] === undefined ? [] : [`${name}\n${message[name]}\n`])).join('');
  const signed = signature === 'good' ? text : `${text}changed`;
  return createSign('RSA-SHA256').update(signed).sign(key, 'base64');
}
