import { expect, test } from 'vitest';
import type { MessageId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { World } from './world.ts';

test('the history of a dialog that one is not in is not found', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  const dialog = await world.direct(ann!, ben!);
  await world.say(ann!, dialog.id, 'psst');
  await expect(world.messaging.history(eve!, dialog.id, { limit: 10 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a place that names a message of another dialog is not found', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  const dialog = await world.direct(ann!, ben!);
  const { message } = await world.say(ann!, (await world.direct(ann!, eve!)).id, 'elsewhere');
  for (const place of [message.id, newId<MessageId>('TH')]) {
    for (const query of [{ before: place }, { after: place }]) {
      await expect(world.messaging.history(ann!, dialog.id, { ...query, limit: 10 })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    }
  }
});

test('pages go back from the newest and forward from any place, by seq or message id, and say whether there is more', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  await world.count(ann!, dialog.id, 10);
  const all = (await world.messaging.history(ben!, dialog.id, { limit: 100 })).messages;
  const idOf = (seq: number) => all[seq - 1]!.id;
  const page = async (query: object, limit: number) => {
    const { messages, has_more: more } = await world.messaging.history(ben!, dialog.id, { ...query, limit });
    return [messages.map(({ seq }) => seq), more];
  };
  expect(await page({}, 3)).toEqual([[8, 9, 10], true]);
  expect(await page({ before: 8 }, 4)).toEqual([[4, 5, 6, 7], true]);
  expect(await page({ before: idOf(4) }, 4)).toEqual([[1, 2, 3], false]);
  expect(await page({ before: 4 }, 3)).toEqual([[1, 2, 3], false]);
  expect(await page({ before: 1 }, 3)).toEqual([[], false]);
  expect(await page({ after: 0 }, 3)).toEqual([[1, 2, 3], true]);
  expect(await page({ after: idOf(7) }, 3)).toEqual([[8, 9, 10], false]);
  expect(await page({ after: 10 }, 3)).toEqual([[], false]);
  expect(await page({ before: 999_999_999_999_999 }, 1)).toEqual([[10], true]);
});

test('an empty dialog has an empty history', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  expect(await world.messaging.history(ann!, dialog.id, { limit: 50 })).toEqual({ messages: [], has_more: false });
});
