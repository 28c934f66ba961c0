import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { AppError } from '#shared/errors.ts';
import { makeUploads, type Uploads } from './uploads.ts';

const UPLOAD = { bytesMax: 100, types: [] };

/** What a server makes of a body of this size. */
async function received(uploads: Uploads, size: number) {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const asked = request({ port, host: '127.0.0.1', method: 'POST', agent: false });
  asked.on('error', () => undefined).end(Buffer.alloc(size));
  const [incoming] = (await once(server, 'request')) as [IncomingMessage];
  try {
    return await uploads.receive(incoming, UPLOAD);
  } finally {
    asked.destroy();
    server.close();
  }
}

test('files beyond the memory set aside for them are put off until others are answered', async () => {
  const uploads = makeUploads(150);
  const first = await received(uploads, 100);
  await expect(received(uploads, 60)).rejects.toMatchObject({ code: 'RETRY_LATER', retryAfterS: 1 });
  const second = await received(uploads, 50);
  first[Symbol.dispose]();
  const third = await received(uploads, 100);
  expect([first, second, third].map(({ bytes }) => bytes.length)).toEqual([100, 50, 100]);
});

test('a file that was refused holds nothing', async () => {
  const uploads = makeUploads(100);
  for (let times = 0; times < 3; times++) await expect(received(uploads, 101)).rejects.toThrow(AppError);
  expect((await received(uploads, 100)).bytes.length).toBe(100);
});

test('a file is given back once, however often it is let go of', async () => {
  const uploads = makeUploads(100);
  const first = await received(uploads, 60);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  const second = await received(uploads, 60);
  await expect(received(uploads, 60)).rejects.toThrow(AppError);
  second[Symbol.dispose]();
});
