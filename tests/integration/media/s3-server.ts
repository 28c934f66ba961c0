import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onPath } from '#infrastructure/local/engines/on-path.ts';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { httpAnswers } from '#infrastructure/local/processes/http-answers.ts';
import { launch } from '#infrastructure/local/processes/launch.ts';
import { runCommand } from '#infrastructure/local/processes/run-command.ts';
import { whenReady } from '#infrastructure/local/processes/when-ready.ts';
import { quietStep } from '#infrastructure/local/progress.ts';
import { cached } from '#infrastructure/local/storage/cached.ts';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';
import { MINUTE, SECOND } from '#shared/time.ts';

/** The S3 gateway that `docker-compose.yml` runs too, as a Go module. */
const VERSION = '1.8.0';
const GO_MODULE = `github.com/versity/versitygw/cmd/versitygw@v${VERSION}`;
/** Most of it the first time, when the modules are downloaded and built. */
export const S3_SERVER_WITHIN_MS = 15 * MINUTE;

export type S3Server = {
  /** Settings of a process that keeps its files there. */
  readonly settings: Readonly<Record<string, string>>;
  readonly bucketUrl: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** A real S3-compatible server on this machine, with one empty bucket. */
export async function openS3Server(): Promise<S3Server> {
  const binary = await ensureServer();
  const dataDir = await mkdtemp(join(tmpdir(), 'tchat-s3-'));
  const [objects, facts] = [join(dataDir, 'objects'), join(dataDir, 'facts')];
  await mkdir(join(objects, 'files'), { recursive: true });
  await mkdir(facts);
  const port = await chosenPort(0);
  const account = { accessKeyId: 'tests', secretAccessKey: 'a-secret-of-the-tests' };
  const launched = await launch({
    name: 's3-server',
    port,
    dataDir,
    command: binary,
    args: [
      '--port',
      `127.0.0.1:${port}`,
      '--health',
      '/health',
      '--quiet',
      '--keep-alive',
      'posix',
      '--sidecar',
      facts,
      objects,
    ],
    env: {
      PATH: process.env['PATH'],
      ROOT_ACCESS_KEY_ID: account.accessKeyId,
      ROOT_SECRET_ACCESS_KEY: account.secretAccessKey,
    },
    cwd: dataDir,
    stopSignal: 'SIGTERM',
    stopWithinMs: 5 * SECOND,
  });
  const server = await whenReady(launched, {
    answers: () => httpAnswers(`http://127.0.0.1:${port}/health`),
    withinMs: 30 * SECOND,
    signal: new AbortController().signal,
  });
  const bucketUrl = `http://127.0.0.1:${port}/files`;
  return {
    ...account,
    bucketUrl,
    settings: {
      MEDIA_STORE: 's3',
      MEDIA_S3_URL: bucketUrl,
      MEDIA_S3_ACCESS_KEY_ID: account.accessKeyId,
      MEDIA_S3_SECRET_ACCESS_KEY: account.secretAccessKey,
    },
    stop: () => server.stop(),
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function ensureServer(): Promise<string> {
  const found = await onPath('versitygw');
  if (found !== undefined) return found;
  const name = `versitygw-${VERSION}-${process.platform}-${process.arch}`;
  const folder = await cached(cacheFolder(process.env), name, quietStep(), async (into) => {
    if ((await onPath('go')) === undefined)
      throw new Error('The S3 server is built with Go 1.25 or newer: install Go.');
    console.log('engines: building the S3 server with Go, once and for all');
    await runCommand({
      command: 'go',
      args: ['install', '-ldflags', '-s -w', GO_MODULE],
      cwd: into,
      env: { ...process.env, GOBIN: into },
      timeoutMs: S3_SERVER_WITHIN_MS,
    });
  });
  return join(folder, 'versitygw');
}
