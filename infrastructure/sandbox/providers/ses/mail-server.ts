import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '#shared/time.ts';
import { REQUEST_FAULTS } from '../../frame/faults.ts';
import type { World } from '../../frame/world.ts';
import type { MailEvents } from './events.ts';

/** Accounts at the mail server by user name; each is a provider of its own, with faults of its own. */
export type MailAccounts = { readonly primary: string; readonly secondary: string };

export type MailServerOptions = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly accounts: MailAccounts;
};

export type MailServer = { readonly port: number; stop(): Promise<void> };

/** Addresses whose mail comes to something else than arriving, by the beginning of their name, as at SES's simulator. */
const REFUSED = /^(nobody|refused|full)/i;

const SIZE_MAX = 1_000_000;
const SLOW_MS = 2 * SECOND;
const CLOSE_WITHIN_MS = 200;

/**
 * A mail server that takes mail by SMTP for everyone and shows it in the inbox. It offers STARTTLS with the certificate
 * that the package brings, which nobody trusts.
 *
 * An address that begins with `nobody` has no mailbox, one that begins with `refused` takes no mail, and one that begins
 * with `full` takes none now; `bounce` and
 * `complaint` take it, and say so afterwards. Faults strike when a whole mail has come in: `error` answers 451,
 * `timeout` answers nothing, `reset_after_commit` takes the mail and ends the connection without a word.
 */
export async function startMailServer(
  world: World,
  events: MailEvents,
  options: MailServerOptions,
): Promise<MailServer> {
  const { host, accounts } = options;
  const passwords = new Map(Object.entries(accounts));
  const server = new SMTPServer({
    authMethods: ['PLAIN', 'LOGIN'],
    allowInsecureAuth: true,
    size: SIZE_MAX,
    logger: false,
    disableReverseLookup: true,
    closeTimeout: CLOSE_WITHIN_MS,
    onAuth: ({ username = '', password }, _session, done) => {
      const isRight = password !== undefined && password !== null && passwords.get(username) === password;
      if (isRight) done(null, { user: username });
      else done(failure(535, '5.7.8 Authentication credentials invalid'));
    },
    onRcptTo: ({ address }, _session, done) => {
      const kind = REFUSED.exec(address)?.[1]?.toLowerCase();
      if (kind === 'nobody') done(failure(550, '5.1.1 There is no such mailbox'));
      else if (kind === 'full') done(failure(452, '4.2.2 This mailbox is full'));
      else if (kind === 'refused') done(failure(554, '5.7.1 This mailbox takes no mail from you'));
      else done();
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        void respond(Buffer.concat(chunks), session, done);
      });
    },
  });

  async function respond(raw: Buffer, session: SMTPServerSession, done: Answered): Promise<void> {
    try {
      const id = await taken(raw, session);
      if (id !== undefined) done(null, `Ok ${id}`);
    } catch (error) {
      done(error as Error);
    }
  }

  /** The id that is answered; undefined when nothing is. */
  async function taken(raw: Buffer, session: SMTPServerSession): Promise<string | undefined> {
    const provider = `mail_${String(session.user)}`;
    const fault = world.faults.draw(provider, REQUEST_FAULTS);
    switch (fault) {
      case 'timeout':
        return undefined;
      case 'error':
        throw failure(451, '4.3.2 Try again later');
      case 'slow':
        await sleep(SLOW_MS, undefined, { ref: false });
        break;
      case 'reset_after_commit':
      case undefined:
    }
    const mail = await PostalMime.parse(raw);
    const header = (key: string) => mail.headers.find((one) => one.key === key)?.value;
    const id = events.mint();
    for (const { address } of session.envelope.rcptTo) {
      world.inbox.deliver({
        channel: 'email',
        provider,
        to: address,
        subject: mail.subject ?? '',
        text: mail.text ?? '',
        ...(mail.html === undefined ? {} : { html: mail.html }),
        headers: Object.fromEntries(mail.headers.map(({ key, value }) => [key, value])),
        locale: header('content-language') ?? null,
      });
      events.report({ id, address, reference: header('x-tchat-id') });
    }
    if (fault !== 'reset_after_commit') return id;
    for (const connection of server.connections) if (connection.id === session.id) connection._socket.destroy();
    return undefined;
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, resolve);
  });
  server.on('error', () => undefined);
  return {
    port: (server.server.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

type Answered = (error: Error | null, message?: string) => void;

function failure(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
