import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MediaService } from '#services/media/service.ts';
import type { Purpose } from '#shared/contracts/media.ts';
import type { SessionId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { type MediaWorld, openMediaWorld, type Person, refusalOf } from './open-media.ts';
import { picture } from './samples.ts';

let world: MediaWorld;
let nok: Person;
beforeAll(async () => {
  world = await openMediaWorld();
  nok = await world.person();
});
afterAll(() => world[Symbol.asyncDispose]());

/** Where an object lies. */
async function pathOf(name: string): Promise<string> {
  const entries = await readdir(world.folder, { recursive: true, withFileTypes: true });
  const entry = entries.find((each) => each.name === name);
  if (entry === undefined) throw new Error(`${name} is not kept`);
  return join(entry.parentPath, entry.name);
}

async function uploaded(purpose: Purpose, bytes: Uint8Array) {
  const { media_id: id } = await world.stored(nok, purpose, bytes);
  return { id, path: await pathOf(id) };
}

test('private files rest sealed, with a key of their own, and so do their thumbnails', async () => {
  const jpeg = await picture('jpeg');
  for (const purpose of ['message', 'kyc'] as const) {
    const [one, other] = [await uploaded(purpose, jpeg), await uploaded(purpose, jpeg)];
    const [sealed, sealedAgain] = [await readFile(one.path), await readFile(other.path)];
    expect(sealed.length).toBe(jpeg.length + 16);
    expect(sealed.includes(jpeg.subarray(0, 20))).toBe(false);
    expect(Buffer.compare(sealed, sealedAgain)).not.toBe(0);
    const thumb = await readFile(await pathOf(`${one.id}.thumb`));
    expect(thumb.includes('WEBP')).toBe(false);
  }
});

test('files for everyone rest as they are', async () => {
  const png = await picture('png');
  const { path } = await uploaded('avatar', png);
  expect(Buffer.compare(await readFile(path), png)).toBe(0);
});

test('files lie in their owner’s region, where only we can read them', async () => {
  const { id, path } = await uploaded('message', Buffer.from('text'));
  expect(path).toBe(join(world.folder, 'th', id.slice(34), id));
});

test('a file that was changed, cut or swapped on the disk is not handed out', async () => {
  const letters = Buffer.alloc(1_000, 'a');
  const [one, other] = [await uploaded('message', letters), await uploaded('message', letters)];
  const sealed = await readFile(one.path);
  const changed = Buffer.from(sealed);
  changed[5]! ^= 1;
  for (const bytes of [changed, sealed.subarray(0, 500), Buffer.alloc(0), await readFile(other.path)]) {
    await writeFile(one.path, bytes);
    expect(await refusalOf(await world.get(one.id, { as: nok }))).toEqual([500, 'INTERNAL']);
  }
  await writeFile(one.path, sealed);
  expect(await (await world.get(one.id, { as: nok })).text()).toBe(letters.toString());
});

test('a file that is missing is a fault of ours, and no absence', async () => {
  const { id, path } = await uploaded('avatar', await picture('png'));
  await rm(path);
  expect(await refusalOf(await world.get(id))).toEqual([500, 'INTERNAL']);
});

test('keys and tables of one file open no other', async () => {
  const [one, other] = [await uploaded('message', Buffer.from('one')), await uploaded('message', Buffer.from('two'))];
  const swapped = `UPDATE media.files SET sealed_key = (SELECT sealed_key FROM media.files WHERE id = $2) WHERE id = $1`;
  await world.db.database.rows({ name: '', text: swapped }, [one.id, other.id]);
  expect(await refusalOf(await world.get(one.id, { as: nok }))).toEqual([500, 'INTERNAL']);
});

test('keys move to another wrapping key while files are read, one that does not unwrap notwithstanding', async () => {
  const { id } = await uploaded('message', Buffer.from('one'));
  const key = randomBytes(32).toString('hex');
  const moving = world.verbs(undefined, { MESSAGE_KEY: [key, ...world.messageKeys] });
  const moved = world.verbs(undefined, { MESSAGE_KEY: [key] });
  const asked = { variant: undefined, range: undefined, ifRange: undefined, ifNoneMatch: undefined };
  const owner = {
    userId: nok.id,
    sessionId: newId<SessionId>('TH'),
    role: 'user',
    country: 'TH',
    expiresAt: new Date(),
  } as const;
  const readBy = async (media: MediaService) => {
    const answer = await media.read(owner, id, asked);
    return answer.status === 200 ? await text(answer.body) : answer.status;
  };
  expect(await readBy(moving)).toBe('one');
  await expect(readBy(moved)).rejects.toThrow('was wrapped by');
  while ((await moving.rewrapKeys()) > 0);
  expect([await readBy(moving), await readBy(moved)]).toEqual(['one', 'one']);
  // The gateway knows the old key only.
  expect(await refusalOf(await world.get(id, { as: nok }))).toEqual([500, 'INTERNAL']);
});
