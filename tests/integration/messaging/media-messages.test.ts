import { expect, test } from 'vitest';
import type { MediaId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
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
    expect(world.attached.at(-1)).toEqual({ mediaId, ownerId: ann!.userId, dialogId: dialog.id, kind });
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
