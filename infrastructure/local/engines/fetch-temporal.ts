import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MINUTE, SECOND } from '#shared/time.ts';
import { runCommand } from '../processes/run-command.ts';
import type { Step } from '../progress.ts';
import { cached } from '../storage/cached.ts';
import { assertReachable } from '../storage/unprivileged.ts';
import { engineOnPath, onPath } from './on-path.ts';

/** The newest version that `go install` can build: later ones carry a `replace`, which it refuses. */
const CLI_VERSION = '1.5.1';
/** The server inside that version. Older ones on PATH lack calls that the SDK makes. */
const OLDEST_SERVER = [1, 29] as const;
const GO_MODULE = `github.com/temporalio/cli/cmd/temporal@v${CLI_VERSION}`;
const BUILD_WITHIN_MS = 30 * MINUTE;
const DOWNLOAD_WITHIN_MS = 10 * MINUTE;
/** Where the internet is closed this is what the question costs. */
const ASK_WITHIN_MS = 3 * SECOND;

/** Finds the Temporal CLI, which holds the whole server: on PATH, in the cache, by download, or built by Go. */
export async function ensureTemporal(cache: string, step: Step): Promise<string> {
  const found = await engineOnPath('temporal');
  if (found !== undefined && (await isNewEnough(found))) return found;
  const folder = await cached(
    cache,
    `temporal-${CLI_VERSION}-${process.platform}-${process.arch}`,
    step,
    async (into) => {
      step.doing('asking for a download');
      if (!(await download(into, step))) await build(into, step);
      if (!(await isNewEnough(join(into, 'temporal'))))
        throw new Error('The Temporal server that was fetched does not run here.');
    },
  );
  const binary = join(folder, 'temporal');
  await assertReachable(binary);
  return binary;
}

async function isNewEnough(command: string): Promise<boolean> {
  const lines = await runCommand({ command, args: ['--version'], timeoutMs: 10 * SECOND }).catch(() => []);
  const version = /Server (\d+)\.(\d+)\./.exec(lines.join('\n'));
  if (version === null) return false;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  return major > OLDEST_SERVER[0] || (major === OLDEST_SERVER[0] && minor >= OLDEST_SERVER[1]);
}

/** Temporal's own download. False where it cannot be reached quickly; a started download that fails is given up too. */
async function download(into: string, step: Step): Promise<boolean> {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const url = `https://temporal.download/cli/archive/v${CLI_VERSION}?platform=${process.platform}&arch=${arch}`;
  const archive = join(into, 'temporal.tar.gz');
  try {
    const answer = await fetchQuickly(url);
    if (!answer.ok || answer.body === null) return false;
    const total = Number(answer.headers.get('content-length'));
    let bytes = 0;
    const counted = Readable.fromWeb(answer.body).on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      step.doing(`downloading (${Math.round(bytes / 1e6)}${total > 0 ? ` of ${Math.round(total / 1e6)}` : ''} MB)`);
    });
    await pipeline(counted, createWriteStream(archive), { signal: AbortSignal.timeout(DOWNLOAD_WITHIN_MS) });
    await runCommand({
      command: 'tar',
      args: ['-xzf', archive, '-C', into, 'temporal'],
      timeoutMs: MINUTE,
      signal: step.signal,
    });
    return true;
  } catch {
    return false;
  } finally {
    await rm(archive, { force: true });
  }
}

/** Gives up when no answer has begun within {@link ASK_WITHIN_MS}; the body may then take its time. */
async function fetchQuickly(url: string): Promise<Response> {
  const impatience = new AbortController();
  const timer = setTimeout(() => impatience.abort(), ASK_WITHIN_MS);
  try {
    return await fetch(url, { signal: impatience.signal });
  } finally {
    clearTimeout(timer);
  }
}

async function build(into: string, step: Step): Promise<void> {
  if ((await onPath('go')) === undefined) {
    throw new Error(
      'The Temporal server is not on PATH, cannot be downloaded from here, and there is no Go to build it: ' +
        'install the Temporal CLI or Go, or set TEMPORAL_ADDRESS and TEMPORAL_UI_URL to a server of your own.',
    );
  }
  let downloaded = 0;
  let compiled = 0;
  await runCommand({
    command: 'go',
    args: ['install', '-v', '-ldflags', '-s -w', GO_MODULE],
    cwd: into,
    env: { ...process.env, GOBIN: into },
    timeoutMs: BUILD_WITHIN_MS,
    signal: step.signal,
    onLine: (line) => {
      if (line.startsWith('go: downloading')) downloaded += 1;
      else compiled += 1;
      step.doing(
        compiled === 0
          ? `downloading Go modules (${downloaded} so far)`
          : `building with Go, once and for all (${compiled} packages compiled, about 1,300 in all)`,
      );
    },
  });
}
