import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngines } from '#infrastructure/local/engines/start-engines.ts';
import type { EngineUrls } from '#tests/harness/global-setup.ts';
import { asSuperuser, createRoles, createTemplate, TEMPLATE, urlOf } from '#tests/harness/template-database.ts';

export type BenchEngines = {
  readonly urls: EngineUrls;
  /** A migrated database, as the app role. */
  readonly databaseUrl: string;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Where the bare baselines write: a key and a short body, as small as a row can be that means something. */
const BENCH_TABLE = 'CREATE TABLE public.bench_rows (id uuid PRIMARY KEY, body bytea NOT NULL)';

function databaseOf(superuserUrl: string): string {
  return Object.assign(new URL(superuserUrl), { pathname: `/${TEMPLATE}` }).href;
}

/** Engines of the benchmark's own, with the durability of production: Postgres syncs each commit. */
export async function benchEngines(): Promise<BenchEngines> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tchat-bench-'));
  const engines = await startEngines({
    dataDir,
    ports: { postgres: 0, redis: 0, temporal: 0, temporalUi: 0 },
    durable: true,
    throwaway: true,
  });
  const urls = {
    postgres: engines.postgresUrl,
    redis: engines.redisUrl,
    temporal: engines.temporalAddress,
    temporalUi: engines.temporalUiUrl,
  };
  const stop = async () => {
    await engines.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await createRoles(urls.postgres);
    await createTemplate(urls.postgres);
    await asSuperuser(databaseOf(urls.postgres), BENCH_TABLE, 'GRANT INSERT ON public.bench_rows TO tchat_app');
  } catch (error) {
    await stop();
    throw error;
  }
  return { urls, databaseUrl: urlOf(urls.postgres, 'tchat_app', TEMPLATE), [Symbol.asyncDispose]: stop };
}
