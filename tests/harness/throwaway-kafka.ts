import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noteStarter } from '#infrastructure/local/engines/abandoned.ts';
import { ensureKafka } from '#infrastructure/local/engines/fetch-kafka.ts';
import { startKafka } from '#infrastructure/local/engines/kafka.ts';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { quietStep } from '#infrastructure/local/progress.ts';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';

export type ThrowawayKafka = AsyncDisposable & {
  /** host:port */
  readonly address: string;
  /** Kills the server where it stands. */
  kill(): Promise<void>;
  /** Starts it again on the same data, and returns when it answers. */
  restart(): Promise<void>;
};

/** A Kafka node on a free port, gone with its data when disposed of. */
export async function openThrowawayKafka(): Promise<ThrowawayKafka> {
  const binary = await ensureKafka(cacheFolder(process.env), quietStep());
  const dataDir = await mkdtemp(join(tmpdir(), 'tchat-test-kafka-'));
  await noteStarter(dataDir);
  const port = await chosenPort(0);
  const start = () => startKafka(binary, { dataDir, port }, quietStep());
  let node = await start();
  return {
    address: `127.0.0.1:${port}`,
    kill: async () => {
      process.kill(node.pid, 'SIGKILL');
      await node.ended;
    },
    restart: async () => {
      node = await start();
    },
    [Symbol.asyncDispose]: async () => {
      await node.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
