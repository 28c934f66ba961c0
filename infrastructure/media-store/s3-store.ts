import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import type { MediaStore, ObjectKey } from '#services/media/ports.ts';
import { AppError } from '#shared/errors.ts';
import { SECOND } from '#shared/time.ts';

/** Until the answer begins; its body may then take its time. Ten megabytes go up within this at 3 Mbit/s. */
const ANSWER_WITHIN_MS = 30 * SECOND;
/** Beside the first try, after 5xx and 429. Every call may be repeated. */
const RETRIES_MAX = 2;
const FIRST_PAUSE_MS = 100;

export type S3Options = {
  /** A bucket by its path, without a slash at its end: `https://s3.ap-southeast-1.amazonaws.com/tchat-media`. */
  readonly bucketUrl: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Undefined takes it from the host's name, and `us-east-1` where that has none. */
  readonly region: string | undefined;
  /** Before every key, without slashes at its ends. */
  readonly prefix: string;
};

/** A media store in a bucket of an S3-compatible server. Calls are signed (SigV4), bodies included. */
export function makeS3Store({ bucketUrl, prefix, region, ...credentials }: S3Options): MediaStore {
  const client = new AwsClient({
    ...credentials,
    ...(region === undefined ? {} : { region }),
    service: 's3',
    retries: RETRIES_MAX,
    initRetryMs: FIRST_PAUSE_MS,
  });

  async function call(method: string, key: ObjectKey, init: RequestInit = {}): Promise<Response> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error('no answer in time')), ANSWER_WITHIN_MS);
    try {
      return await client.fetch(`${bucketUrl}/${prefix}/${key}`, { ...init, method, signal: late.signal });
    } catch (cause) {
      throw away(cause);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async put(key, bytes) {
      const digest = createHash('sha256').update(bytes).digest('hex');
      const headers = { 'Content-Type': 'application/octet-stream', 'X-Amz-Content-Sha256': digest };
      const answer = await call('PUT', key, { body: bytes as Uint8Array<ArrayBuffer>, headers });
      await finished(answer);
    },
    async get(key, range) {
      const headers = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` };
      const answer = await call('GET', key, { headers });
      if (answer.status === 404 && (await answer.text()).includes('NoSuchKey')) return undefined;
      if (!answer.ok || answer.body === null) throw away(await refusalOf(answer));
      return answer.body;
    },
    async delete(key) {
      const answer = await call('DELETE', key);
      if (answer.status !== 404) await finished(answer);
    },
  };
}

/** Reads the answer to its end, so that its connection serves again. */
async function finished(answer: Response): Promise<void> {
  if (!answer.ok) throw away(await refusalOf(answer));
  await answer.arrayBuffer();
}

/** Status and code, which tell a wrong key or bucket from a store that is down; the rest of the body may tell too much. */
async function refusalOf(answer: Response): Promise<Error> {
  const text = answer.bodyUsed ? '' : await answer.text().catch(() => '');
  return new Error(`the object store answered ${answer.status} ${/<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? ''}`.trim());
}

function away(cause: unknown): AppError {
  return new AppError('UPSTREAM_UNAVAILABLE', { message: 'Files cannot be reached right now', retryAfterS: 5, cause });
}
