import { createHmac } from 'node:crypto';
import type { Config } from '#infrastructure/config/settings.ts';
import { makeOutbox } from '#infrastructure/events/outbox.ts';
import { makeIdempotency } from '#infrastructure/idempotency/idempotency.ts';
import { openKeyManagement } from '#infrastructure/keys/open-key-management.ts';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import { makeBudgets } from '#infrastructure/redis/budgets.ts';
import { openRedis } from '#infrastructure/redis/connect.ts';
import { makeRevocationFeed } from '#infrastructure/redis/revocation-feed.ts';
import { openIdentity } from '#services/auth/identity.ts';
import type { Log } from '#shared/log.ts';

/** What every process that answers HTTP calls stands on, whichever services it runs. */
export type Ground = Awaited<ReturnType<typeof openGround>>;

/**
 * Opens databases, Redis, and the knowledge of who is logged in.
 *
 * @param role shown by the engines beside each connection
 */
export async function openGround(role: string, config: Config, log: Log) {
  const resources = new AsyncDisposableStack();
  const clock = (): Date => new Date();
  const databases = resources.use(openDatabases(config, role));
  const [commands, subscriber] = await Promise.all([
    openRedis({ url: config.REDIS_URL, name: `${role}-commands`, log }),
    openRedis({ url: config.REDIS_URL, name: `${role}-subscribe`, log }),
  ]);
  resources.use(commands);
  resources.use(subscriber);
  const prefix = config.REDIS_PREFIX;
  const identity = resources.use(
    await openIdentity({
      databases,
      feed: makeRevocationFeed({ publisher: commands, subscriber, prefix, log }),
      keyManagement: openKeyManagement(config),
      log,
      clock,
      signingKeys: config.TOKEN_SIGNING_KEYS,
      issuer: config.PUBLIC_URL,
    }),
  );
  return {
    role,
    config,
    log,
    clock,
    databases,
    outbox: makeOutbox(),
    idempotency: makeIdempotency(),
    budgets: makeBudgets({ redis: commands, prefix, digestKey: budgetKey(config) }),
    identity,
    pingRedis: async (): Promise<void> => void (await commands.ping()),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** A key of its own, so that a digest of a budget is no digest of anything else. */
function budgetKey({ OTP_KEY }: Config): string {
  return createHmac('sha256', OTP_KEY).update('tchat/budgets').digest('hex');
}
