import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureRedis, startRedis } from '#infrastructure/local/engines/redis.ts';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import type { Running } from '#infrastructure/local/processes/launch.ts';
import { quietStep } from '#infrastructure/local/progress.ts';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';

export type OwnRedis = {
  readonly url: string;
  stop(): Promise<void>;
  /** SIGKILL, which a frozen one obeys too. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Leaves it running and deaf, as a machine that hangs: SIGSTOP and SIGCONT. */
  freeze(): void;
  thaw(): void;
  [Symbol.asyncDispose](): Promise<void>;
};

/** A Redis of the test's own, which it may stop, freeze and start again at the same address. */
export async function openOwnRedis(): Promise<OwnRedis> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tchat-redis-'));
  const binary = await ensureRedis(cacheFolder(process.env), quietStep());
  const port = await chosenPort(0);
  let running: Running | undefined;
  const start = async (): Promise<void> => {
    running = await startRedis(binary, { dataDir, port }, quietStep());
  };
  const stop = async (): Promise<void> => {
    await running?.stop();
    running = undefined;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    stop,
    kill: async () => {
      process.kill(running!.pid, 'SIGKILL');
      await running!.ended;
    },
    freeze: () => process.kill(running!.pid, 'SIGSTOP'),
    thaw: () => process.kill(running!.pid, 'SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
