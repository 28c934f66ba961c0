import { Transform } from 'node:stream';
import { createTransport } from 'nodemailer';
import type { Handed, Mail, MailProvider, MailProviderName } from '#services/notifications/channels/ports.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import { messageOf } from './message.ts';

/** Until a server has greeted; one that takes longer is asked another time, since nothing was said yet. */
const CONNECT_WITHIN_MS = 5 * SECOND;
/** Between two words of it. Servers that scan a mail before they answer take several seconds. */
const SILENT_MAX_MS = 15 * SECOND;
/** In all, however slowly it speaks. */
const TAKEN_WITHIN_MS = 30 * SECOND;
const CONNECTIONS_MAX = 10;
const MAILS_PER_CONNECTION_MAX = 100;

/**
 * What DKIM covers, of what a mail has (RFC 6376 section 5.4). Mail programs offer one click only where both of its headers
 * are covered (RFC 8058 section 4).
 */
const SIGNED_HEADERS = [
  'From',
  'Reply-To',
  'Subject',
  'Date',
  'Message-ID',
  'To',
  'MIME-Version',
  'Content-Type',
  'Content-Transfer-Encoding',
  'List-Unsubscribe',
  'List-Unsubscribe-Post',
].join(':');

export type SmtpOptions = {
  readonly name: MailProviderName;
  /** `smtps://user@host:465` speaks TLS from the start, `smtp://user@host:587` turns to it before anything is said. */
  readonly url: string;
  readonly password: string;
  /** `off` sends in the clear where the server offers nothing else: the sandbox only. */
  readonly tls: 'required' | 'off';
  /** Authorities that sign its certificate, PEM; those that Node knows when not given. */
  readonly ca?: string;
  /** As in the From header: `Tchat <no-reply@tchat.example>`. */
  readonly from: string;
  readonly dkim?:
    | { readonly domainName: string; readonly keySelector: string; readonly privateKey: string }
    | undefined;
};

export type SmtpProvider = MailProvider & { close(): void };

/** What Nodemailer tells of a failure. */
type Failure = {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
  readonly response?: string;
};

/**
 * A mail server that takes mail by SMTP (RFC 5321).
 *
 * A mail was handed over when the server has said so. A failure before the whole mail was on its way means that the
 * server does not have it; after that, it may.
 */
export function makeSmtp({ name, url, password, tls, ca, from, dkim }: SmtpOptions): SmtpProvider {
  const { protocol, hostname, port, username } = new URL(url);
  const isSecure = protocol === 'smtps:';
  const transport = createTransport({
    pool: true,
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || (isSecure ? 465 : 587)),
    secure: isSecure,
    requireTLS: !isSecure && tls === 'required',
    ignoreTLS: !isSecure && tls === 'off',
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: password } }),
    ...(ca === undefined ? {} : { tls: { ca } }),
    ...(dkim === undefined ? {} : { dkim: { ...dkim, headerFieldNames: SIGNED_HEADERS } }),
    connectionTimeout: CONNECT_WITHIN_MS,
    greetingTimeout: CONNECT_WITHIN_MS,
    dnsTimeout: CONNECT_WITHIN_MS,
    socketTimeout: SILENT_MAX_MS,
    socketCloseTimeout: 0,
    maxConnections: CONNECTIONS_MAX,
    maxMessages: MAILS_PER_CONNECTION_MAX,
    idleTimeout: MINUTE,
    // A mail whose connection ends is not sent again here: whether it may be is decided by what is known of it.
    maxRequeues: 0,
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  /** Mails of which every byte was given to a connection, by Message-ID. */
  const onTheWire = new Set<string>();
  transport.use('stream', (mail, done) => {
    const counted = new Transform({
      transform: (chunk, _encoding, next) => next(null, chunk),
      flush: (next) => {
        onTheWire.add(String(mail.data.messageId));
        next();
      },
    });
    mail.message?.transform(counted);
    done();
  });

  async function send(mail: Mail): Promise<Handed> {
    const message = messageOf(mail, from);
    const { messageId } = message;
    try {
      const { response } = await transport.sendMail({ ...message, signal: AbortSignal.timeout(TAKEN_WITHIN_MS) });
      return { outcome: 'accepted', ref: refIn(response) ?? messageId };
    } catch (error) {
      return handedOf(error as Failure, onTheWire.has(messageId));
    } finally {
      onTheWire.delete(messageId);
    }
  }

  return { name, send, close: () => transport.close() };
}

/** SES and others answer `250 Ok <id>`: the id by which their reports name the mail. */
function refIn(response: string | undefined): string | undefined {
  return /^250 (?:\d\.\d\.\d )?Ok:? (?:queued as )?<?([\w.@-]{8,200})>?\s*$/i.exec(response ?? '')?.[1];
}

/** Steps that say who we are; what fails there is not the mail's fault. */
const OUR_STEPS = /^(CONN|EHLO|HELO|LHLO|STARTTLS|AUTH|MAIL FROM|API)/;
/** The reader's address is at fault (RFC 3463: 5.1.x but for the sender's, and a mailbox that is disabled). */
const NOBODY_THERE = /^\d{3}[ -]5\.(1\.[1236]|2\.1)\b/;

/** Reasons hold numbers only: what servers write may name the reader. */
function handedOf({ code, command, responseCode, response }: Failure, isOnTheWire: boolean): Handed {
  if (responseCode === undefined) {
    const reason = `failed with ${code ?? 'no code'}`;
    return isOnTheWire ? { outcome: 'unknown', reason } : { outcome: 'refused', blame: 'provider', reason };
  }
  const reason = `answered ${responseCode}`;
  // RFC 5321 section 4.2.1: 4yz may go through later, 5yz never will.
  const isOurs = responseCode < 500 || code === 'EAUTH' || OUR_STEPS.test(command ?? '');
  // One mailbox that is full, or holds strangers off for a while, says nothing of mail to others.
  const isOfThisOne = responseCode < 500 && command?.startsWith('RCPT TO') === true;
  if (isOurs) return { outcome: 'refused', blame: 'provider', reason, ...(isOfThisOne ? { isOfThisOne } : {}) };
  const blame = NOBODY_THERE.test(response ?? '') ? 'address' : 'message';
  return { outcome: 'refused', blame, reason };
}
