import { expect, test } from 'vitest';
import { clientKeyOf } from '#services/messaging/client-key.ts';
import type { MediaId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { World } from './world.ts';

const KINDS = ['image', 'video', 'audio', 'file'] as const;

test('nobody sends a file that is not there, or is someone else’s, and a stranger learns nothing of files', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  const dialog = await world.direct(ann!, ben!);
  const [bens, eves] = [world.file(ben!), world.file(eve!)];
  for (const kind of KINDS) {
    const send = (who: typeof ann, mediaId: MediaId) =>
      world.messaging.sendMessage(who!, {
        dialog_id: dialog.id,
        message_type: kind,
        content: '',
        metadata: { media_id: mediaId },
      });
    for (const id of [newId<MediaId>('TH'), bens]) {
      await expect(send(ann, id)).rejects.toMatchObject({
        code: 'VALIDATION_ERROR',
        details: [{ path: 'metadata.media_id', message: 'there is no such media' }],
      });
    }
    await expect(send(eve, eves)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  expect(world.attached).toEqual([]);
});

test('a file of each kind is linked to the dialog before the message that shows it is there', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  for (const kind of KINDS) {
    const mediaId = world.file(ann!);
    const { message } = await world.messaging.sendMessage(ann!, {
      dialog_id: dialog.id,
      message_type: kind,
      content: 'a caption',
      metadata: { media_id: mediaId },
    });
    expect(message).toMatchObject({ message_type: kind, content: 'a caption', metadata: { media_id: mediaId } });
    const messageKey = clientKeyOf(dialog.id, ann!.userId, message.client_id);
    expect(world.attached.at(-1)).toEqual({ mediaId, ownerId: ann!.userId, dialogId: dialog.id, messageKey, kind });
    const edited = await world.messaging.editMessage(ann!, message.id, '');
    expect([edited.content, edited.metadata]).toEqual(['', { media_id: mediaId }]);
  }
});

test('a message whose file is gone since is still answered to a retry, and refused under another client_id', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  const mediaId = world.file(ann!);
  const command = {
    dialog_id: dialog.id,
    message_type: 'image',
    content: '',
    metadata: { media_id: mediaId },
  } as const;
  const first = await world.messaging.sendMessage(ann!, { ...command, client_id: 'c-1' });
  const later = new World(db.databases, world);
  const again = await later.messaging.sendMessage(ann!, { ...command, client_id: 'c-1' });
  expect([again.repeated, again.message.id]).toEqual([true, first.message.id]);
  await expect(later.messaging.sendMessage(ann!, { ...command, client_id: 'c-2' })).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
  });
});

test('a deleted message lets go of its file, and says so again in its event for when that fails', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  const mediaId = world.file(ann!);
  const send = async (clientId: string) => {
    const metadata = { media_id: mediaId };
    const command = { dialog_id: dialog.id, message_type: 'file', content: '', metadata, client_id: clientId } as const;
    return (await world.messaging.sendMessage(ann!, command)).message;
  };
  const [first, second] = [await send('c-1'), await send('c-2')];
  await world.messaging.deleteMessage(ann!, first.id);
  const messageKey = clientKeyOf(dialog.id, ann!.userId, 'c-1');
  expect(world.detached).toEqual([{ mediaId, messageKey, dialogId: dialog.id, by: ann!.userId }]);

  world.detached.push = () => {
    throw new Error('media is away');
  };
  expect(await world.messaging.deleteMessage(ann!, second.id)).toMatchObject({ content: null, metadata: null });
  const told = statement('', `SELECT data->'showed' AS showed FROM events.outbox WHERE data->>'change' = 'deleted'`);
  expect(await db.database.rows(told)).toEqual([
    { showed: { media_id: mediaId, message_key: messageKey } },
    { showed: { media_id: mediaId, message_key: clientKeyOf(dialog.id, ann!.userId, 'c-2') } },
  ]);
});
