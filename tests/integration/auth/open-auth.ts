import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { expect } from 'vitest';
import { type RedisConnection, openRedis } from '#infrastructure/redis/connect.ts';
import { makeBudgets } from '#infrastructure/redis/budgets.ts';
import { otpMetrics } from '#infrastructure/metrics/otp-metrics.ts';
import { makeRevocationFeed } from '#infrastructure/redis/revocation-feed.ts';
import { openKeyManagement } from '#infrastructure/keys/open-key-management.ts';
import { deliveryMetrics } from '#infrastructure/sms/delivery-metrics.ts';
import { makeSmsProviders } from '#infrastructure/sms/providers.ts';
import { type Identity, openIdentity } from '#services/auth/identity.ts';
import { makeOtpDelivery, type OtpDelivery } from '#services/auth/otp-delivery.ts';
import { deriveSecrets, type Secrets } from '#services/auth/secrets.ts';
import type { OtpPolicy } from '#services/auth/otp-guards.ts';
import { type AuthService, makeAuth } from '#services/auth/service.ts';
import { readSigningKeys, type SigningKeys } from '#services/auth/signing-keys.ts';
import type { VerifyOtp } from '#services/auth/verify-otp.ts';
import { SmsProviderName } from '#shared/contracts/auth/webhooks.ts';
import type { Caller } from '#shared/caller.ts';
import type { ChallengeId, UserId } from '#shared/ids.ts';
import { COUNTRIES, type Country } from '#shared/regions.ts';
import { firstRow, statement } from '#shared/sql.ts';
import { DAY } from '#shared/time.ts';
import { testConfig } from '#tests/harness/config.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { INFOBIP, type OpenSandbox, openSandbox } from '../sandbox/open-sandbox.ts';

const CHALLENGE_OF = statement('test.challenge-of', 'SELECT id FROM auth.otp_challenges WHERE phone_number = $1');
const EVENTS = statement('test.events', 'SELECT type, aggregate_id, data FROM events.outbox ORDER BY position');

type Written = { readonly type: string; readonly aggregate_id: string; readonly data: Record<string, unknown> };

export type TestAuth = {
  readonly auth: AuthService;
  readonly identity: Identity;
  readonly delivery: OtpDelivery;
  /** Those whose wallets hold something. */
  readonly rich: Set<UserId>;
  /** What those who keep copies of blocks were told. */
  readonly blockChanges: readonly (readonly [UserId, UserId])[];
  readonly db: FreshDatabase;
  readonly sandbox: OpenSandbox;
  readonly secrets: Secrets;
  readonly keys: SigningKeys;
  /** The connections of `identity`: one that publishes, one that listens. */
  readonly redis: readonly RedisConnection[];
  readonly publicUrl: string;
  /** Another process over the same stores, closed with the rest. */
  openNode(): Promise<Identity & { readonly redis: readonly RedisConnection[] }>;
  challengeOf(phone: string): Promise<ChallengeId | undefined>;
  /** Delivers the live code of a number through the first provider, and reads it in the inbox. */
  codeOf(phone: string): Promise<string>;
  /** Asks for a code and logs in with it. */
  logIn(phone?: string, more?: Partial<VerifyOtp>): Promise<LoggedIn>;
  /** Hands the delivery reports that came in since the last time to the use case, once there are any; returns how many. */
  deliverReports(): Promise<number>;
  readonly budgetsRedis: RedisConnection;
  /** What the transactions so far have written to the outbox, audit entries included. */
  written(type?: string): Promise<Written[]>;
  run(sql: string, values?: readonly unknown[]): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

type LoggedIn = Awaited<ReturnType<AuthService['verifyOtp']>> & { readonly caller: Caller };

export const PHONE = '+66812345678';
export const AGENT = 'tests/1';
export const IP = '203.0.113.7';

type Options = { readonly budgetFactor?: number; readonly policy?: Partial<OtpPolicy>; readonly watchedMs?: number };

export function openPolicy(factor: number): OtpPolicy {
  const prices = COUNTRIES.map((country) => [country, 30_000n] as const);
  return {
    countries: new Set(COUNTRIES),
    codesPerHour: 10_000,
    textPrices: Object.fromEntries(prices) as OtpPolicy['textPrices'],
    spendPerDay: 1_000_000_000n,
    factor,
  };
}

/** Identity over the real engines and the sandbox, as `main.ts` wires it. */
export async function openAuth({ budgetFactor = 1_000, policy, watchedMs }: Options = {}): Promise<TestAuth> {
  const opening = new AsyncDisposableStack();
  const db = opening.use(await freshDatabase());
  const sandbox = opening.use(await openSandbox());
  const publicUrl = sandbox.receiver.url;
  const config = testConfig(db.url, {
    PUBLIC_URL: publicUrl,
    TWILIO_BASE_URL: `${sandbox.url}/twilio`,
    TWILIO_ACCOUNT_SID: 'AC1234',
    TWILIO_AUTH_TOKEN: 'a token of Twilio',
    VONAGE_BASE_URL: `${sandbox.url}/vonage`,
    VONAGE_API_KEY: 'key',
    VONAGE_API_SECRET: 'a secret of Vonage that is long',
    INFOBIP_BASE_URL: `${sandbox.url}/infobip`,
    INFOBIP_API_KEY: INFOBIP.apiKey,
  });
  const { databases, outbox } = db;
  const clock = () => new Date();
  const log = quietLog;

  async function openNode() {
    const [publisher, subscriber] = await Promise.all([
      openRedis({ url: config.REDIS_URL, name: 'test-publish', log }),
      openRedis({ url: config.REDIS_URL, name: 'test-subscribe', log }),
    ]);
    const feed = makeRevocationFeed({ publisher, subscriber, prefix: config.REDIS_PREFIX, log });
    const signingKeys = config.TOKEN_SIGNING_KEYS;
    const issuer = config.PUBLIC_URL;
    const keyManagement = openKeyManagement(config);
    const identity = await openIdentity({ databases, feed, keyManagement, log, clock, signingKeys, issuer });
    const node = {
      ...identity,
      redis: [publisher, subscriber],
      [Symbol.asyncDispose]: async () => {
        await identity[Symbol.asyncDispose]();
        await Promise.all([publisher[Symbol.asyncDispose](), subscriber[Symbol.asyncDispose]()]);
      },
    };
    opening.use(node);
    return node;
  }

  const identity = await openNode();
  const secrets = deriveSecrets({
    otpKey: config.OTP_KEY,
    refreshKey: config.REFRESH_KEY,
    pinKey: config.PIN_KEY,
  });
  const providers = makeSmsProviders(config, clock);
  const delivery = makeOtpDelivery({
    databases,
    outbox,
    log,
    secrets,
    providers,
    metrics: deliveryMetrics,
    watchedMs,
  });
  const redis = opening.use(await openRedis({ url: config.REDIS_URL, name: 'test-budgets', log }));
  const budgets = makeBudgets({ redis, prefix: randomBytes(5).toString('hex'), digestKey: 'test' });
  const blockChanges: (readonly [UserId, UserId])[] = [];
  const rich = new Set<UserId>();
  const auth = makeAuth({
    databases,
    outbox,
    budgets,
    contacts: { blockChanged: async (blocker, other) => void blockChanges.push([blocker, other]) },
    funds: { hasAny: async (userId) => rich.has(userId) },
    accountIdleAfterMs: 90 * DAY,
    identity,
    delivery,
    secrets,
    clock,
    budgetFactor,
    otpPolicy: { ...openPolicy(budgetFactor), ...policy },
    otpMetrics,
    webOrigins: ['https://app.tchat.example'],
  });

  async function challengeOf(phone: string): Promise<ChallengeId | undefined> {
    return (await firstRow<{ id: ChallengeId }>(db.database, CHALLENGE_OF, [phone]))?.id;
  }

  async function codeOf(phone: string): Promise<string> {
    await delivery.send({ challengeId: (await challengeOf(phone))!, attempt: 0 });
    const { body } = await sandbox.call(`/sandbox/inbox?to=${encodeURIComponent(phone)}`);
    const [newest] = body as { text: string }[];
    return /\b\d{6}\b/.exec(newest!.text)![0];
  }

  let reported = 0;
  async function deliverReports(): Promise<number> {
    const { received } = sandbox.receiver;
    await expect.poll(() => received.length).toBeGreaterThan(reported);
    for (const { path, headers, body } of received.slice(reported)) {
      const { pathname, search } = new URL(path, publicUrl);
      const provider = SmsProviderName.parse(pathname.split('/').at(-1));
      await delivery.report(provider, { headers: flat(headers), query: search.slice(1), body: Buffer.from(body) });
    }
    const count = received.length - reported;
    reported = received.length;
    return count;
  }

  return {
    auth,
    identity,
    delivery,
    rich,
    blockChanges,
    db,
    sandbox,
    secrets,
    keys: readSigningKeys(config.TOKEN_SIGNING_KEYS),
    redis: identity.redis,
    publicUrl,
    openNode,
    challengeOf,
    codeOf,
    deliverReports,
    budgetsRedis: redis,
    logIn: async (phone = PHONE, more = {}) => {
      const country: Country = more.country ?? 'TH';
      await auth.sendOtp({ phoneNumber: phone, country, localeTag: 'en', ip: IP });
      const login = await auth.verifyOtp({ ...attempt(await codeOf(phone), phone, country), ...more });
      return { ...login, caller: await identity.authenticate(login.accessToken) };
    },
    written: async (type) => {
      const rows = await db.database.rows<Written>(EVENTS);
      return type === undefined ? rows : rows.filter((row) => row.type === type);
    },
    run: async (sql, values = []) => void (await db.database.rows(statement('', sql), values)),
    [Symbol.asyncDispose]: () => opening.disposeAsync(),
  };
}

/** A login as a phone makes it. */
export function attempt(code: string, phoneNumber = PHONE, country: Country = 'TH'): VerifyOtp {
  const device = { id: 'device-1', platform: 'mobile_ios', appVersion: '1.0' } as const;
  return { phoneNumber, country, code, device, ip: IP, userAgent: AGENT };
}

/** Any code but this one. */
export function wrong(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}

/** Headers as the gateway gives them to handlers: those that came more than once are of no use here. */
export function flat(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value?.toString()]));
}
