import { rm } from 'node:fs/promises';
import { Registry } from 'prom-client';
import { openGateway } from '#gateway/open.main.ts';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { fxMeters } from '#infrastructure/metrics/fx-metrics.ts';
import { auditChain } from '#infrastructure/events/audit-chain.ts';
import { makeOutbox } from '#infrastructure/events/outbox.ts';
import { seedAccounts, type SeededAccount } from '#services/auth/seed-accounts.ts';
import { readSigningKeys } from '#services/auth/signing-keys.ts';
import { makeTokens } from '#services/auth/tokens.ts';
import { seedShops } from '#services/commerce/seed-shops.ts';
import { makeRefreshRates } from '#services/payments/conversion/refresh-rates.ts';
import { seedWallets } from '#services/payments/seed-wallets.ts';
import { fxRulesOf } from '#services/fx-rules.main.ts';
import { authSecrets } from '#services/wire-auth.main.ts';
import { openMessagingUpkeep } from '#services/wire-messaging-upkeep.main.ts';
import type { Role } from '#shared/caller.ts';
import { type CaseId, regionOf, type SessionId, type ShopId, type UserId, type WalletId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { HOUR } from '#shared/time.ts';
import { testConfig } from '#tests/harness/config.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { madeSecrets } from '#tests/harness/environment.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { tell } from '#tests/integration/messaging/events-told.ts';
import { openAsking } from './ask.ts';

export type Person = { readonly id: UserId; readonly token: string; readonly refreshToken: string };

type Made = { readonly role?: Role; readonly pin?: string };

export type Contract = Awaited<ReturnType<typeof openContract>>;

/** Nobody renews the rates while a file of tests runs. */
const PATIENT_FX = { FX_QUOTE_FOR: 'PT10M', FX_RATES_MAX_AGE: 'PT1H' };

/** The real gateway with all services in this process, and people who use it. Budgets are wide. */
export async function openContract() {
  const resources = new AsyncDisposableStack();
  const fresh = resources.use(await freshDatabase());
  const port = await chosenPort(0);
  const publicUrl = `http://127.0.0.1:${port}`;
  const settings = { GATEWAY_PORT: String(port), PUBLIC_URL: publicUrl, RATE_LIMITS: 'relaxed', ...PATIENT_FX };
  const config = testConfig(fresh.url, settings);
  resources.defer(() => rm(config.MEDIA_DIR, { recursive: true, force: true }));
  const gateway = await openGateway(config, quietLog, new Registry());
  resources.defer(() => gateway.stop());

  const clock = () => new Date();
  const { databases } = fresh;
  await makeRefreshRates({
    databases,
    outbox: makeOutbox(),
    clock,
    log: quietLog,
    feed: { name: 'test', latest: async () => ({ ratedAt: clock(), perUsd: new Map([['THB', '32.4']]) }) },
    fx: fxRulesOf(config),
    fxMeters,
  })();
  const tokensOf = (keys: string) => makeTokens({ keys: readSigningKeys(keys), issuer: publicUrl, clock });
  const ours = tokensOf(config.TOKEN_SIGNING_KEYS);
  const ports = { databases, clock, secrets: authSecrets(config), tokens: ours };
  const asking = await openAsking(publicUrl);

  /** People who are logged in; those with a PIN take a moment, since it is hashed slowly. */
  async function people(count: number, { role = 'user', pin }: Made = {}): Promise<Person[]> {
    const accounts = await seedAccounts(ports, { count, role, pin });
    return accounts.map((account: SeededAccount) => ({
      id: account.user_id,
      token: account.access_token,
      refreshToken: account.refresh_token,
    }));
  }

  return {
    ...asking,
    people,
    databases,
    config,

    /** Makes what was said findable, as a worker does. */
    indexMessages: async (): Promise<void> => {
      const ground = { config, databases, outbox: fresh.outbox, clock };
      const { index } = await openMessagingUpkeep(ground, resources);
      await tell(fresh.database, index);
    },

    /** Gives a case to the reviewers, as its workflow does when a registry cannot tell. */
    sendToReview: async (id: CaseId): Promise<void> => {
      const now = statement(
        'test.send-to-review',
        `UPDATE verification.cases SET state = 'review', waiting_since = date_trunc('second', now()),
           due_at = now() WHERE cases.id = $1`,
      );
      await databases.of(regionOf(id)).rows(now, [id]);
    },

    /** Chains what auditors are told of, as a worker does. */
    chainAudit: (): Promise<void> => tell(fresh.database, auditChain),

    /** A verified shop of each. */
    shops: (owners: readonly Person[]): Promise<ShopId[]> =>
      seedShops(
        { databases, outbox: makeOutbox(), clock },
        owners.map(({ id }) => ({ userId: id, country: 'TH' as const })),
      ),

    /** A wallet of each with 1,000 baht in it. */
    wallets: (owners: readonly Person[]): Promise<WalletId[]> =>
      seedWallets(
        { core: databases.of('core'), outbox: makeOutbox(), clock },
        owners.map(({ id }) => id),
        { minor: 100_000n, currency: 'THB' },
      ),

    /** A token of staff who still owe their second factor. */
    tokenOwing: (id: UserId, role: Role): Promise<string> =>
      ours.signAccess({
        userId: id,
        sessionId: newId<SessionId>('TH'),
        role,
        country: 'TH',
        tokenId: 't',
        issuedAt: clock(),
        owesSecondFactor: true,
      }),

    /** Tokens that must not be taken, by what is wrong with them. */
    async badTokens({ id, refreshToken }: Person): Promise<Readonly<Record<string, string>>> {
      const claims = {
        userId: id,
        sessionId: newId<SessionId>('TH'),
        role: 'ops',
        country: 'TH',
        tokenId: 't',
      } as const;
      const theirs = tokensOf(madeSecrets()['TOKEN_SIGNING_KEYS']!);
      const unsigned = (await ours.signAccess({ ...claims, issuedAt: clock() })).split('.');
      const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
      return {
        garbage: 'garbage',
        'a refresh token': refreshToken,
        'a step-up token': await ours.signStepUp(claims, 'of a PIN'),
        'expired an hour ago': await ours.signAccess({ ...claims, issuedAt: new Date(Date.now() - 2 * HOUR) }),
        'signed by someone else': await theirs.signAccess({ ...claims, issuedAt: clock() }),
        'not signed at all': `${none}.${unsigned[1]}.`,
      };
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** As good as any. */
export const PIN = '246810';
