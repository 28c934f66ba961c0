import { expect, test } from 'vitest';
import { freshDatabase } from '#tests/harness/database.ts';
import { World } from './world.ts';

test('a receipt for a dialog that one is not in is not found and moves nothing', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  const dialog = await world.direct(ann!, ben!);
  await world.say(ann!, dialog.id, 'hello');
  await expect(world.messaging.advanceReceipt(eve!.userId, dialog.id, { read_seq: 1 })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(world.announced.filter(({ event }) => event === 'receipt')).toEqual([]);
});

test('a cursor never goes back and never beyond the last message; reading implies delivery', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  await world.count(ann!, dialog.id, 5);
  const move = (receipt: object) => world.messaging.advanceReceipt(ben!.userId, dialog.id, receipt);
  expect(await move({ delivered_seq: 3 })).toEqual({ delivered_seq: 3, read_seq: 0, changed: true });
  expect(await move({ delivered_seq: 2 })).toEqual({ delivered_seq: 3, read_seq: 0, changed: false });
  expect(await move({ read_seq: 4 })).toEqual({ delivered_seq: 4, read_seq: 4, changed: true });
  expect(await move({ read_seq: 1, delivered_seq: 1 })).toEqual({ delivered_seq: 4, read_seq: 4, changed: false });
  expect(await move({ read_seq: 9_007_199_254_740_991 })).toEqual({ delivered_seq: 5, read_seq: 5, changed: true });
});

test('a cursor that moved is announced, one that did not is not', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  await world.say(ann!, dialog.id, 'hello');
  await world.messaging.advanceReceipt(ben!.userId, dialog.id, { read_seq: 1 });
  await world.messaging.advanceReceipt(ben!.userId, dialog.id, { read_seq: 1 });
  expect(world.announced.filter(({ event }) => event === 'receipt')).toEqual([
    {
      event: 'receipt',
      to: dialog.id,
      what: { dialog_id: dialog.id, user_id: ben!.userId, delivered_seq: 1, read_seq: 1 },
    },
  ]);
});

test("a message's status follows the cursors of the others", async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  const dialog = await world.group(ann!, ben!, eve!);
  await world.say(ann!, dialog.id, 'hello');
  const seen = async () => {
    const { messages } = await world.messaging.history(ann!, dialog.id, { limit: 1 });
    return [messages[0]?.delivery_status, messages[0]?.read_receipts.map(({ user_id: id }) => id)];
  };
  expect(await seen()).toEqual(['sent', []]);
  await world.messaging.advanceReceipt(ben!.userId, dialog.id, { read_seq: 1 });
  expect(await seen()).toEqual(['sent', [ben!.userId]]);
  await world.messaging.advanceReceipt(eve!.userId, dialog.id, { delivered_seq: 1 });
  expect(await seen()).toEqual(['delivered', [ben!.userId]]);
  await world.messaging.advanceReceipt(eve!.userId, dialog.id, { read_seq: 1 });
  expect((await seen())[0]).toBe('read');
});

test("unread counts the others' messages after the read cursor, however one's own lie between them", async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  const speakers = [ann!, ann!, ben!, ann!, ben!, ben!, ann!];
  for (const [n, speaker] of speakers.entries()) await world.say(speaker, dialog.id, `n${n}`);
  for (let read = 0; read <= speakers.length; read += 1) {
    await world.messaging.advanceReceipt(ben!.userId, dialog.id, { read_seq: read });
    const { unread_count: unread } = await world.messaging.getDialog(ben!, dialog.id);
    expect(unread).toBe(speakers.slice(read).filter((speaker) => speaker === ann).length);
  }
  await world.say(ben!, dialog.id, 'mine');
  expect((await world.messaging.getDialog(ben!, dialog.id)).unread_count).toBe(0);
  await world.say(ann!, dialog.id, 'yours');
  expect((await world.messaging.getDialog(ben!, dialog.id)).unread_count).toBe(1);
});

test('unread stays right while both sides write and read at once, from two processes', async () => {
  await using db = await freshDatabase();
  const here = new World(db.databases);
  const there = new World(db.databases, here);
  const [ann, ben] = here.people(2);
  const dialog = await here.direct(ann!, ben!);
  const work = Array.from({ length: 300 }, (_, n) => {
    const world = n % 2 === 0 ? here : there;
    const speaker = n % 3 === 0 ? ann! : ben!;
    return n % 5 === 4
      ? world.messaging.advanceReceipt(ben!.userId, dialog.id, { read_seq: n })
      : world.say(speaker, dialog.id, `n${n}`);
  });
  await Promise.all(work);
  const { messages } = await here.messaging.history(ben!, dialog.id, { limit: 300 });
  for (const member of [ann!, ben!]) {
    const { unread_count: unread } = await here.messaging.getDialog(member, dialog.id);
    const { read_seq: read } = await here.messaging.advanceReceipt(member.userId, dialog.id, { read_seq: 0 });
    expect(unread).toBe(messages.filter(({ seq, sender_id: id }) => seq > read && id !== member.userId).length);
  }
});
