import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DialogId, MediaId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { MessageKind } from '#services/media/rules.ts';
import type { MediaService } from '#services/media/service.ts';
import { type MediaWorld, messageKey, openMediaWorld, type Person } from './open-media.ts';
import { film, MP3, PDF, picture } from './samples.ts';

let world: MediaWorld;
let media: MediaService;
let nok: Person;
let chai: Person;
const dialogId = newId<DialogId>('VN');
beforeAll(async () => {
  world = await openMediaWorld();
  media = world.verbs();
  [nok, chai] = [await world.person(), await world.person()];
});
afterAll(() => world[Symbol.asyncDispose]());

const attach = (mediaId: MediaId, kind: MessageKind, as = nok, to = dialogId, key = messageKey()) =>
  media.attach({ mediaId, ownerId: as.id, dialogId: to, messageKey: key, kind });

test('what nobody has, what someone else has and what is for another purpose are refused alike', async () => {
  const png = await picture('png');
  const { media_id: theirs } = await world.stored(chai, 'message', png);
  const { media_id: avatar } = await world.stored(nok, 'avatar', png);
  const { media_id: document } = await world.stored(nok, 'kyc', png);
  for (const id of [newId<MediaId>('TH'), theirs, avatar, document]) expect(await attach(id, 'file')).toBe('refused');
});

test('a file is sent as what it is, or as a file', async () => {
  for (const [bytes, own] of [
    [await picture('gif'), 'image'],
    [film(), 'video'],
    [MP3, 'audio'],
    [PDF, 'file'],
  ] as const) {
    const { media_id: id } = await world.stored(nok, 'message', bytes);
    const outcomes = await Promise.all(
      (['image', 'video', 'audio', 'file'] as const).map(async (kind) => [kind, await attach(id, kind)]),
    );
    expect(outcomes.filter(([, outcome]) => outcome === 'attached').map(([kind]) => kind)).toEqual([
      ...new Set([own, 'file']),
    ]);
  }
});

test('a repeat is attached again and tells nothing twice', async () => {
  const { media_id: id } = await world.stored(nok, 'message', PDF);
  const key = messageKey();
  const outcomes = await Promise.all([1, 2, 3].map(() => attach(id, 'file', nok, dialogId, key)));
  expect(outcomes).toEqual(['attached', 'attached', 'attached']);
  const told = { name: '', text: `SELECT data FROM events.outbox WHERE type = 'media.attached' AND aggregate_id = $1` };
  expect(await world.db.database.rows(told, [id])).toEqual([
    { data: { media_id: id, owner_id: nok.id, dialog_id: dialogId } },
  ]);
});

test('a file can be sent to a hundred dialogs, in whatever region those live', async () => {
  const { media_id: id } = await world.stored(nok, 'message', PDF);
  for (let place = 0; place < 100; place++) {
    const to = newId<DialogId>(place % 2 === 0 ? 'TH' : 'ID');
    expect(await attach(id, 'file', nok, to)).toBe('attached');
  }
  expect(await attach(id, 'file', nok, dialogId)).toBe('refused');
});

test('a file can be shown by a thousand messages', async () => {
  const { media_id: id } = await world.stored(nok, 'message', PDF);
  const text = `INSERT INTO media.links (media_id, dialog_id, shown_by, linked_at)
    SELECT $1, $2, gen_random_uuid(), now() FROM generate_series(1, 999)`;
  await world.db.database.rows({ name: '', text }, [id, dialogId]);
  const key = messageKey();
  expect(await attach(id, 'file', nok, dialogId, key)).toBe('attached');
  expect(await attach(id, 'file')).toBe('refused');
  expect(await attach(id, 'file', nok, dialogId, key)).toBe('attached');
});

test('a deleted file cannot be sent or read, and is deleted by its owner only', async () => {
  const { media_id: id } = await world.stored(nok, 'message', PDF);
  expect(await media.delete(chai.id, id)).toBe(false);
  expect(await media.delete(nok.id, id)).toBe(true);
  expect(await media.delete(nok.id, id)).toBe(false);
  expect(await attach(id, 'file')).toBe('refused');
  expect((await world.get(id, { as: nok })).status).toBe(404);
});

test('a document is kept for its owner and its purpose only', async () => {
  const { media_id: mediaId } = await world.stored(nok, 'kyc', PDF);
  expect(await media.keep({ mediaId, ownerId: chai.id, purpose: 'kyc' })).toBe('refused');
  expect(await media.keep({ mediaId, ownerId: nok.id, purpose: 'avatar' })).toBe('refused');
  expect(await media.keep({ mediaId, ownerId: nok.id, purpose: 'kyc' })).toBe('kept');
});
