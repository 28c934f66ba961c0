import { readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { MINUTE, SECOND } from '#shared/time.ts';
import { launch, type Running } from '../processes/launch.ts';
import { whenReady } from '../processes/when-ready.ts';
import { runCommand } from '../processes/run-command.ts';
import type { Step } from '../progress.ts';
import { cached } from '../storage/cached.ts';
import { assertReachable, engineFolder } from '../storage/unprivileged.ts';
import { engineProcess } from './engine-process.ts';
import { flags } from './flags.ts';
import { engineOnPath, onPath } from './on-path.ts';

/** Sharded pub/sub, which carries Socket.IO between nodes, came with Redis 7.0. */
const OLDEST_MAJOR = 7;
const READY_WITHIN_MS = 20 * SECOND;
const STOP_WITHIN_MS = 5 * SECOND;
const PROBE_WITHIN_MS = SECOND;
const FETCH_WITHIN_MS = 5 * MINUTE;

/** redis-server of Debian with every library that it needs and a bare system lacks. */
const DEBIAN_PACKAGES = [
  'redis-server',
  'redis-tools',
  'libjemalloc2',
  'liblua5.1-0',
  'liblzf1',
  'libhiredis0.14',
  'lua-bitop',
  'lua-cjson',
];

export type RedisBinary = { readonly command: string; readonly libraries: string | undefined };

/**
 * Finds a redis-server of 7.0 or newer: on PATH, in the cache, or out of Debian's packages, which need no root to be
 * unpacked.
 */
export async function ensureRedis(cache: string, step: Step): Promise<RedisBinary> {
  const found = await engineOnPath('redis-server');
  if (found !== undefined && (await majorVersion({ command: found, libraries: undefined })) >= OLDEST_MAJOR) {
    return { command: found, libraries: undefined };
  }
  const folder = await cached(cache, `redis-debian-${process.arch}`, step, async (into) => {
    await unpackFromDebian(into, step);
    if ((await majorVersion(await unpackedBinary(into))) < OLDEST_MAJOR) throw missing("Debian's own Redis is older");
  });
  const binary = await unpackedBinary(folder);
  await assertReachable(binary.command);
  return binary;
}

async function unpackFromDebian(into: string, step: Step): Promise<void> {
  if ((await onPath('apt-get')) === undefined) throw missing('this is not Debian, so it cannot be fetched');
  step.doing('downloading the Debian packages');
  const download = () =>
    runCommand({
      command: 'apt-get',
      args: ['download', ...DEBIAN_PACKAGES],
      cwd: into,
      timeoutMs: FETCH_WITHIN_MS,
      signal: step.signal,
    });
  try {
    await download();
  } catch (error) {
    if (process.getuid?.() !== 0) throw missing(`apt-get could not download it (${(error as Error).message})`);
    // The lists of packages are missing or name versions that the mirror has dropped since.
    step.doing('refreshing the lists of Debian packages');
    await runCommand({ command: 'apt-get', args: ['update'], timeoutMs: FETCH_WITHIN_MS, signal: step.signal });
    await download();
  }
  for (const file of await readdir(into)) {
    if (!file.endsWith('.deb')) continue;
    step.doing(`unpacking ${file.split('_')[0]}`);
    await runCommand({
      command: 'dpkg',
      args: ['-x', join(into, file), into],
      timeoutMs: FETCH_WITHIN_MS,
      signal: step.signal,
    });
    await rm(join(into, file));
  }
}

async function unpackedBinary(folder: string): Promise<RedisBinary> {
  const lib = join(folder, 'usr', 'lib');
  // The libraries lie in a folder named after the architecture, such as x86_64-linux-gnu.
  const triplet = (await readdir(lib)).find((name) => name.includes('-linux-')) ?? '';
  return { command: join(folder, 'usr', 'bin', 'redis-server'), libraries: join(lib, triplet) };
}

async function majorVersion(binary: RedisBinary): Promise<number> {
  const lines = await runCommand({
    command: binary.command,
    args: ['--version'],
    env: environment(binary),
    timeoutMs: 5 * SECOND,
  }).catch(() => []);
  return Number(/ v=(\d+)\./.exec(lines.join('\n'))?.[1] ?? 0);
}

function missing(why: string): Error {
  return new Error(
    `Redis ${OLDEST_MAJOR} or newer is not on PATH, and ${why}: install redis-server, or set REDIS_URL to a server of your own.`,
  );
}

/** Starts Redis on 127.0.0.1. It keeps nothing on disk: it is never the only copy of anything. */
export async function startRedis(
  binary: RedisBinary,
  options: { dataDir: string; port: number },
  step: Step,
): Promise<Running> {
  const home = await engineFolder(join(options.dataDir, 'redis'));
  const server = await launch({
    name: 'redis',
    port: options.port,
    dataDir: options.dataDir,
    command: binary.command,
    args: flags({
      port: options.port,
      bind: '127.0.0.1',
      'protected-mode': 'yes',
      dir: home,
      appendonly: 'no',
      save: '',
    }),
    ...engineProcess(home, step),
    env: environment(binary),
    stopWithinMs: STOP_WITHIN_MS,
  });
  return whenReady(server, {
    answers: () => redisAnswers('127.0.0.1', options.port),
    withinMs: READY_WITHIN_MS,
    signal: step.signal,
  });
}

function environment(binary: RedisBinary): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, ...(binary.libraries !== undefined && { LD_LIBRARY_PATH: binary.libraries }) };
}

/** Whether a Redis answers PING here; without a client, for one word is all that is asked. */
export function redisAnswers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PROBE_WITHIN_MS });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (reply) => done(reply.toString().startsWith('+PONG')));
    socket.once('timeout', () => done(false));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
  });
}
