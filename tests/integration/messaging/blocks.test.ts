import { expect, test } from 'vitest';
import { makeCopyBlock } from '#services/messaging/copy-block.ts';
import type { Member } from '#services/messaging/service.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { World } from './world.ts';

const ABSENT = { code: 'NOT_FOUND' };

test('someone who is blocked cannot write to the other, as if they were not there, until the block is taken back', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const copyBlock = makeCopyBlock({ databases: db.databases, blocks: world.blocks });
  const [ann, ben] = world.people(2) as [Member, Member];
  const { id } = await world.direct(ann, ben);
  const { message } = await world.say(ben, id, 'buy now', 'c-1');

  world.block(ann, ben);
  await copyBlock(ann.userId, ben.userId);
  await expect(world.say(ben, id, 'buy now!')).rejects.toMatchObject(ABSENT);
  expect((await world.say(ben, id, 'buy now', 'c-1')).message.id).toBe(message.id);
  await expect(world.say(ben, id, 'buy later', 'c-1')).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await world.messaging.history(ben, id, { limit: 10 })).messages).toHaveLength(1);
  await world.say(ann, id, 'no thanks');

  world.block(ann, ben, false);
  await copyBlock(ann.userId, ben.userId);
  await world.say(ben, id, 'sorry');
});

test('someone who is blocked opens no direct dialog with the other and adds them to no group', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const { messaging } = world;
  const [ann, ben, eve, max] = world.people(4) as [Member, Member, Member, Member];
  const ours = await world.group(ben, eve, max);
  const { message } = { message: 'There is no such user' };
  world.block(ann, ben);
  await expect(world.direct(ben, ann)).rejects.toMatchObject({ ...ABSENT, message });
  await expect(world.group(ben, ann, eve)).rejects.toMatchObject({ ...ABSENT, message });
  await expect(
    messaging.addParticipants(ben, ours.id, { user_ids: [ann.userId], role: 'member' }),
  ).rejects.toMatchObject({ ...ABSENT, message });
  const theirs = await world.group(ann, ben, eve);
  await world.say(ben, theirs.id, 'in a group of both we still meet');
});

test('the one who has blocked opens the dialog, and the other cannot write in it from its first moment', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2) as [Member, Member];
  world.block(ann, ben);
  const { id } = await world.direct(ann, ben);
  await world.say(ann, id, 'one last word');
  await expect(world.say(ben, id, 'but')).rejects.toMatchObject(ABSENT);
});

test('copies of a block and of its end, in whatever order they arrive, end with what is true', async () => {
  await using db = await freshDatabase();
  const here = new World(db.databases);
  const copyBlock = makeCopyBlock({ databases: db.databases, blocks: here.blocks });
  const [ann, ben] = here.people(2) as [Member, Member];
  const { id } = await here.direct(ann, ben);
  for (let round = 0; round < 20; round += 1) {
    const copies: Promise<void>[] = [];
    for (let change = 0; change < 5; change += 1) {
      here.block(ann, ben, (round + change) % 2 === 0);
      copies.push(copyBlock(ann.userId, ben.userId));
    }
    await Promise.all(copies);
    const isBlocked = (round + 4) % 2 === 0;
    const said = await here.say(ben, id, String(round)).then(
      () => 'said',
      (error: { code: string }) => error.code,
    );
    expect(said).toBe(isBlocked ? 'NOT_FOUND' : 'said');
  }
});

test('while one blocks the other neither learns how far the other reads, and each still reads for themselves', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const { messaging } = world;
  const copyBlock = makeCopyBlock({ databases: db.databases, blocks: world.blocks });
  const [ann, ben] = world.people(2) as [Member, Member];
  const { id } = await world.direct(ann, ben);
  const { message: bens } = await world.say(ben, id, 'read by ann before');
  const { message: anns } = await world.say(ann, id, 'delivered to ben before');
  await messaging.advanceReceipt(ann.userId, id, { read_seq: 1 });
  await messaging.advanceReceipt(ben.userId, id, { delivered_seq: 2 });
  const { message: late } = await world.say(ben, id, 'not read before');
  world.block(ann, ben);
  await copyBlock(ann.userId, ben.userId);
  world.announced.length = 0;

  await messaging.advanceReceipt(ann.userId, id, { read_seq: 3 });
  await messaging.advanceReceipt(ben.userId, id, { read_seq: 3 });
  expect(world.announced.map(({ event, to }) => [event, to])).toEqual([
    ['receipt', ann.userId],
    ['receipt', ben.userId],
  ]);
  for (const member of [ann, ben]) expect(await messaging.getDialog(member, id)).toMatchObject({ unread_count: 0 });

  const seen = async (member: Member) => {
    const { messages } = await messaging.history(member, id, { limit: 10 });
    return messages.filter(({ sender_id: by }) => by === member.userId).map(({ delivery_status: status }) => status);
  };
  expect([await seen(ann), await seen(ben)]).toEqual([['delivered'], ['read', 'sent']]);
  expect((await messaging.messageReceipts(ben, late.id, { limit: 10 })).receipts).toEqual([]);
  expect((await messaging.messageReceipts(ben, bens.id, { limit: 10 })).receipts).toHaveLength(1);
  const { dialogs } = await messaging.sync(ben.userId, { dialogs: [{ dialog_id: id, after_version: 0 }], limit: 10 });
  const cursor = (userId: string) => dialogs[0]!.receipts.find((receipt) => receipt.user_id === userId)?.read_seq;
  expect([cursor(ann.userId), cursor(ben.userId)]).toEqual([1, 3]);
  expect(await messaging.getDialog(ben, id)).toMatchObject({ last_message: { delivery_status: 'sent' } });
  const edited = await messaging.editMessage(ann, anns.id, 'what all are told of it');
  expect(edited.delivery_status).toBe('delivered');

  // The other blocks as well, and one block ends: nothing is shown until the last has.
  world.block(ben, ann);
  await copyBlock(ben.userId, ann.userId);
  world.block(ann, ben, false);
  await copyBlock(ann.userId, ben.userId);
  expect(await seen(ben)).toEqual(['read', 'sent']);
  world.block(ben, ann, false);
  await copyBlock(ben.userId, ann.userId);
  expect([await seen(ann), await seen(ben)]).toEqual([['read'], ['read', 'read']]);
});

test('while one blocks the other neither is told that the other types', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const copyBlock = makeCopyBlock({ databases: db.databases, blocks: world.blocks });
  const [ann, ben] = world.people(2) as [Member, Member];
  const { id } = await world.direct(ann, ben);
  const standings = () => Promise.all([ann, ben].map(({ userId }) => world.messaging.standingIn(userId, id)));
  expect(await standings()).toEqual(['posts', 'posts']);
  world.block(ann, ben);
  await copyBlock(ann.userId, ben.userId);
  expect(await standings()).toEqual(['unheard', undefined]);
  world.block(ann, ben, false);
  await copyBlock(ann.userId, ben.userId);
  expect(await standings()).toEqual(['posts', 'posts']);
});

test('blocks of two against each other at the same moment end as both said', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const copyBlock = makeCopyBlock({ databases: db.databases, blocks: world.blocks });
  const [ann, ben] = world.people(2) as [Member, Member];
  const { id } = await world.direct(ann, ben);
  for (const isBlocked of [true, false, true, false]) {
    world.block(ann, ben, isBlocked);
    world.block(ben, ann, isBlocked);
    await Promise.all([1, 2, 3].flatMap(() => [copyBlock(ann.userId, ben.userId), copyBlock(ben.userId, ann.userId)]));
    const standings = await Promise.all([ann, ben].map(({ userId }) => world.messaging.standingIn(userId, id)));
    expect(standings).toEqual(isBlocked ? [undefined, undefined] : ['posts', 'posts']);
  }
});
