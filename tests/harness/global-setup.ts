import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEngines } from '#infrastructure/local/engines/start-engines.ts';
import { createRoles, createTemplate } from './template-database.ts';

export type EngineUrls = {
  /** As the superuser. */
  readonly postgres: string;
  readonly redis: string;
  readonly temporal: string;
  readonly temporalUi: string;
};

declare module 'vitest' {
  interface ProvidedContext {
    engines: EngineUrls;
  }
}

type SharedEngines = { readonly urls: EngineUrls; users: number; stop(): Promise<void> };

/** One set of engines for all projects of a run; each project's setup and teardown counts itself in and out. */
let shared: Promise<SharedEngines> | undefined;

async function start(): Promise<SharedEngines> {
  // Engines that run as an unprivileged user must be able to walk to their data.
  const dataDir = await mkdtemp(join(tmpdir(), 'tchat-test-'));
  await mkdir(dataDir, { recursive: true });
  const engines = await startEngines({
    dataDir,
    ports: { postgres: 0, redis: 0, temporal: 0, temporalUi: 0 },
    durable: false,
    progress: told(),
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
  return { urls, users: 0, stop };
}

/** Prints a step when it changes, so that a first run that builds an engine is seen to move. */
function told(): (doing: string) => void {
  let last = '';
  return (doing) => {
    const step = doing.replaceAll(/[\d.,]+/g, '#');
    if (step !== last) console.log(`engines: ${doing}`);
    last = step;
  };
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared ??= start();
  const engines = await shared;
  engines.users += 1;
  project.provide('engines', engines.urls);
  return async () => {
    engines.users -= 1;
    if (engines.users > 0) return;
    shared = undefined;
    await engines.stop();
  };
}
