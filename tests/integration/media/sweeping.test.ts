import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MediaService } from '#services/media/service.ts';
import type { DialogId, MediaId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { DAY, HOUR, MINUTE } from '#shared/time.ts';
import { type MediaWorld, messageKey, openMediaWorld, type Person, refusalOf } from './open-media.ts';
import { PDF, picture } from './samples.ts';

let world: MediaWorld;
let nok: Person;
beforeEach(async () => {
  world = await openMediaWorld({ MEDIA_MB_PER_USER: '10' });
  nok = await world.person();
});
afterEach(() => world[Symbol.asyncDispose]());

const after = (ms: number): Date => new Date(Date.now() + ms);

/** Names of the objects that are kept. */
async function kept(): Promise<string[]> {
  const entries = await readdir(world.folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

function attach(media: MediaService, mediaId: MediaId) {
  const dialogId = newId<DialogId>('TH');
  return media.attach({ mediaId, ownerId: nok.id, dialogId, messageKey: messageKey(), kind: 'file' });
}

async function usage(): Promise<number> {
  const counted = { name: '', text: 'SELECT bytes FROM media.usage WHERE owner_id = $1' };
  const [row] = await world.db.database.rows<{ bytes: bigint }>(counted, [nok.id]);
  return Number(row?.bytes ?? 0);
}

async function purgedOf(id: MediaId): Promise<unknown[]> {
  const told = { name: '', text: `SELECT data FROM events.outbox WHERE type = 'media.purged' AND aggregate_id = $1` };
  return (await world.db.database.rows<{ data: unknown }>(told, [id])).map(({ data }) => data);
}

test('what nothing has shown for a day is removed with its bytes, and what is shown stays', async () => {
  const png = await picture('png');
  const { media_id: unused } = await world.stored(nok, 'message', png);
  const { media_id: document } = await world.stored(nok, 'kyc', png);
  const { media_id: sent } = await world.stored(nok, 'message', PDF);
  const { media_id: submitted } = await world.stored(nok, 'kyc', PDF);
  const { media_id: avatar } = await world.stored(nok, 'avatar', png);
  const media = world.verbs();
  await attach(media, sent);
  await media.keep({ mediaId: submitted, ownerId: nok.id, purpose: 'kyc' });

  expect(await world.verbs(after(DAY - MINUTE)).sweep()).toBe(0);
  expect(await world.verbs(after(DAY + MINUTE)).sweep()).toBe(2);
  expect((await kept()).toSorted()).toEqual([avatar, `${avatar}.thumb`, sent, submitted].toSorted());
  for (const id of [unused, document]) {
    expect((await world.get(id, { as: nok })).status).toBe(404);
    expect(await purgedOf(id)).toEqual([{ media_id: id, owner_id: nok.id, reason: 'unused' }]);
  }
  for (const id of [avatar, sent, submitted]) expect((await world.get(id, { as: nok })).status).toBe(200);
  expect(await world.verbs(after(DAY + MINUTE)).sweep()).toBe(0);
});

test('a deleted file is kept for a year, though nobody can read it, and is gone after it', async () => {
  const { media_id: id } = await world.stored(nok, 'avatar', await picture('png'));
  await world.verbs().delete(nok.id, id);
  expect((await world.get(id, { as: nok })).status).toBe(404);
  expect(await world.verbs(after(364 * DAY)).sweep()).toBe(0);
  expect(await kept()).toHaveLength(2);
  expect(await world.verbs(after(366 * DAY)).sweep()).toBe(1);
  expect(await kept()).toEqual([]);
  expect(await purgedOf(id)).toEqual([{ media_id: id, owner_id: nok.id, reason: 'deleted' }]);
});

test('an upload that a crash has cut off is cleared away, bytes and row', async () => {
  const { media_id: id } = await world.stored(nok, 'message', PDF);
  // As a crash between the bytes and the answer leaves it.
  await world.db.database.rows({ name: '', text: `UPDATE media.files SET state = 'pending' WHERE id = $1` }, [id]);
  expect((await world.get(id, { as: nok })).status).toBe(404);
  expect(await world.verbs(after(HOUR - MINUTE)).sweep()).toBe(0);
  expect(await world.verbs(after(HOUR + MINUTE)).sweep()).toBe(1);
  expect(await kept()).toEqual([]);
  expect(await usage()).toBe(0);
});

test('a purge that a crash has cut off is taken up again', async () => {
  const { media_id: id } = await world.stored(nok, 'message', PDF);
  const claimed = `UPDATE media.files SET state = 'purging', purging_since = now() WHERE id = $1`;
  await world.db.database.rows({ name: '', text: claimed }, [id]);
  expect(await world.verbs().sweep()).toBe(0);
  expect(await world.verbs(after(11 * MINUTE)).sweep()).toBe(1);
  expect(await kept()).toEqual([]);
});

test('a file is sent or removed, never both', async () => {
  const ids = await Promise.all(
    Array.from({ length: 12 }, async () => (await world.stored(nok, 'message', PDF)).media_id),
  );
  const media = world.verbs();
  const late = world.verbs(after(2 * DAY));
  const [outcomes] = await Promise.all([
    Promise.all(ids.map((mediaId) => attach(media, mediaId))),
    late.sweep(),
    late.sweep(),
  ]);
  await late.sweep();
  const readable = await Promise.all(ids.map(async (id) => (await world.get(id, { as: nok })).status === 200));
  expect(readable).toEqual(outcomes.map((outcome) => outcome === 'attached'));
  expect((await kept()).length).toBe(outcomes.filter((outcome) => outcome === 'attached').length);
});

test('one person may have stored so much at a time, counted exactly however many files come at once', async () => {
  const text = Buffer.alloc(3 * 1024 * 1024, 'a');
  const answers = await Promise.all(Array.from({ length: 6 }, () => world.upload(nok, 'message', text)));
  const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
  expect(statuses).toEqual([201, 201, 201, 409, 409, 409]);
  expect(await refusalOf(answers.find(({ status }) => status === 409)!)).toEqual([409, 'CONFLICT']);
  expect([await usage(), (await kept()).length]).toEqual([3 * text.length, 3]);
  const [someone] = [await world.person()];
  expect((await world.upload(someone, 'message', text)).status).toBe(201);

  await world.verbs(after(2 * DAY)).sweep();
  expect(await usage()).toBe(0);
  expect((await world.upload(nok, 'message', text)).status).toBe(201);
});

test('a repeated upload stores and counts nothing, nor do twins in flight', async () => {
  const key = { 'idempotency-key': 'twins' };
  const answers = await Promise.all([1, 2, 3].map(() => world.upload(nok, 'message', PDF, key)));
  const done = answers.filter(({ status }) => status === 201);
  expect(done.length).toBeGreaterThan(0);
  expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
  const again = await world.stored(nok, 'message', PDF, key);
  expect(await kept()).toEqual([again.media_id]);
  expect(await usage()).toBe(PDF.length);
});
