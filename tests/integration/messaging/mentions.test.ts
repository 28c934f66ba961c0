import { expect, test } from 'vitest';
import type { Member } from '#services/messaging/service.ts';
import { AppError } from '#shared/errors.ts';
import type { DialogId } from '#shared/ids.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { World } from './world.ts';

function mention(world: World, sender: Member, dialogId: DialogId, mentioned: readonly Member[], clientId?: string) {
  return world.messaging.sendMessage(sender, {
    dialog_id: dialogId,
    message_type: 'text',
    content: 'look here',
    metadata: { mentions: mentioned.map(({ userId }) => userId) },
    ...(clientId === undefined ? {} : { client_id: clientId }),
  });
}

async function countOf(world: World, member: Member, dialogId: DialogId): Promise<[unread: number, mentions: number]> {
  const dialog = await world.messaging.getDialog(member, dialogId);
  return [dialog.unread_count, dialog.mention_count];
}

test('nobody is mentioned who is not in the dialog, and a stranger learns nothing of who is', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  const dialog = await world.direct(ann!, ben!);
  await expect(mention(world, ann!, dialog.id, [ben!, eve!])).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
    details: [{ path: 'metadata.mentions.1', message: 'is not in this dialog' }],
  });
  await expect(mention(world, eve!, dialog.id, [ben!])).rejects.toEqual(new AppError('NOT_FOUND'));
  await expect(mention(world, eve!, dialog.id, [eve!])).rejects.toEqual(new AppError('NOT_FOUND'));
  expect(await countOf(world, ben!, dialog.id)).toEqual([0, 0]);
});

test('mentions count until they are read, for those mentioned, on every device', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, cat] = world.people(3);
  const dialog = await world.group(ann!, ben!, cat!);
  await mention(world, ann!, dialog.id, [ben!, ben!, ann!]);
  await world.say(ann!, dialog.id, 'by the way');
  await mention(world, cat!, dialog.id, [ben!]);
  expect(await countOf(world, ben!, dialog.id)).toEqual([3, 2]);
  expect(await countOf(world, cat!, dialog.id)).toEqual([2, 0]);
  expect(await countOf(world, ann!, dialog.id)).toEqual([1, 0]);
  await world.messaging.advanceReceipt(ben!.userId, dialog.id, { read_seq: 1 });
  expect(await countOf(world, ben!, dialog.id)).toEqual([2, 1]);
  const [listed] = (await world.messaging.listDialogs(ben!, { page: 1, limit: 1 })).dialogs;
  expect([listed?.unread_count, listed?.mention_count]).toEqual([2, 1]);
  await world.messaging.advanceReceipt(ben!.userId, dialog.id, { read_seq: 3 });
  expect(await countOf(world, ben!, dialog.id)).toEqual([0, 0]);
});

test('a mention that was deleted no longer counts, one whose text was edited still does', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  const { message: first } = await mention(world, ann!, dialog.id, [ben!]);
  const { message: second } = await mention(world, ann!, dialog.id, [ben!]);
  const edited = await world.messaging.editMessage(ann!, second.id, 'look there');
  expect(edited.metadata).toEqual({ mentions: [ben!.userId] });
  await world.messaging.deleteMessage(ann!, first.id);
  expect(await countOf(world, ben!, dialog.id)).toEqual([2, 1]);
});

test('a retry of a message that mentions counts once', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  const sent = await Promise.all(Array.from({ length: 5 }, () => mention(world, ann!, dialog.id, [ben!], 'c-1')));
  expect(new Set(sent.map(({ message }) => message.id)).size).toBe(1);
  expect(await countOf(world, ben!, dialog.id)).toEqual([1, 1]);
});
