import { expect, test } from 'vitest';
import type { UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { World } from './world.ts';

const COUNT_DIALOGS = statement('test.count-dialogs', 'SELECT count(*)::int AS count FROM messaging.dialogs');
const EVENTS = statement('test.dialog-events', 'SELECT outbox.type, outbox.data FROM events.outbox ORDER BY position');

test('a dialog with someone who does not exist, or has no active account, is refused as not found', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const ann = world.person();
  const ghost = newId<UserId>('TH');
  const suspended = world.person('TH', 'suspended');
  for (const id of [ghost, suspended.userId]) {
    await expect(world.messaging.openDialog(ann, { type: 'direct', participant_ids: [id] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  }
  const group = { type: 'group', name: 'Trip', participant_ids: [world.person().userId, ghost] } as const;
  await expect(
    world.messaging.openDialog(ann, { ...group, participant_ids: [...group.participant_ids] }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await db.database.rows(COUNT_DIALOGS)).toEqual([{ count: 0 }]);
  expect(await db.database.rows(EVENTS)).toEqual([]);
});

test('a dialog with oneself is refused', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const ann = world.person();
  await expect(world.direct(ann, ann)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
});

test('a dialog that one is not in is not found, exactly as one that does not exist', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  const dialog = await world.direct(ann!, ben!);
  const refusal = await world.messaging.getDialog(eve!, dialog.id).catch((error: unknown) => error);
  const absent = await world.messaging.getDialog(eve!, newId('TH')).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'NOT_FOUND' });
  expect(refusal).toEqual(absent);
});

test('a direct dialog opened again, from either side, is the first one', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const first = await world.messaging.openDialog(ann!, { type: 'direct', participant_ids: [ben!.userId] });
  const again = await world.messaging.openDialog(ann!, { type: 'direct', participant_ids: [ben!.userId] });
  const other = await world.messaging.openDialog(ben!, { type: 'direct', participant_ids: [ann!.userId] });
  expect([first.created, again.created, other.created]).toEqual([true, false, false]);
  expect(again.dialog).toEqual(first.dialog);
  expect(other.dialog.id).toBe(first.dialog.id);
});

test('a pair that opens its dialog forty times at once, from both sides and two processes, has one, created once', async () => {
  await using db = await freshDatabase();
  const here = new World(db.databases);
  const there = new World(db.databases, here);
  const [ann, ben] = here.people(2);
  const openings = await Promise.all(
    Array.from({ length: 40 }, (_, n) => {
      const [one, other] = n % 2 === 0 ? [ann!, ben!] : [ben!, ann!];
      return (n % 4 < 2 ? here : there).messaging.openDialog(one, { type: 'direct', participant_ids: [other.userId] });
    }),
  );
  expect(new Set(openings.map(({ dialog }) => dialog.id)).size).toBe(1);
  expect(openings.filter(({ created }) => created)).toHaveLength(1);
  expect(await db.database.rows(COUNT_DIALOGS)).toEqual([{ count: 1 }]);
  expect([...here.announced, ...there.announced]).toHaveLength(1);
});

test('a new dialog is told to its members and to the outbox, without names', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  const dialog = await world.group(ann!, ben!, eve!);
  expect(world.announced).toEqual([{ event: 'dialog', to: [ann!.userId, ben!.userId, eve!.userId], what: dialog }]);
  const facts = { dialog_id: dialog.id, type: 'group', creator_id: ann!.userId, participant_count: 3 };
  expect(await db.database.rows(EVENTS)).toEqual([{ type: 'messaging.dialog_opened', data: facts }]);
});

test('a new group has its creator as owner and no messages', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  const dialog = await world.group(ann!, ben!, eve!);
  expect(dialog).toMatchObject({
    type: 'group',
    name: 'Lunch',
    description: null,
    avatar_url: null,
    participant_count: 3,
    last_message: null,
    unread_count: 0,
    last_seq: 0,
    version: 0,
  });
  expect(dialog.participants.map(({ user_id: id, role }) => [id, role])).toEqual([
    [ann!.userId, 'owner'],
    ...[ben!.userId, eve!.userId].sort().map((id) => [id, 'member']),
  ]);
  expect(await world.messaging.getDialog(ben!, dialog.id)).toEqual(dialog);
});

test('a group of a thousand shows all of its members', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ...others] = world.people(1000);
  const dialog = await world.group(ann!, ...others);
  expect(dialog.participant_count).toBe(1000);
  expect(dialog.participants).toHaveLength(1000);
});

test('an Idempotency-Key used again with the same body answers the same, and with another body is refused', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  const body = { type: 'group' as const, name: 'Lunch', participant_ids: [ben!.userId, eve!.userId] };
  const key = { key: 'k-1', digest: 'one' };
  const first = await world.messaging.openDialog(ann!, body, key);
  const again = await world.messaging.openDialog(ann!, body, key);
  expect(again).toEqual(first);
  await expect(
    world.messaging.openDialog(ann!, { type: 'direct', participant_ids: [ben!.userId] }, { ...key, digest: 'other' }),
  ).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  expect(await db.database.rows(COUNT_DIALOGS)).toEqual([{ count: 1 }]);
  expect(world.announced).toHaveLength(1);
});

test('people at home in different regions, each with a database of its own, still have one direct dialog', async () => {
  await using thai = await freshDatabase();
  await using vietnamese = await freshDatabase();
  const databases = {
    of: (region: string) => (region === 'VN' ? vietnamese.database : thai.database),
    all: [thai.database, vietnamese.database],
  };
  const here = new World(databases);
  const there = new World(databases, here);
  for (let round = 0; round < 10; round += 1) {
    const ann = here.person('TH');
    const ben = here.person('VN');
    const [one, other] = await Promise.all([
      here.messaging.openDialog(ann, { type: 'direct', participant_ids: [ben.userId] }),
      there.messaging.openDialog(ben, { type: 'direct', participant_ids: [ann.userId] }),
    ]);
    expect(other.dialog.id).toBe(one.dialog.id);
    expect([one.created, other.created].filter(Boolean)).toHaveLength(1);
    await here.say(ann, one.dialog.id, 'xin chào');
    await there.say(ben, one.dialog.id, 'สวัสดี');
    const { messages } = await here.messaging.history(ben, one.dialog.id, { limit: 10 });
    expect(messages.map(({ seq, content }) => [seq, content])).toEqual([
      [1, 'xin chào'],
      [2, 'สวัสดี'],
    ]);
    expect(await here.messaging.dialogsOf(ann.userId)).toEqual([one.dialog.id]);
  }
});
