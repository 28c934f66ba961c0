import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { recordedProcesses } from '#infrastructure/local/processes/record.ts';
import { stopLeftovers } from '#infrastructure/local/supervisor/leftovers.ts';
import { engines } from '#tests/harness/engines.ts';

const SETTINGS = [
  'GATEWAY_PORT',
  'REALTIME_PORTS',
  'WORKER_PORT',
  'STATUS_PORT',
  'SANDBOX_PORT',
  'SANDBOX_SMTP_PORT',
  'SANDBOX_APNS_PORT',
  'POSTGRES_PORT',
  'REDIS_PORT',
];

export type Supervisor = {
  readonly pid: number;
  /** What it has printed so far. */
  output(): string;
  /** How it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it has printed this; rejects with all it said when it ends first. */
  says(text: string): Promise<void>;
};

export type StandInCluster = AsyncDisposable & {
  readonly dataDir: string;
  readonly ports: Readonly<Record<string, number>>;
  start(env?: Readonly<Record<string, string>>): Supervisor;
  /** Names of the processes on record that live. */
  alive(): string[];
};

/**
 * A data folder and ports for a supervisor of its own, with stand-in roles, its own Postgres and Redis, and this run's
 * Temporal. Whatever still runs at the end is killed.
 */
export async function standInCluster(): Promise<StandInCluster> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tchat-supervisor-'));
  const chosen = await Promise.all(SETTINGS.map(async (name) => [name, await chosenPort(0)] as const));
  const ports = Object.fromEntries(chosen);
  const started: ChildProcess[] = [];
  const base = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    XDG_CACHE_HOME: process.env.XDG_CACHE_HOME,
    TCHAT_CACHE_DIR: process.env.TCHAT_CACHE_DIR,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    TCHAT_DATA_DIR: dataDir,
    TEMPORAL_ADDRESS: engines.temporal,
    TEMPORAL_UI_URL: engines.temporalUi,
    ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
  };
  return {
    dataDir,
    ports,
    start: (env = {}) => {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'stand-ins', 'main.ts')], {
        env: { ...base, ...env },
      });
      started.push(child);
      return supervisorOf(child);
    },
    alive: () =>
      recordedProcesses(dataDir)
        .map(({ name }) => name)
        .toSorted(),
    [Symbol.asyncDispose]: async () => {
      for (const child of started) child.kill('SIGKILL');
      await stopLeftovers(dataDir);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function supervisorOf(child: ChildProcess): Supervisor {
  let output = '';
  const heard = new EventTarget();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      heard.dispatchEvent(new Event('more'));
    });
  }
  const ended = new Promise<Awaited<Supervisor['ended']>>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  return {
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    kill: (signal) => void child.kill(signal),
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = () => output.includes(text) && resolve();
        heard.addEventListener('more', look);
        look();
        void ended.then(() => reject(new Error(`it ended without saying "${text}":\n${output}`)));
      }),
  };
}
