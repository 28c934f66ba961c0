import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';
import { onPath } from '#infrastructure/local/engines/on-path.ts';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { httpAnswers } from '#infrastructure/local/processes/http-answers.ts';
import { launch } from '#infrastructure/local/processes/launch.ts';
import { runCommand } from '#infrastructure/local/processes/run-command.ts';
import { whenReady } from '#infrastructure/local/processes/when-ready.ts';
import { quietStep } from '#infrastructure/local/progress.ts';
import { cached } from '#infrastructure/local/storage/cached.ts';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';
import type { AwsKmsOptions } from '#infrastructure/keys/aws-kms.ts';
import { MINUTE, SECOND } from '#shared/time.ts';

/** A server that speaks the protocols of AWS; it checks signatures, permissions and encryption contexts. */
const PACKAGES = ['moto==5.2.5', 'flask==3.1.3', 'flask-cors==6.0.5', 'cryptography==50.0.2'];
const FOLDER = 'moto-5.2.5';
const FETCH_WITHIN_MS = 5 * MINUTE;
const READY_WITHIN_MS = 60 * SECOND;
const REGION = 'ap-southeast-1';

export type OpenKms = {
  /** What the driver needs to use a key of this server, as a user who may use keys and nothing else. */
  readonly options: AwsKmsOptions;
  [Symbol.asyncDispose](): Promise<void>;
};

/** A KMS-compatible server of the test's own with one key, fetched from PyPI the first time. */
export async function openKms(): Promise<OpenKms> {
  const python = await onPath('python3');
  if (python === undefined) throw new Error('Tests of the KMS driver need python3 with pip on PATH.');
  const packages = await cached(cacheFolder(process.env), FOLDER, quietStep(), async (into) => {
    const args = ['-m', 'pip', 'install', '--quiet', '--target', into, ...PACKAGES];
    await runCommand({ command: python, args, timeoutMs: FETCH_WITHIN_MS });
  });
  const dataDir = await mkdtemp(join(tmpdir(), 'tchat-kms-'));
  await mkdir(join(dataDir, 'logs'), { recursive: true });
  const port = await chosenPort(0);
  const running = await launch({
    name: 'kms',
    port,
    dataDir,
    command: python,
    args: ['-m', 'moto.server', '--host', '127.0.0.1', '--port', String(port)],
    env: { ...process.env, PYTHONPATH: packages },
    cwd: dataDir,
    stopSignal: 'SIGTERM',
    stopWithinMs: 5 * SECOND,
  });
  const url = `http://127.0.0.1:${port}/`;
  await whenReady(running, {
    answers: () => httpAnswers(`${url}moto-api/`),
    withinMs: READY_WITHIN_MS,
    signal: AbortSignal.timeout(READY_WITHIN_MS),
  });
  return {
    options: await prepare(url),
    [Symbol.asyncDispose]: async () => {
      await running.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A user, a key and from then on no call without a right signature and permission. */
async function prepare(url: string): Promise<AwsKmsOptions> {
  const iam = new AwsClient({
    accessKeyId: 'root',
    secretAccessKey: 'root',
    region: REGION,
    service: 'iam',
    retries: 0,
  });
  const ask = async (parameters: Readonly<Record<string, string>>): Promise<string> => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams({ Version: '2010-05-08', UserName: 'tchat', ...parameters }).toString();
    return await (await iam.fetch(url, { method: 'POST', headers, body })).text();
  };
  await ask({ Action: 'CreateUser' });
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['kms:Encrypt', 'kms:Decrypt'], Resource: '*' }],
  };
  await ask({ Action: 'PutUserPolicy', PolicyName: 'wrap', PolicyDocument: JSON.stringify(policy) });
  const made = await ask({ Action: 'CreateAccessKey' });
  const accessKeyId = /<AccessKeyId>(.+?)</.exec(made)?.[1] ?? '';
  const secretAccessKey = /<SecretAccessKey>(.+?)</.exec(made)?.[1] ?? '';
  const kms = new AwsClient({
    accessKeyId: 'root',
    secretAccessKey: 'root',
    region: REGION,
    service: 'kms',
    retries: 0,
  });
  const response = await kms.fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'TrentService.CreateKey' },
    body: '{}',
  });
  const key = (await response.json()) as { readonly KeyMetadata: { readonly KeyId: string } };
  await fetch(`${url}moto-api/reset-auth`, { method: 'POST', body: '0' });
  return { url, region: REGION, keyId: key.KeyMetadata.KeyId, accessKeyId, secretAccessKey };
}
