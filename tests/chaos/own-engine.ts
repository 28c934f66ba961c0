import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noteStarter } from '#infrastructure/local/engines/abandoned.ts';
import { ensureTemporal } from '#infrastructure/local/engines/fetch-temporal.ts';
import { ensurePostgres, startPostgres, superuserUrl } from '#infrastructure/local/engines/postgres.ts';
import { startTemporal } from '#infrastructure/local/engines/temporal.ts';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import type { Running } from '#infrastructure/local/processes/launch.ts';
import { quietStep } from '#infrastructure/local/progress.ts';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';

/** An engine of a test's own, which it may stop, kill and start again at the same address with the same data. */
export type OwnEngine = {
  readonly url: string;
  start(): Promise<void>;
  /** In good order. */
  stop(): Promise<void>;
  /** SIGKILL: what is on disk is all that is left. */
  kill(): Promise<void>;
  /** Leaves it running and deaf, with all its processes, as a machine that hangs: SIGSTOP and SIGCONT. */
  freeze(): void;
  thaw(): void;
  [Symbol.asyncDispose](): Promise<void>;
};

/** A Postgres that keeps what it has committed. `url` is as the superuser. */
export async function openOwnPostgres(): Promise<OwnEngine> {
  const binaries = await ensurePostgres(cacheFolder(process.env), quietStep());
  const port = await chosenPort(0);
  const password = 'test';
  return await open('postgres', superuserUrl({ port, password }), (dataDir) =>
    startPostgres(binaries, { dataDir, port, password, durable: true }, quietStep()),
  );
}

/** A Temporal that keeps its histories on disk. `url` is host and port. */
export async function openOwnTemporal(): Promise<OwnEngine> {
  const command = await ensureTemporal(cacheFolder(process.env), quietStep());
  const [port, uiPort] = [await chosenPort(0), await chosenPort(0)];
  const options = { port, uiPort, durable: true, searchAttributes: [], namespace: 'default' };
  return await open('temporal', `127.0.0.1:${port}`, (dataDir) =>
    startTemporal(command, { dataDir, ...options }, quietStep()),
  );
}

async function open(name: string, url: string, run: (dataDir: string) => Promise<Running>): Promise<OwnEngine> {
  const dataDir = await mkdtemp(join(tmpdir(), `tchat-own-${name}-`));
  await noteStarter(dataDir);
  let running: Running | undefined;
  const start = async (): Promise<void> => {
    running = await run(dataDir);
  };
  const stop = async (): Promise<void> => {
    await running?.stop();
    running = undefined;
  };
  await start();
  return {
    url,
    start,
    stop,
    kill: async () => {
      if (running === undefined) return;
      process.kill(running.pid, 'SIGKILL');
      await running.ended;
      running = undefined;
    },
    freeze: () => {
      // The parent first, so that it has no more children meanwhile.
      for (const pid of [running!.pid, ...childrenOf(running!.pid)]) process.kill(pid, 'SIGSTOP');
    },
    thaw: () => {
      for (const pid of [...childrenOf(running!.pid), running!.pid]) process.kill(pid, 'SIGCONT');
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The processes that a process has started and that live. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}
