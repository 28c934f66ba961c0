import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '#infrastructure/config/settings.ts';
import { makeS3Store } from '#infrastructure/media-store/s3-store.ts';
import type { MediaStore, ObjectKey } from '#services/media/ports.ts';
import { SignedHead } from './signed-head.ts';

/** Longer than any head. */
const LINE_BYTES_MAX = 512;

/** Where signed heads are kept: somewhere that whoever can change the database cannot change as well. */
export interface HeadStore {
  /** Durable when it returns. */
  append(head: SignedHead): Promise<void>;
  /** The latest heads of a chain, the newest last. @throws when one cannot be read */
  recent(chain: string, max: number): Promise<SignedHead[]>;
}

type HeadConfig = Pick<
  Config,
  'AUDIT_HEADS_DIR' | 'AUDIT_HEADS_S3_URL' | 'MEDIA_S3_REGION' | 'MEDIA_S3_ACCESS_KEY_ID' | 'MEDIA_S3_SECRET_ACCESS_KEY'
>;

/** The store that the settings name: a bucket when one is given, else a folder. */
export function openHeadStore(config: HeadConfig): HeadStore {
  if (config.AUDIT_HEADS_S3_URL === undefined) return makeFolderHeads(config.AUDIT_HEADS_DIR);
  return makeBucketHeads(
    makeS3Store({
      bucketUrl: config.AUDIT_HEADS_S3_URL.replace(/\/$/, ''),
      accessKeyId: config.MEDIA_S3_ACCESS_KEY_ID,
      secretAccessKey: config.MEDIA_S3_SECRET_ACCESS_KEY,
      region: config.MEDIA_S3_REGION,
      prefix: 'audit-heads',
    }),
  );
}

/** A file for each chain, a line for each head: for a folder that is mounted from another machine. */
export function makeFolderHeads(folder: string): HeadStore {
  const pathOf = (chain: string) => join(folder, `${chain}.jsonl`);
  return {
    append: async (head) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await using file = await open(pathOf(head.chain), 'a', 0o600);
      await file.appendFile(`${JSON.stringify(head)}\n`);
      await file.sync();
    },
    recent: async (chain, max) => {
      const lines = (await endOf(pathOf(chain), max * LINE_BYTES_MAX)).split('\n').filter((line) => line !== '');
      return lines.slice(-max).map((line) => SignedHead.parse(JSON.parse(line)));
    },
  };
}

/** The last whole lines of a file, of some bytes at most; nothing when there is none. */
async function endOf(path: string, bytesMax: number): Promise<string> {
  const opened = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (opened === undefined) return '';
  await using file = opened;
  const { size } = await file.stat();
  const start = Math.max(0, size - bytesMax);
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(size - start), position: start });
  const text = buffer.subarray(0, bytesRead).toString('utf8');
  return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
}

/**
 * An object for each head in an S3-compatible bucket, which names the one before it, and one that says which is the
 * latest. With object lock on the bucket nobody removes or changes what was written.
 */
export function makeBucketHeads(store: Pick<MediaStore, 'put' | 'get'>): HeadStore {
  const keyOf = (chain: string, number: string) => `${chain.toLowerCase()}-${number}` as ObjectKey;

  async function read(key: ObjectKey): Promise<SignedHead | undefined> {
    const bytes = await store.get(key);
    if (bytes === undefined) return undefined;
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    return SignedHead.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  }

  return {
    append: async (head) => {
      const bytes = Buffer.from(JSON.stringify(head));
      await store.put(keyOf(head.chain, head.number), bytes);
      await store.put(keyOf(head.chain, 'latest'), bytes);
    },
    recent: async (chain, max) => {
      const heads: SignedHead[] = [];
      let head = await read(keyOf(chain, 'latest'));
      while (head !== undefined) {
        heads.unshift(head);
        if (head.previous === undefined || heads.length === max) break;
        const before = await read(keyOf(chain, head.previous));
        if (before === undefined) throw new Error(`the head ${head.previous} of the chain ${chain} is gone`);
        head = before;
      }
      return heads;
    },
  };
}
