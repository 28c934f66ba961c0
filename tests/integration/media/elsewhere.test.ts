import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StoredMedia } from '#shared/contracts/media.ts';
import { openRealGateway, type RealGateway } from '#tests/integration/gateway/real-gateway.ts';
import { refusalOf } from './open-media.ts';
import { film } from './samples.ts';

const FILE_BYTES_MAX = 10 * 1024 * 1024;

let folder: string;
let gateway: RealGateway;
let token: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tchat-media-'));
  gateway = await openRealGateway({ elsewhere: ['media'], settings: { MEDIA_DIR: folder } });
  token = (await gateway.account()).access_token;
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function upload(body: Uint8Array<ArrayBuffer>): Promise<Response> {
  return fetch(`${gateway.url}/api/v1/media?purpose=message`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body,
  });
}

test('a file that is too large for a service elsewhere is refused through the gateway', async () => {
  expect(await refusalOf(await upload(new Uint8Array(FILE_BYTES_MAX + 1)))).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  expect(await refusalOf(await upload(randomBytes(1_000)))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
});

test('files go through the gateway to a service elsewhere and back, whole and in parts', async () => {
  const bytes = Buffer.concat([film(), Buffer.alloc(FILE_BYTES_MAX - film().length, 1)]);
  const answer = await upload(new Uint8Array(bytes));
  expect(answer.status).toBe(201);
  const { media_id: id, sha256 } = (await answer.json()) as StoredMedia;
  const get = (headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${gateway.url}/api/v1/media/${id}`, { method, headers: { authorization: `Bearer ${token}`, ...headers } });

  const whole = await get();
  expect(Object.fromEntries(whole.headers)).toMatchObject({
    'content-length': String(FILE_BYTES_MAX),
    'content-type': 'video/mp4',
    'cache-control': 'private, no-cache',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
    etag: `"${sha256}"`,
  });
  expect(Buffer.compare(Buffer.from(await whole.arrayBuffer()), bytes)).toBe(0);

  const part = await get({ range: 'bytes=9000000-9000099' });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 9000000-9000099/${FILE_BYTES_MAX}`]);
  expect(Buffer.compare(Buffer.from(await part.arrayBuffer()), bytes.subarray(9_000_000, 9_000_100))).toBe(0);

  const known = await get({ 'if-none-match': `"${sha256}"` });
  expect([known.status, await known.text()]).toEqual([304, '']);
  const head = await get({}, 'HEAD');
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(FILE_BYTES_MAX)]);
  expect((await fetch(`${gateway.url}/api/v1/media/${id}`)).status).toBe(401);
});

test('more files a minute than people send are put off, and reading goes on', async () => {
  const sender = (await gateway.account()).access_token;
  const send = () =>
    fetch(`${gateway.url}/api/v1/media?purpose=none`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sender}` },
    });
  const statuses: number[] = [];
  for (let times = 0; times < 61; times++) {
    const answer = await send();
    await answer.text();
    statuses.push(answer.status);
  }
  expect([statuses.slice(0, 60).every((status) => status === 400), statuses.at(-1)]).toEqual([true, 429]);
  const read = await fetch(`${gateway.url}/api/v1/users/profile`, { headers: { authorization: `Bearer ${sender}` } });
  expect(read.status).toBe(200);
});
