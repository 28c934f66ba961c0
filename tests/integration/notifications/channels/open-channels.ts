import type { KeyObject } from 'node:crypto';
import { openGround } from '#services/ground.main.ts';
import { pinMark } from '#services/auth/step-up-mark.ts';
import { makeKeyring } from '#services/notifications/channels/keyring.ts';
import type { Parcel } from '#services/notifications/ports.ts';
import { openChannels as wireChannels } from '#services/wire-channels.main.ts';
import { notificationsPorts } from '#services/wire-notifications.main.ts';
import type { Caller, Role } from '#shared/caller.ts';
import type { NotificationId, SessionId, UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { COUNTRY_FACTS, type Country } from '#shared/regions.ts';
import { statement } from '#shared/sql.ts';
import { testConfig } from '#tests/harness/config.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { APNS, FCM, INFOBIP, MAIL, openSandbox, TWILIO, VONAGE } from '#tests/integration/sandbox/open-sandbox.ts';
import type { Received } from '#tests/integration/sandbox/receiver.ts';

export type Shown = {
  readonly provider: string;
  readonly subject?: string;
  readonly text: string;
  readonly html?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type TestChannels = Awaited<ReturnType<typeof openChannels>>;

const inOneLine = (key: KeyObject) => key.export({ format: 'der', type: 'pkcs8' }).toString('base64');

/** The ways out of the house as `main.ts` wires them, over real engines and the sandbox, whose reports reach a receiver. */
export async function openChannels(settings: Readonly<Record<string, string>> = {}) {
  const resources = new AsyncDisposableStack();
  const db = resources.use(await freshDatabase());
  const sandbox = resources.use(await openSandbox());
  const at = (account: string) => sandbox.mailUrl.replace('smtp://', `smtp://${account}@`);
  const config = testConfig(db.url, {
    PUBLIC_URL: sandbox.receiver.url,
    SANDBOX_URL: sandbox.url,
    TWILIO_BASE_URL: `${sandbox.url}/twilio`,
    TWILIO_ACCOUNT_SID: TWILIO.accountSid,
    TWILIO_AUTH_TOKEN: TWILIO.authToken,
    VONAGE_BASE_URL: `${sandbox.url}/vonage`,
    VONAGE_API_KEY: VONAGE.apiKey,
    VONAGE_API_SECRET: VONAGE.apiSecret,
    INFOBIP_BASE_URL: `${sandbox.url}/infobip`,
    INFOBIP_API_KEY: INFOBIP.apiKey,
    MAIL_PRIMARY_URL: at('primary'),
    MAIL_PRIMARY_PASSWORD: MAIL.accounts.primary,
    MAIL_SECONDARY_URL: at('secondary'),
    MAIL_SECONDARY_PASSWORD: MAIL.accounts.secondary,
    MAIL_TLS: 'off',
    MAIL_EVENTS_URL: `${sandbox.url}/ses/`,
    MAIL_EVENTS_TOPIC: MAIL.topicArn,
    FCM_BASE_URL: `${sandbox.url}/fcm`,
    FCM_TOKEN_URL: `${sandbox.url}/fcm/token`,
    FCM_PROJECT_ID: FCM.projectId,
    FCM_CLIENT_EMAIL: FCM.clientEmail,
    FCM_PRIVATE_KEY: inOneLine(FCM.privateKey),
    APNS_BASE_URL: sandbox.apnsUrl,
    APNS_TEAM_ID: APNS.teamId,
    APNS_KEY_ID: APNS.keyId,
    APNS_TOPIC: APNS.topic,
    APNS_PRIVATE_KEY: inOneLine(APNS.privateKey),
    ...settings,
  });
  const ground = resources.use(await openGround('test', config, quietLog));
  const { channels, close } = wireChannels(ground, notificationsPorts(ground));
  resources.defer(close);

  async function rows<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return await db.database.rows<Row>(statement('', text), values);
  }

  let numbers = 0;
  const at_ = {
    db,
    sandbox,
    config,
    ground,
    channels,
    keyring: makeKeyring(config.NOTIFICATION_KEY),
    rows,

    /** Someone with an account and a session. */
    async person({ role = 'user', country = 'TH' }: { role?: Role; country?: Country } = {}): Promise<
      Caller & { readonly phone: string }
    > {
      const userId = newId<UserId>(country);
      const phone = PHONES[country] + String(numbers++).padStart(2, '0');
      const { locale, timezone } = COUNTRY_FACTS[country];
      await rows(
        `INSERT INTO auth.accounts (id, phone_number, country_code, role, display_name, locale, timezone)
         VALUES ($1, $2, $3, $4, 'Somebody', $5, $6)`,
        [userId, phone, country, role, locale, timezone],
      );
      const expiresAt = new Date(Date.now() + 3_600_000);
      const sessionId = newId<SessionId>(country);
      await at_.session({ userId, sessionId });
      return { userId, sessionId, role, country, expiresAt, phone };
    },

    /** What proves the PIN of someone, in a session of theirs. */
    async proof(person: Caller): Promise<string> {
      const hash = 'a hash of a PIN';
      await rows('INSERT INTO auth.pins (account_id, hash) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        person.userId,
        hash,
      ]);
      return await ground.identity.tokens.signStepUp(person, pinMark(hash));
    },

    /** Opens a session of someone. */
    async session({ userId, sessionId }: Pick<Caller, 'userId' | 'sessionId'>): Promise<void> {
      await rows(
        `INSERT INTO auth.sessions (id, account_id, refresh_hash, user_agent, ip_address, expires_at)
         VALUES ($1, $2, sha256($3), 'test', '127.0.0.1', now() + interval '1 hour')`,
        [sessionId, userId, Buffer.from(sessionId)],
      );
    },

    async inbox(to: string): Promise<readonly Shown[]> {
      const { body } = await sandbox.call(`/sandbox/inbox?to=${encodeURIComponent(to)}`);
      return body as Shown[];
    },

    async fault(target: string, kind: string, count = 1): Promise<void> {
      await sandbox.call('/sandbox/faults', { body: { target, kind, count } });
    },

    /** Follows a link of the domain's consumers: sends the mails that ask. */
    async askPending(): Promise<void> {
      const asked = await rows<{ aggregate_id: NotificationId }>(
        "SELECT aggregate_id FROM events.outbox WHERE type = 'notifications.email_confirmation_asked' ORDER BY position",
      );
      for (const { aggregate_id: id } of asked) await channels.askToConfirm(id);
    },

    /** Says where someone reads mail, and follows the link in the mail that asks. */
    async confirmed(person: Caller, address: string): Promise<void> {
      await channels.setEmail(person, address, await at_.proof(person));
      await at_.askPending();
      await channels.confirmEmail(await at_.linkTo(address));
    },

    /** The token of the latest link in the latest mail to an address. */
    async linkTo(address: string): Promise<string> {
      const [mail] = await at_.inbox(address);
      return /token=([\w.-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
    },

    /** What a provider has sent to the receiver since, as the gateway hands it on. */
    async reports(provider: string, count = 1): Promise<readonly ReturnType<typeof requestOf>[]> {
      const ofProvider = () =>
        sandbox.receiver.received.filter(({ path }) => path.includes(`/notifications/webhooks/${provider}`));
      const until = Date.now() + 10_000;
      while (ofProvider().length < count && Date.now() < until) await new Promise((done) => setTimeout(done, 20));
      return ofProvider().map(requestOf);
    },

    attempts: () =>
      rows<{ way: string; provider: string; state: string; blame: string | null; tries: number }>(
        'SELECT way, provider, state, blame, tries FROM notifications.attempts ORDER BY created_at, provider',
      ),

    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
  return at_;
}

const PHONES: Readonly<Record<Country, string>> = {
  TH: '+668123456',
  SG: '+65812345',
  ID: '+62812345678',
  MY: '+601234567',
  PH: '+6391712345',
  VN: '+849123456',
};

function requestOf({ headers, path, body }: Received) {
  const flat = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]),
  );
  return { headers: flat, query: path.split('?')[1] ?? '', body: Buffer.from(body) };
}

/** Something to bring to someone. */
export function parcelTo(person: Caller & { readonly phone: string }, over: Partial<Parcel> = {}): Parcel {
  const { userId, country, phone } = person;
  const { locale } = COUNTRY_FACTS[country];
  return {
    notificationId: newId<NotificationId>(country),
    recipient: { userId, country, locale, phone },
    way: 'email',
    written: { version: 1, locale, subject: 'A word', text: 'Something happened' },
    channel: 'payments',
    urgent: false,
    collapseKey: undefined,
    data: { order_id: 'o1' },
    ...over,
  };
}
