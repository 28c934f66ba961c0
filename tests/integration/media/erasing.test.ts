import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDiskStore } from '#infrastructure/media-store/disk-store.ts';
import { makeEraseFiles, makeOwnFiles } from '#services/media/own-files.ts';
import type { MediaId } from '#shared/ids.ts';
import { type MediaWorld, openMediaWorld, type Person } from './open-media.ts';
import { PDF, picture } from './samples.ts';

let world: MediaWorld;
let nok: Person;
let chai: Person;
beforeEach(async () => {
  world = await openMediaWorld();
  nok = await world.person();
  chai = await world.person();
});
afterEach(() => world[Symbol.asyncDispose]());

/** Names of the objects that are kept. */
async function kept(): Promise<string[]> {
  const entries = await readdir(world.folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .toSorted((one, other) => one.localeCompare(other));
}

function eraser(held: readonly MediaId[] = []) {
  const { databases, outbox } = world.db;
  return makeEraseFiles({
    databases,
    outbox,
    stores: { of: (region) => makeDiskStore(join(world.folder, region.toLowerCase())) },
    clock: () => new Date(),
    heldDocuments: async () => held,
  });
}

test('whoever is erased leaves no file, of whatever purpose and state, but documents that the law holds', async () => {
  const png = await picture('png');
  const ids: MediaId[] = [];
  for (const purpose of ['message', 'avatar', 'product', 'kyc'] as const) {
    ids.push((await world.stored(nok, purpose, png)).media_id);
  }
  const { media_id: deleted } = await world.stored(nok, 'message', PDF);
  await world.verbs().delete(nok.id, deleted);
  const { media_id: held } = await world.stored(nok, 'kyc', PDF);
  const { media_id: theirs } = await world.stored(chai, 'message', PDF);

  let steps = 0;
  const erased = await eraser([held])(nok.id, 'TH', () => void (steps += 1));
  expect([erased, steps]).toEqual([{ done: true, held: [] }, 5]);
  expect(await kept()).toEqual([held, theirs].toSorted((one, other) => one.localeCompare(other)));
  for (const id of [...ids, deleted]) expect((await world.get(id, { as: nok })).status).toBe(404);
  expect((await world.get(theirs, { as: chai })).status).toBe(200);
  expect(await eraser([held])(nok.id, 'TH')).toEqual({ done: true, held: [] });

  await eraser()(nok.id, 'TH');
  expect(await kept()).toEqual([theirs]);
});

test('an erasure that was cut off goes on with what is left', async () => {
  for (let count = 0; count < 3; count += 1) await world.stored(nok, 'message', PDF);
  const cutOff = eraser()(nok.id, 'TH', () => {
    throw new Error('the worker dies');
  });
  await expect(cutOff).rejects.toThrow('dies');
  expect((await kept()).length).toBeGreaterThan(0);
  await eraser()(nok.id, 'TH');
  expect(await kept()).toEqual([]);
});

test('what an export tells of files is what can still be read, each once', async () => {
  const { media_id: one } = await world.stored(nok, 'message', PDF);
  const { media_id: other } = await world.stored(nok, 'avatar', await picture('png'));
  const { media_id: deleted } = await world.stored(nok, 'message', PDF);
  await world.verbs().delete(nok.id, deleted);
  await world.stored(chai, 'message', PDF);
  const told: object[] = [];
  for await (const { section, records } of makeOwnFiles(world.db)(nok.id, 'TH')) {
    expect(section).toBe('media');
    told.push(...records);
  }
  expect(told).toEqual([
    expect.objectContaining({ id: one, purpose: 'message', mime_type: 'application/pdf', url: `/api/v1/media/${one}` }),
    expect.objectContaining({ id: other, purpose: 'avatar' }),
  ]);
});
