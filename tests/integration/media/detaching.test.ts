import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientKeyOf } from '#services/messaging/client-key.ts';
import type { DialogId, MediaId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { DAY, MINUTE } from '#shared/time.ts';
import { type MediaWorld, messageKey, openMediaWorld, type Person, type Stored } from './open-media.ts';
import { PDF } from './samples.ts';

let world: MediaWorld;
let nok: Person;
let chai: Person;
let lek: Person;
let eve: Person;
beforeAll(async () => {
  world = await openMediaWorld();
  nok = await world.person();
  chai = await world.person();
  lek = await world.person();
  eve = await world.person();
});
afterAll(() => world[Symbol.asyncDispose]());

type Sent = { readonly id: string; readonly client_id: string };

async function send(dialogId: DialogId, mediaId: MediaId, as = nok): Promise<Sent> {
  const message = { message_type: 'file', metadata: { media_id: mediaId } };
  const { status, body } = await world.call(as, 'POST', `/dialogs/${dialogId}/messages`, message);
  expect(status, JSON.stringify(body)).toBe(201);
  return body as Sent;
}

const remove = async (message: Sent, as = nok) => (await world.call(as, 'DELETE', `/messages/${message.id}`)).status;

const statusFor = async (person: Person, mediaId: MediaId) => (await world.get(mediaId, { as: person })).status;

async function endedOf({ media_id: id }: Stored): Promise<unknown[]> {
  const text = `SELECT type FROM events.outbox WHERE aggregate_id = $1 AND type = 'media.deleted'`;
  return await world.db.database.rows({ name: '', text }, [id]);
}

test('who may not delete a message does not end its file either', async () => {
  const dialogId = await world.group([nok, chai, lek]);
  const file = await world.stored(chai, 'message', PDF);
  const message = await send(dialogId, file.media_id, chai);
  expect([await remove(message, lek), await remove(message, eve)]).toEqual([403, 404]);
  expect(await statusFor(lek, file.media_id)).toBe(200);
  expect(await endedOf(file)).toEqual([]);
});

test('the file of a deleted message is unreadable at once, kept for a year, and gone after it', async () => {
  const dialogId = await world.group([nok, chai, lek]);
  const file = await world.stored(nok, 'message', PDF);
  const message = await send(dialogId, file.media_id);
  expect(await statusFor(chai, file.media_id)).toBe(200);
  expect(await remove(message)).toBe(200);
  expect([await statusFor(chai, file.media_id), await statusFor(nok, file.media_id)]).toEqual([404, 404]);
  expect(await remove(message)).toBe(200);
  expect(await endedOf(file)).toHaveLength(1);

  const kept = async () =>
    (await readdir(world.folder, { recursive: true })).some((path) => path.endsWith(file.media_id));
  const days = (count: number) => world.verbs(new Date(Date.now() + count * DAY));
  await days(364).sweep();
  expect(await kept()).toBe(true);
  await days(366).sweep();
  expect(await kept()).toBe(false);
});

test('an admin who deletes a message ends its file, and the audit says who it was', async () => {
  const dialogId = await world.group([nok, chai, lek]);
  const file = await world.stored(chai, 'message', PDF);
  expect(await remove(await send(dialogId, file.media_id, chai), nok)).toBe(200);
  expect(await statusFor(chai, file.media_id)).toBe(404);
  const audit = { name: '', text: `SELECT data->>'actor' AS actor FROM events.outbox WHERE data->>'subject' = $1` };
  expect(await world.db.database.rows(audit, [file.media_id])).toEqual([{ actor: nok.id }]);
});

test('a file that is shown twice stays with the message that is left, and only for its members', async () => {
  const here = await world.group([nok, chai, lek]);
  const there = await world.group([nok, chai, eve]);
  const file = await world.stored(nok, 'message', PDF);
  const [first, second, third] = [
    await send(here, file.media_id),
    await send(here, file.media_id),
    await send(there, file.media_id),
  ];
  expect(await remove(first)).toBe(200);
  expect(await Promise.all([lek, eve].map((person) => statusFor(person, file.media_id)))).toEqual([200, 200]);
  expect(await remove(second)).toBe(200);
  expect(await Promise.all([nok, chai, lek, eve].map((person) => statusFor(person, file.media_id)))).toEqual([
    200, 200, 404, 200,
  ]);
  expect(await remove(third)).toBe(200);
  expect(await Promise.all([nok, chai, lek, eve].map((person) => statusFor(person, file.media_id)))).toEqual([
    404, 404, 404, 404,
  ]);
  expect(await endedOf(file)).toHaveLength(1);
});

test('what the event says later, or again, changes nothing', async () => {
  const dialogId = await world.group([nok, chai, lek]);
  const file = await world.stored(nok, 'message', PDF);
  const message = await send(dialogId, file.media_id);
  await send(dialogId, file.media_id);
  const showing = { dialogId, mediaId: file.media_id, messageKey: clientKeyOf(dialogId, nok.id, message.client_id) };
  const media = world.verbs();
  await Promise.all([1, 2, 3].map(() => media.detach(showing, nok.id)));
  await media.detach({ ...showing, messageKey: messageKey() }, nok.id);
  await media.detach({ ...showing, mediaId: newId<MediaId>('TH') }, nok.id);
  expect(await statusFor(chai, file.media_id)).toBe(200);
});

test('files end with the messages that retention has purged, and those of later ones stay', async () => {
  const dialogId = await world.group([nok, chai, lek]);
  const [old, both, recent] = [
    await world.stored(nok, 'message', PDF),
    await world.stored(nok, 'message', PDF),
    await world.stored(nok, 'message', PDF),
  ];
  await send(dialogId, old.media_id);
  await send(dialogId, both.media_id);
  const age = `UPDATE media.links SET linked_at = now() - interval '8 days' WHERE dialog_id = $1`;
  await world.db.database.rows({ name: '', text: age }, [dialogId]);
  await send(dialogId, both.media_id);
  await send(dialogId, recent.media_id);
  await world.verbs().detachPurged(dialogId, new Date(Date.now() - 7 * DAY));
  const statuses = () => Promise.all([old, both, recent].map(({ media_id: id }) => statusFor(chai, id)));
  expect(await statuses()).toEqual([404, 200, 200]);
  await world.verbs().detachPurged(dialogId, new Date(Date.now() + MINUTE));
  expect(await statuses()).toEqual([404, 404, 404]);
});

test('a file is sent once more or ends with its last message, never both', async () => {
  const dialogId = await world.group([nok, chai, lek]);
  const files = await Promise.all(Array.from({ length: 8 }, () => world.stored(nok, 'message', PDF)));
  const messages = await Promise.all(files.map(({ media_id: id }) => send(dialogId, id)));
  const outcomes = await Promise.all(
    files.map(async ({ media_id: id }, at) => {
      const again = { message_type: 'file', metadata: { media_id: id } };
      const [sent] = await Promise.all([
        world.call(nok, 'POST', `/dialogs/${dialogId}/messages`, again),
        remove(messages[at]!),
      ]);
      return [sent.status, await statusFor(chai, id)];
    }),
  );
  for (const outcome of outcomes) expect([[201, 200].join(), [400, 404].join()]).toContain(outcome.join());
});
