import { openDatabases } from '#infrastructure/postgres/databases.ts';
import type { OpenDatabase } from '#infrastructure/postgres/database.ts';
import { type OwnEngine, openOwnPostgres, openOwnTemporal } from '#tests/chaos/own-engine.ts';
import { foundTown, type Town } from '#tests/chaos/town.ts';
import { type Cluster, type RoleName, startCluster } from '#tests/harness/cluster.ts';
import { environmentFor } from '#tests/harness/environment.ts';
import { createRoles, createTemplate, TEMPLATE, urlOf } from '#tests/harness/template-database.ts';
import { type OwnRedis, openOwnRedis } from '../../integration/realtime/own-redis.ts';

/** A whole cluster on engines of its own, each of which may be taken away. */
export type Arena = {
  readonly cluster: Cluster;
  readonly town: Town;
  readonly database: OpenDatabase;
  readonly postgres: OwnEngine;
  readonly redis: OwnRedis;
  [Symbol.asyncDispose](): Promise<void>;
};

const ROLES: readonly RoleName[] = ['sandbox', 'gateway', 'realtime-1', 'realtime-2', 'worker'];
const POOL_MAX = 4;
/** As much as the cluster takes, and merchants paid at once, so that orders come to their end. */
const SETTINGS = { RATE_LIMITS: 'relaxed', ORDER_DISPUTE_WINDOW: 'PT0S' };

/** Engines with the durability of production, the roles as processes, and nobody in town. */
export async function openArena(): Promise<Arena> {
  const opening = new AsyncDisposableStack();
  try {
    const [postgres, redis, temporal] = [
      opening.use(await openOwnPostgres()),
      opening.use(await openOwnRedis()),
      opening.use(await openOwnTemporal()),
    ];
    await createRoles(postgres.url);
    await createTemplate(postgres.url);
    const url = urlOf(postgres.url, 'tchat_app', TEMPLATE);
    const engines = {
      postgres: postgres.url,
      redis: redis.url,
      temporal: temporal.url,
      temporalUi: 'http://127.0.0.1',
    };
    const databases = opening.use(
      openDatabases({ DATABASE_URL: url, DATABASE_POOL_MAX: POOL_MAX, REGION_DATABASE_URLS: [] }, 'chaos'),
    );
    const environment = environmentFor(engines, url, SETTINGS);
    const cluster = opening.use(await startCluster(environment, ROLES));
    const town = opening.use(foundTown(cluster, databases));
    return {
      cluster,
      town,
      database: databases.of('core'),
      postgres,
      redis,
      [Symbol.asyncDispose]: () => opening.disposeAsync(),
    };
  } catch (error) {
    await opening.disposeAsync();
    throw error;
  }
}
