import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noteStarter } from '#infrastructure/local/engines/abandoned.ts';
import { ensureRegistry } from '#infrastructure/local/engines/fetch-registry.ts';
import { registryUrl, startRegistry } from '#infrastructure/local/engines/registry.ts';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { quietStep } from '#infrastructure/local/progress.ts';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';

export type ThrowawayRegistry = AsyncDisposable & {
  readonly url: string;
  /** Starts it, or starts it again with nothing in it. */
  start(): Promise<void>;
  stop(): Promise<void>;
};

/** A schema registry on a free port that does not run yet; gone when disposed of. */
export async function openThrowawayRegistry(): Promise<ThrowawayRegistry> {
  const binary = await ensureRegistry(cacheFolder(process.env), quietStep());
  const dataDir = await mkdtemp(join(tmpdir(), 'tchat-test-registry-'));
  await noteStarter(dataDir);
  const port = await chosenPort(0);
  let stop: () => Promise<void> = () => Promise.resolve();
  return {
    url: registryUrl(port),
    start: async () => {
      const server = await startRegistry(binary, { dataDir, port }, quietStep());
      stop = () => server.stop();
    },
    stop: () => stop(),
    [Symbol.asyncDispose]: async () => {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
