import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeDiskStore } from '#infrastructure/media-store/disk-store.ts';
import { makeS3Store } from '#infrastructure/media-store/s3-store.ts';
import type { MediaStore, ObjectKey } from '#services/media/ports.ts';
import { fileKey, thumbKey } from '#services/media/rules.ts';
import type { MediaId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { openMediaWorld } from './open-media.ts';
import { openS3Server, S3_SERVER_WITHIN_MS, type S3Server } from './s3-server.ts';
import { film, PDF, picture } from './samples.ts';

const MIB = 1024 * 1024;
const AWAY = expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE', retryAfterS: 5 });

let folder: string;
let server: S3Server;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tchat-media-'));
  server = await openS3Server();
}, S3_SERVER_WITHIN_MS);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const s3 = (facts: Partial<S3Server> = {}): MediaStore => {
  const { bucketUrl, accessKeyId, secretAccessKey } = { ...server, ...facts };
  return makeS3Store({ bucketUrl, accessKeyId, secretAccessKey, region: undefined, prefix: 'th' });
};
const newKey = (): ObjectKey => fileKey(newId<MediaId>('TH'));

async function read(store: MediaStore, ...of: Parameters<MediaStore['get']>): Promise<Buffer | undefined> {
  const found = await store.get(...of);
  return found && (await buffer(found));
}

describe.each([
  ['a disk', () => makeDiskStore(folder)],
  ['an S3-compatible server', s3],
])('%s', (_, open) => {
  let store: MediaStore;
  beforeAll(() => {
    store = open();
  });

  test('has nothing that was not put, and minds no deletion of it', async () => {
    const key = newKey();
    await store.delete(key);
    expect(await store.get(key)).toBeUndefined();
    expect(await store.get(key, { start: 0, end: 9 })).toBeUndefined();
  });

  test.each([1, 65_536, 10 * MIB])('keeps %i bytes as they are', async (size) => {
    const [key, bytes] = [newKey(), randomBytes(size)];
    await store.put(key, bytes);
    const kept = await read(store, key);
    expect(kept?.length).toBe(size);
    expect(Buffer.compare(kept!, bytes)).toBe(0);
  });

  test('hands out any part, both ends included', async () => {
    const [key, bytes] = [newKey(), randomBytes(200_000)];
    await store.put(key, bytes);
    for (const [start, end] of [
      [0, 0],
      [10, 19],
      [65_536, 131_071],
      [199_999, 199_999],
      [0, 199_999],
    ] as const) {
      const part = await read(store, key, { start, end });
      expect(part?.length).toBe(end - start + 1);
      expect(Buffer.compare(part!, bytes.subarray(start, end + 1))).toBe(0);
    }
  });

  test('keeps the latest under a key, and a file apart from its thumbnail', async () => {
    const id = newId<MediaId>('TH');
    await store.put(fileKey(id), Buffer.from('first'));
    await store.put(thumbKey(id), Buffer.from('small'));
    await store.put(fileKey(id), Buffer.from('second, and longer'));
    expect(String(await read(store, fileKey(id)))).toBe('second, and longer');
    await store.delete(fileKey(id));
    expect(await store.get(fileKey(id))).toBeUndefined();
    expect(String(await read(store, thumbKey(id)))).toBe('small');
  });

  test('keeps each of many that come at once', async () => {
    const each = Array.from({ length: 16 }, (_, place) => [newKey(), Buffer.alloc(300_000, place)] as const);
    await Promise.all(each.map(([key, bytes]) => store.put(key, bytes)));
    for (const [key, bytes] of each) expect(Buffer.compare((await read(store, key))!, bytes)).toBe(0);
  });

  test('lets go of a stream that nobody reads to its end', async () => {
    const key = newKey();
    await store.put(key, randomBytes(5 * MIB));
    for (let times = 0; times < 20; times++) {
      const pieces = (await store.get(key))![Symbol.asyncIterator]();
      await pieces.next();
      await pieces.return?.();
    }
    expect((await read(store, key))?.length).toBe(5 * MIB);
  });
});

describe('a disk', () => {
  test('shows nothing of what was written halfway, and clears it away with the rest', async () => {
    const store = makeDiskStore(folder);
    const key = newKey();
    const shard = join(folder, key.slice(34, 36));
    await mkdir(shard, { recursive: true });
    await writeFile(join(shard, `${key}.part`), 'half of i');
    expect(await store.get(key)).toBeUndefined();
    await store.delete(key);
    expect((await readdir(shard)).filter((name) => name.startsWith(key))).toEqual([]);
  });

  test('that cannot be used is away for now', async () => {
    const blocked = join(folder, 'blocked');
    await writeFile(blocked, 'no folder');
    const store = makeDiskStore(blocked);
    await expect(store.put(newKey(), PDF)).rejects.toEqual(AWAY);
    await expect(store.get(newKey())).rejects.toEqual(AWAY);
  });
});

describe('an S3-compatible server', () => {
  test('that does not know us, or our bucket, is away: nothing is taken for absent', async () => {
    const bucketUrl = server.bucketUrl.replace('/files', '/others');
    for (const store of [s3({ secretAccessKey: 'another-secret-of-ours' }), s3({ bucketUrl })]) {
      await expect(store.put(newKey(), PDF)).rejects.toEqual(AWAY);
      await expect(store.get(newKey())).rejects.toEqual(AWAY);
    }
  });
});

test('files are stored, sought in and swept in an S3-compatible server, and answered 503 while it is away', async () => {
  await using own = await openS3Server();
  await using world = await openMediaWorld(own.settings);
  const nok = await world.person();
  const bytes = film();
  const { media_id: id } = await world.stored(nok, 'message', bytes);
  const { media_id: avatar } = await world.stored(nok, 'avatar', await picture('png'));
  const part = await world.get(id, { as: nok, headers: { range: 'bytes=65000-66000' } });
  expect(part.status).toBe(206);
  expect(Buffer.compare(Buffer.from(await part.arrayBuffer()), bytes.subarray(65_000, 66_001))).toBe(0);
  expect((await world.get(avatar)).status).toBe(200);
  expect(await world.verbs(new Date(Date.now() + 2 * 24 * 3_600_000)).sweep()).toBe(1);

  await own.stop();
  const [got, sent] = [await world.get(avatar), await world.upload(nok, 'message', PDF)];
  expect([got.status, sent.status, sent.headers.get('retry-after')]).toEqual([503, 503, '5']);
});
