import { randomBytes } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { makeLocalKeys } from '#infrastructure/keys/local-keys.ts';
import { makeKeyCare } from '#services/messaging/encryption/key-care.ts';
import type { Member } from '#services/messaging/service.ts';
import type { DialogId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { MINUTE } from '#shared/time.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { everything } from './store-bench.ts';
import { World } from './world.ts';

const newKey = () => randomBytes(32).toString('hex');

function careOf(db: FreshDatabase, keys: readonly string[]) {
  return makeKeyCare({ databases: db.databases, management: makeLocalKeys(keys), outbox: db.outbox });
}

/** A world with a direct dialog of two people, and care for its keys. */
async function stage(db: FreshDatabase, keys: readonly string[] = [newKey()]) {
  const world = new World(db.databases, undefined, keys);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  return { world, ann: ann!, ben: ben!, dialog, keys, care: careOf(db, keys) };
}

async function contentsOf(world: World, member: Member, dialogId: DialogId) {
  const { messages } = await world.messaging.history(member, dialogId, { limit: 100 });
  return messages.map(({ content }) => content);
}

/** The versions of the key that sealed a dialog's messages, as they rest. */
async function versionsIn(db: FreshDatabase, world: World, dialogId: DialogId): Promise<number[]> {
  const rows = await everything(world.messageStore, db.database, dialogId);
  return [...new Set(rows.map((row) => row.key_version))];
}

const WRAPPINGS = statement('', 'SELECT wrapped_by, sealed FROM messaging.dialog_keys ORDER BY dialog_id, key_version');

/** A ring of keys is read again after a minute. */
function aMinuteLater() {
  const now = performance.now();
  return vi.spyOn(performance, 'now').mockReturnValue(now + MINUTE);
}

test('the key of a dialog that does not exist, or was shredded, is not rotated', async () => {
  await using db = await freshDatabase();
  const { dialog, care } = await stage(db);
  await expect(care.rotate(newId<DialogId>('TH'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await db.database.transaction((tx) => care.shred(tx, dialog.id));
  await expect(care.rotate(dialog.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('without the wrapping key that a dialog needs nothing is read', async () => {
  await using db = await freshDatabase();
  const { world, ann, dialog } = await stage(db);
  await world.say(ann, dialog.id, 'hello');
  const stranger = new World(db.databases, world, [newKey()]);
  await expect(stranger.messaging.history(ann, dialog.id, { limit: 10 })).rejects.toThrow(/MESSAGE_KEY/);
});

test('a shredded dialog reads as deleted and takes nothing more, also where its keys were known', async () => {
  await using db = await freshDatabase();
  const { world, ann, dialog, care } = await stage(db);
  const { message } = await world.say(ann, dialog.id, 'burn after reading');
  await db.database.transaction((tx) => care.shred(tx, dialog.id));
  await db.database.transaction((tx) => care.shred(tx, dialog.id));

  using _later = aMinuteLater();
  const { messages } = await world.messaging.history(ann, dialog.id, { limit: 10 });
  expect(messages).toEqual([
    { ...message, content: null, metadata: null, deleted_at: expect.any(String) as string, read_receipts: [] },
  ]);
  await expect(world.say(ann, dialog.id, 'more')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const wrappings = await db.database.rows<{ sealed: Buffer }>(WRAPPINGS);
  expect(wrappings.map(({ sealed }) => sealed.length)).toEqual([0]);
});

test('a key whose wrapping key is gone is told of, and does not hold up the others', async () => {
  await using db = await freshDatabase();
  const [lost, older, newer] = [newKey(), newKey(), newKey()];
  const { world, ann } = await stage(db, [lost]);
  const found = new World(db.databases, world, [older]);
  await found.direct(ann, found.person());
  const care = careOf(db, [newer, older]);
  expect(await care.rewrap()).toBe(1);
  await expect(care.rewrap()).rejects.toThrow(/MESSAGE_KEY/);
  const wrappings = await db.database.rows<{ wrapped_by: string }>(WRAPPINGS);
  const names = [lost, newer].map((key) => makeLocalKeys([key]).wrapsBy);
  expect(wrappings.map((row) => row.wrapped_by).toSorted()).toEqual(names.toSorted());
});

test('no read is lost while keys are rotated and wrapped anew under messages sent on two nodes', async () => {
  await using db = await freshDatabase();
  const older = newKey();
  const { world, ann, ben, dialog } = await stage(db, [older]);
  const keys = [newKey(), older];
  const here = new World(db.databases, world, keys);
  const there = new World(db.databases, world, keys);
  const care = careOf(db, keys);

  const sent: string[] = [];
  const talk = async (node: World, name: string) => {
    for (let n = 1; n <= 60; n += 1) {
      await node.say(n % 2 === 0 ? ann : ben, dialog.id, `${name} ${n}`);
      sent.push(`${name} ${n}`);
      const read = await contentsOf(node, ann, dialog.id);
      expect(read.every((content) => content !== null)).toBe(true);
    }
  };
  const turn = async () => {
    for (let n = 0; n < 5; n += 1) {
      await Promise.all([care.rotate(dialog.id), care.rotate(dialog.id), care.rewrap()]);
      // Nodes find new versions when their rings are stale, or when they read a message of one.
      await new World(db.databases, world, keys).say(ann, dialog.id, `rotated ${n}`);
      sent.push(`rotated ${n}`);
    }
  };
  await Promise.all([talk(here, 'here'), talk(there, 'there'), turn()]);

  const { messages } = await here.messaging.history(ann, dialog.id, { limit: 100 });
  const { messages: before } = await there.messaging.history(ann, dialog.id, { limit: 100, before: messages[0]!.seq });
  expect([...before, ...messages].map(({ content }) => content ?? '').toSorted()).toEqual(sent.toSorted());
  expect((await versionsIn(db, world, dialog.id)).length).toBeGreaterThan(1);
  while ((await care.rewrap()) > 0);
  const wrappings = await db.database.rows<{ wrapped_by: string }>(WRAPPINGS);
  expect(new Set(wrappings.map((row) => row.wrapped_by))).toEqual(new Set([makeLocalKeys(keys).wrapsBy]));
  const anew = new World(db.databases, world, [keys[0]!]);
  expect(await contentsOf(anew, ben, dialog.id)).toEqual(await contentsOf(here, ben, dialog.id));
});

test('a node that knows a key seals with its next version a minute later, and a repeat is still one', async () => {
  await using db = await freshDatabase();
  const { world, ann, dialog, care } = await stage(db);
  await world.say(ann, dialog.id, 'first', 'c1');
  expect(await care.rotate(dialog.id)).toBe(2);
  expect(await versionsIn(db, world, dialog.id)).toEqual([1]);
  using _later = aMinuteLater();
  await world.say(ann, dialog.id, 'second');
  expect(await versionsIn(db, world, dialog.id)).toEqual([1, 2]);
  expect(await world.say(ann, dialog.id, 'first', 'c1')).toMatchObject({ repeated: true });
  expect(await contentsOf(world, ann, dialog.id)).toEqual(['first', 'second']);
});

test('a key that has sealed its share is rotated once, and the others are left alone', async () => {
  await using db = await freshDatabase();
  const { world, ann, dialog, care } = await stage(db);
  const quiet = await world.group(ann, ...world.people(2));
  await world.count(ann, dialog.id, 5);
  expect(await care.rotateWorn(undefined, 6)).toMatchObject({ rotated: 0 });
  const { rotated, next } = await care.rotateWorn(undefined, 5);
  expect(rotated).toBe(1);
  expect(await care.rotateWorn(next, 5)).toEqual({ rotated: 0, next: undefined });
  expect(await care.rotateWorn(undefined, 5)).toMatchObject({ rotated: 0 });
  const keys = await db.database.rows(
    statement('', 'SELECT dialog_id, max(key_version) AS newest FROM messaging.dialog_keys GROUP BY dialog_id'),
  );
  expect(keys).toContainEqual({ dialog_id: dialog.id, newest: 2 });
  expect(keys).toContainEqual({ dialog_id: quiet.id, newest: 1 });
});
