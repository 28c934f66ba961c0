import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngines } from '#infrastructure/local/engines/start-engines.ts';
import type { EngineUrls } from '#tests/harness/global-setup.ts';
import { createRoles, createTemplate, TEMPLATE, urlOf } from '#tests/harness/template-database.ts';

export type BenchEngines = {
  readonly urls: EngineUrls;
  /** A migrated database, as the app role. */
  readonly databaseUrl: string;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Engines of the benchmark's own, with the durability of production: Postgres syncs each commit. */
export async function benchEngines(): Promise<BenchEngines> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tchat-bench-'));
  const engines = await startEngines({
    dataDir,
    ports: { postgres: 0, redis: 0, temporal: 0, temporalUi: 0 },
    durable: true,
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
  } catch (error) {
    await stop();
    throw error;
  }
  return { urls, databaseUrl: urlOf(urls.postgres, 'tchat_app', TEMPLATE), [Symbol.asyncDispose]: stop };
}
