import { expect, test } from 'vitest';
import { freshDatabase } from '#tests/harness/database.ts';
import { World } from './world.ts';

test("other people's dialogs are not listed", async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  await world.direct(ann!, ben!);
  expect(await world.messaging.listDialogs(eve!, { page: 1, limit: 20 })).toEqual({
    dialogs: [],
    total: 0,
    has_next: false,
  });
});

test('dialogs come with the last activity first, each with its last message and unread count', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve, joe] = world.people(4);
  const quiet = await world.direct(ann!, ben!);
  const busy = await world.direct(ann!, eve!);
  const group = await world.group(ann!, ben!, joe!);
  const { message: last } = await world.say(eve!, busy.id, 'hello');
  await world.count(ben!, quiet.id, 3);
  const { dialogs, total, has_next: more } = await world.messaging.listDialogs(ann!, { page: 1, limit: 20 });
  expect(dialogs.map(({ id, unread_count: unread }) => [id, unread])).toEqual([
    [quiet.id, 3],
    [busy.id, 1],
    [group.id, 0],
  ]);
  expect(dialogs[1]?.last_message).toEqual(last);
  expect(dialogs[2]?.last_message).toBeNull();
  expect([total, more]).toEqual([3, false]);
});

test('pages neither repeat nor leave out a dialog, over several databases', async () => {
  await using thai = await freshDatabase();
  await using vietnamese = await freshDatabase();
  const world = new World({
    of: (region) => (region === 'VN' ? vietnamese.database : thai.database),
    all: [thai.database, vietnamese.database],
  });
  const ann = world.person('TH');
  const opened: string[] = [];
  for (let n = 0; n < 7; n += 1) {
    const other = world.person(n % 2 === 0 ? 'VN' : 'TH');
    opened.unshift((await (n % 2 === 0 ? world.direct(other, ann) : world.direct(ann, other))).id);
  }
  const listed: string[] = [];
  for (const [page, more] of [
    [1, true],
    [2, true],
    [3, false],
  ] as const) {
    const answer = await world.messaging.listDialogs(ann, { page, limit: 3 });
    expect([answer.total, answer.has_next]).toEqual([7, more]);
    listed.push(...answer.dialogs.map(({ id }) => id));
  }
  expect(listed).toEqual(opened);
  expect((await world.messaging.listDialogs(ann, { page: 4, limit: 3 })).dialogs).toEqual([]);
});

test('a list by type holds that type only', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  await world.direct(ann!, ben!);
  const group = await world.group(ann!, ben!, eve!);
  const { dialogs, total } = await world.messaging.listDialogs(ben!, { page: 1, limit: 20, type: 'group' });
  expect([dialogs.map(({ id }) => id), total]).toEqual([[group.id], 1]);
});
