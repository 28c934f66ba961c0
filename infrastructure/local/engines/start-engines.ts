import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { chosenPort } from '../processes/free-port.ts';
import type { Running } from '../processes/launch.ts';
import { type Progress, type Step, stepOn } from '../progress.ts';
import { cacheFolder } from '../storage/folders.ts';
import { noteStarter, sweepAbandonedEngines } from './abandoned.ts';
import { ensureTemporal } from './fetch-temporal.ts';
import { ensurePostgres, startPostgres, superuserUrl } from './postgres.ts';
import { ensureRedis, startRedis } from './redis.ts';
import { superuserPassword } from './superuser-password.ts';
import { startTemporal } from './temporal.ts';

export type EngineOptions = {
  /** Where the engines keep their files; made when absent. As root it must be reachable for the user `nobody`. */
  readonly dataDir: string;
  /** 0 chooses a free port. */
  readonly ports: {
    readonly postgres: number;
    readonly redis: number;
    readonly temporal: number;
    readonly temporalUi: number;
  };
  /** False only for tests: Postgres does not sync, Temporal keeps histories in memory. */
  readonly durable: boolean;
  /** Whether the folder is killed and removed with its engines once its starter is gone; unless told, what is not durable. */
  readonly throwaway?: boolean;
  /** Temporal search attributes as NAME=TYPE. */
  readonly searchAttributes?: readonly string[];
  readonly progress?: Progress;
  /** Calls the start off. */
  readonly signal?: AbortSignal;
};

export type Engines = {
  /** As the superuser `postgres`. */
  readonly postgresUrl: string;
  readonly redisUrl: string;
  readonly temporalAddress: string;
  readonly temporalUiUrl: string;
  readonly running: readonly Running[];
  /** Stops all three; they are gone when it returns. */
  stop(): Promise<void>;
};

/** Finds or fetches Postgres, Redis and Temporal, starts them on 127.0.0.1, and returns when all three answer. */
export async function startEngines(options: EngineOptions): Promise<Engines> {
  const step: Step = {
    doing: options.progress ?? (() => {}),
    signal: options.signal ?? new AbortController().signal,
  };
  const cache = cacheFolder(process.env);
  await mkdir(options.dataDir, { recursive: true });
  if (options.throwaway ?? !options.durable) {
    await noteStarter(options.dataDir);
    await sweepAbandonedEngines(dirname(options.dataDir));
  }
  const [postgres, redis, temporal] = [
    await ensurePostgres(cache, stepOn(step, 'postgres')),
    await ensureRedis(cache, stepOn(step, 'redis')),
    await ensureTemporal(cache, stepOn(step, 'temporal')),
  ];
  const password = await superuserPassword(options.dataDir);
  const port = {
    postgres: await chosenPort(options.ports.postgres),
    redis: await chosenPort(options.ports.redis),
    temporal: await chosenPort(options.ports.temporal),
    temporalUi: await chosenPort(options.ports.temporalUi),
  };
  const { dataDir, durable } = options;
  const running = await allOrNone([
    startPostgres(postgres, { dataDir, port: port.postgres, password, durable }, stepOn(step, 'postgres')),
    startRedis(redis, { dataDir, port: port.redis }, stepOn(step, 'redis')),
    startTemporal(
      temporal,
      {
        dataDir,
        port: port.temporal,
        uiPort: port.temporalUi,
        durable,
        searchAttributes: options.searchAttributes ?? [],
        namespace: 'default',
      },
      stepOn(step, 'temporal'),
    ),
  ]);
  return {
    postgresUrl: superuserUrl({ port: port.postgres, password }),
    redisUrl: `redis://127.0.0.1:${port.redis}`,
    temporalAddress: `127.0.0.1:${port.temporal}`,
    temporalUiUrl: `http://127.0.0.1:${port.temporalUi}`,
    running,
    stop: async () => void (await Promise.all(running.map((engine) => engine.stop()))),
  };
}

async function allOrNone(starts: Promise<Running>[]): Promise<Running[]> {
  const results = await Promise.allSettled(starts);
  const running = results.filter((result) => result.status === 'fulfilled').map((result) => result.value);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return running;
  await Promise.all(running.map((engine) => engine.stop()));
  throw failed.reason;
}
