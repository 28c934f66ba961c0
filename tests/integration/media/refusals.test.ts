import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#shared/new-id.ts';
import { type MediaWorld, openMediaWorld, type Person, refusalOf } from './open-media.ts';
import { AAC, bomb, DOCX, film, MP3, OGG, PDF, picture, REFUSED, WAV, WEBM } from './samples.ts';

const MIB = 1024 * 1024;

let world: MediaWorld;
let nok: Person;
let png: Buffer;
beforeAll(async () => {
  world = await openMediaWorld();
  nok = await world.person();
  png = await picture('png');
});
afterAll(() => world[Symbol.asyncDispose]());

test('nobody stores a file without logging in', async () => {
  expect(await refusalOf(await world.upload(undefined, 'message', png))).toEqual([401, 'UNAUTHORIZED']);
  const stranger = { ...nok, token: 'garbage' };
  expect(await refusalOf(await world.upload(stranger, 'message', png))).toEqual([401, 'UNAUTHORIZED']);
});

test('a file needs a purpose that there is', async () => {
  for (const purpose of ['', 'contract', 'MESSAGE', 'message&purpose=kyc', 'message&public=true']) {
    expect(await refusalOf(await world.upload(nok, purpose, png)), purpose).toEqual([400, 'VALIDATION_ERROR']);
  }
});

test('nothing is no file', async () => {
  expect(await refusalOf(await world.upload(nok, 'message', new Uint8Array(0)))).toEqual([400, 'VALIDATION_ERROR']);
});

test('a file over 10 MB is too large, and one of 10 MB is not', async () => {
  const text = Buffer.alloc(10 * MIB + 1, 'a');
  expect(await refusalOf(await world.upload(nok, 'message', text))).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  expect((await world.upload(nok, 'message', text.subarray(1))).status).toBe(201);
});

test.each(Object.entries(REFUSED))('%s is not taken, whatever it is said to be', async (_, bytes) => {
  for (const type of ['image/png', 'text/plain', 'application/pdf', 'application/octet-stream']) {
    const answer = await world.upload(nok, 'message', bytes, { 'content-type': type });
    expect(await refusalOf(answer), type).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  }
});

test('a refusal says what to send instead', async () => {
  const answer = await world.upload(nok, 'avatar', PDF);
  expect(await answer.json()).toMatchObject({
    status: 415,
    error: 'application/pdf is not taken for this purpose',
    details: 'Send a JPEG, PNG, WebP or GIF picture',
  });
});

test('each purpose takes what it is for, and nothing else', async () => {
  const others = [film(), WEBM, OGG, WAV, MP3, AAC, PDF, DOCX, Buffer.from('text')];
  for (const purpose of ['avatar', 'product']) {
    for (const file of others) {
      expect(await refusalOf(await world.upload(nok, purpose, file))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    }
  }
  for (const file of [await picture('gif'), ...others.filter((file) => file !== PDF)]) {
    expect(await refusalOf(await world.upload(nok, 'kyc', file))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  }
});

test('a file that is said to be a picture must be one', async () => {
  for (const [file, type] of [
    [PDF, 'image/png'],
    [Buffer.from('text'), 'IMAGE/JPEG'],
    [png, 'video/mp4'],
    [PDF, 'audio/mpeg'],
  ] as const) {
    const answer = await world.upload(nok, 'message', file, { 'content-type': type });
    expect(await refusalOf(answer), type).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  }
});

test('a picture that is cut off, or only begins like one, is refused', async () => {
  const [jpeg, webp, gif] = [await picture('jpeg'), await picture('webp'), await picture('gif')];
  const broken = [
    ...[png, jpeg, webp, gif].map((whole) => whole.subarray(0, whole.length - 12)),
    Buffer.from('\x89PNG\r\n\x1a\n<html>', 'latin1'),
    Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(40)]),
  ];
  for (const [place, file] of broken.entries()) {
    const answer = await world.upload(nok, 'avatar', file);
    expect(await refusalOf(answer), String(place)).toEqual([400, 'VALIDATION_ERROR']);
  }
});

test('a picture of more pixels than anyone should draw is refused without drawing it', async () => {
  const answer = await world.upload(nok, 'avatar', bomb());
  expect(await answer.json()).toMatchObject({
    code: 'VALIDATION_ERROR',
    details: [{ path: '', message: 'the picture has more than 50 million pixels' }],
  });
});

test('a refused file leaves nothing behind', async () => {
  const counted = await world.db.database.rows({ name: '', text: 'SELECT FROM media.files WHERE state <> $1' }, [
    'stored',
  ]);
  expect(counted).toEqual([]);
});

test('a file that nobody has is absent, and someone who is not logged in does not learn even that', async () => {
  const nobodys = newId('TH');
  expect(await refusalOf(await world.get(nobodys, { as: nok }))).toEqual([404, 'NOT_FOUND']);
  expect(await refusalOf(await world.get(nobodys))).toEqual([401, 'UNAUTHORIZED']);
  expect(await refusalOf(await world.get('17', { as: nok }))).toEqual([400, 'VALIDATION_ERROR']);
  expect(await refusalOf(await world.get('..%2f..%2fetc%2fpasswd', { as: nok }))).toEqual([400, 'VALIDATION_ERROR']);
});

test('a private file of someone else is absent, the same as one that nobody has', async () => {
  const other = await world.person();
  for (const purpose of ['message', 'kyc'] as const) {
    const { media_id: id } = await world.stored(nok, purpose, png);
    for (const query of ['', '?variant=thumb']) {
      expect(await refusalOf(await world.get(id, { as: other, query }))).toEqual([404, 'NOT_FOUND']);
      expect(await refusalOf(await world.get(id, { query }))).toEqual([401, 'UNAUTHORIZED']);
    }
  }
});

test('a variant that there is not is refused, and a thumbnail of what is no picture is absent', async () => {
  const { media_id: id } = await world.stored(nok, 'message', PDF);
  expect(await refusalOf(await world.get(id, { as: nok, query: '?variant=large' }))).toEqual([400, 'VALIDATION_ERROR']);
  expect(await refusalOf(await world.get(id, { as: nok, query: '?variant=thumb' }))).toEqual([404, 'NOT_FOUND']);
});

test('a range that begins after the end is refused with the length', async () => {
  const { media_id: id, size } = await world.stored(nok, 'message', MP3);
  const answer = await world.get(id, { as: nok, headers: { range: `bytes=${size}-` } });
  expect([await refusalOf(answer), answer.headers.get('content-range')]).toEqual([
    [416, 'RANGE_NOT_SATISFIABLE'],
    `bytes */${size}`,
  ]);
});
