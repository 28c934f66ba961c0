import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngines } from '#infrastructure/local/engines/start-engines.ts';
import { createRoles, createTemplate } from './template-database.ts';

export type EngineUrls = {
  /** As the superuser. */
  readonly postgres: string;
  readonly redis: string;
  readonly temporal: string;
  readonly temporalUi: string;
};

export type ThrowawayEngines = AsyncDisposable & { readonly urls: EngineUrls };

type Options = {
  /** For the folder, and for who looks at the processes: `test`. */
  readonly name: string;
  /** True where commits must cost what they cost in production. */
  readonly durable: boolean;
  readonly progress?: (doing: string) => void;
};

/** Engines on free ports with the roles and a migrated template database, gone with all their data when disposed of. */
export async function openThrowawayEngines({ name, durable, progress }: Options): Promise<ThrowawayEngines> {
  // Engines that run as an unprivileged user must be able to walk to their data.
  const dataDir = await mkdtemp(join(tmpdir(), `tchat-${name}-`));
  const engines = await startEngines({
    dataDir,
    ports: { postgres: 0, redis: 0, temporal: 0, temporalUi: 0 },
    durable,
    throwaway: true,
    ...(progress === undefined ? {} : { progress }),
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
  return { urls, [Symbol.asyncDispose]: stop };
}
