import { Registry } from 'prom-client';
import { openGateway } from '#gateway/open.main.ts';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { seedAccounts, type SeededAccount } from '#services/auth/seed-accounts.ts';
import { deriveSecrets } from '#services/auth/secrets.ts';
import { readSigningKeys } from '#services/auth/signing-keys.ts';
import { makeTokens } from '#services/auth/tokens.ts';
import { openServices } from '#services/open.main.ts';
import type { Role } from '#shared/caller.ts';
import { testConfig } from '#tests/harness/config.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { type Answer, type CallOptions, callAt } from './call-at.ts';

export type RealGateway = {
  readonly url: string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Someone who is logged in. */
  account(role?: Role): Promise<SeededAccount>;
  [Symbol.asyncDispose](): Promise<void>;
};

type Options = {
  readonly settings?: Readonly<Record<string, string>>;
  /** How the gateway reaches the database, when not directly. */
  readonly databaseUrl?: (url: string) => string;
  /** Domains that run in a process of their own beside the gateway. */
  readonly elsewhere?: readonly string[];
};

/** The real gateway with the real services over this run's engines. */
export async function openRealGateway({
  settings = {},
  databaseUrl = (url) => url,
  elsewhere = [],
}: Options = {}): Promise<RealGateway> {
  const resources = new AsyncDisposableStack();
  const fresh: FreshDatabase = resources.use(await freshDatabase());
  const [gatewayPort, servicesPort] = [await chosenPort(0), await chosenPort(0)];
  const config = testConfig(databaseUrl(fresh.url), {
    GATEWAY_PORT: String(gatewayPort),
    SERVICES_PORT: String(servicesPort),
    PUBLIC_URL: `http://127.0.0.1:${gatewayPort}`,
    SERVICE_URLS: elsewhere.map((domain) => `${domain}=http://127.0.0.1:${servicesPort}`).join(),
    ...settings,
  });
  if (elsewhere.length > 0) {
    const services = await openServices({ ...config, TRUSTED_PROXIES: ['127.0.0.1'] }, quietLog, new Registry());
    resources.defer(() => services.stop());
  }
  const gateway = await openGateway(config, quietLog, new Registry());
  resources.defer(() => gateway.stop());
  const clock = () => new Date();
  const ports = {
    databases: fresh.databases,
    secrets: deriveSecrets({ otpKey: config.OTP_KEY, refreshKey: config.REFRESH_KEY, pinKey: config.PIN_KEY }),
    tokens: makeTokens({ keys: readSigningKeys(config.TOKEN_SIGNING_KEYS), issuer: config.PUBLIC_URL, clock }),
    clock,
  };
  return {
    url: gateway.url,
    call: callAt(gateway.url),
    account: async (role = 'user') => (await seedAccounts(ports, { count: 1, role }))[0]!,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
