import { expect, test } from 'vitest';
import type { SendCommand } from '#services/messaging/service.ts';
import type { DialogId, MediaId, MessageId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import { statement } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { World } from './world.ts';

const COUNT = statement(
  'test.count-messages',
  'SELECT coalesce(sum(last_seq), 0)::int AS count FROM messaging.dialogs',
);
const EVENTS = statement(
  'test.appended-events',
  `SELECT outbox.aggregate_id, outbox.data FROM events.outbox
   WHERE outbox.type = 'messaging.messages_appended' ORDER BY outbox.position`,
);

test('someone who is not in the dialog cannot send to it, exactly as to one that does not exist', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  const dialog = await world.direct(ann!, ben!);
  const refusal = await world.say(eve!, dialog.id, 'let me in').catch((error: unknown) => error);
  const absent = await world.say(eve!, newId<DialogId>('TH'), 'hello?').catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'NOT_FOUND' });
  expect(absent).toMatchObject({ code: 'NOT_FOUND' });
  expect(await db.database.rows(COUNT)).toEqual([{ count: 0 }]);
  expect(world.announced.filter(({ event }) => event === 'message')).toEqual([]);
});

test('an answer to a message of another dialog, or to none, is refused', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  const dialog = await world.direct(ann!, ben!);
  const elsewhere = await world.direct(ann!, eve!);
  const { message } = await world.say(ann!, elsewhere.id, 'a secret');
  for (const id of [message.id, newId<MessageId>('TH')]) {
    await expect(
      world.messaging.sendMessage(ben!, {
        dialog_id: dialog.id,
        message_type: 'text',
        content: 'what?',
        reply_to_id: id,
      }),
    ).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path: 'reply_to_id' }] });
  }
});

test('a member who is no admin cannot post in a channel, though the member reads it', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const { dialog } = await world.messaging.openDialog(ann!, {
    type: 'channel',
    name: 'News',
    participant_ids: [ben!.userId],
  });
  await world.say(ann!, dialog.id, 'we are open');
  await expect(world.say(ben!, dialog.id, 'first!')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  const { messages } = await world.messaging.history(ben!, dialog.id, { limit: 10 });
  expect(messages.map(({ content }) => content)).toEqual(['we are open']);
});

test('a picture that was never uploaded is refused', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  await expect(
    world.messaging.sendMessage(ann!, {
      dialog_id: dialog.id,
      message_type: 'image',
      content: '',
      metadata: { media_id: newId<MediaId>('TH') },
    }),
  ).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path: 'metadata.media_id' }] });
});

test('a client_id used again for other content, metadata or type is a conflict, and appends nothing', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  const first: SendCommand = { dialog_id: dialog.id, message_type: 'text', content: 'hello', client_id: 'c1' };
  await world.messaging.sendMessage(ann!, first);
  const others: SendCommand[] = [
    { ...first, content: 'hello!' },
    { ...first, metadata: { mood: 'good' } },
    {
      dialog_id: dialog.id,
      client_id: 'c1',
      message_type: 'sticker',
      content: 'hello',
      metadata: { pack_id: 'cats', sticker_id: '1' },
    },
  ];
  for (const other of others) {
    await expect(world.messaging.sendMessage(ann!, other)).rejects.toMatchObject({ code: 'CONFLICT' });
  }
  expect(await db.database.rows(COUNT)).toEqual([{ count: 1 }]);
});

test('a repeated client_id returns the first message and appends nothing, from any process and at any later time', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const elsewhere = new World(db.databases, world);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  const { message, repeated } = await world.say(ann!, dialog.id, 'hello', 'c1');
  await world.say(ben!, dialog.id, 'hello yourself');
  const announced = world.announced.length;
  const again = await world.say(ann!, dialog.id, 'hello', 'c1');
  const afar = await elsewhere.say(ann!, dialog.id, 'hello', 'c1');
  expect(repeated).toBe(false);
  expect(again).toEqual({ message, repeated: true });
  expect(afar).toEqual({ message, repeated: true });
  expect(world.announced).toHaveLength(announced);
  expect(elsewhere.announced).toEqual([]);
});

test('the same client_id of two senders, or in two dialogs, makes two messages', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  const dialog = await world.direct(ann!, ben!);
  const other = await world.direct(ann!, eve!);
  const sent = [
    await world.say(ann!, dialog.id, 'hello', 'c1'),
    await world.say(ben!, dialog.id, 'hello', 'c1'),
    await world.say(ann!, other.id, 'hello', 'c1'),
  ];
  expect(sent.map(({ repeated }) => repeated)).toEqual([false, false, false]);
  expect(new Set(sent.map(({ message }) => message.id)).size).toBe(3);
});

test('fifty copies of one message at once, over two processes, are one message', async () => {
  await using db = await freshDatabase();
  const here = new World(db.databases);
  const there = new World(db.databases, here);
  const [ann, ben] = here.people(2);
  const dialog = await here.direct(ann!, ben!);
  const copies = await Promise.all(
    Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? here : there).say(ann!, dialog.id, 'hello', 'c1')),
  );
  expect(new Set(copies.map(({ message }) => message.id)).size).toBe(1);
  expect(copies.filter(({ repeated }) => !repeated)).toHaveLength(1);
  expect(await db.database.rows(COUNT)).toEqual([{ count: 1 }]);
});

test('a message is answered and announced as it is stored', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  const { message: question } = await world.say(ann!, dialog.id, 'where?');
  const { message } = await world.messaging.sendMessage(ben!, {
    dialog_id: dialog.id,
    client_id: 'here',
    message_type: 'location',
    content: 'here 📍',
    reply_to_id: question.id,
    metadata: { latitude: 13.7563, longitude: 100.5018, name: 'Bangkok' },
  });
  expect(message).toMatchObject({
    dialog_id: dialog.id,
    seq: 2,
    version: 2,
    client_id: 'here',
    sender_id: ben!.userId,
    content: 'here 📍',
    message_type: 'location',
    metadata: { latitude: 13.7563, longitude: 100.5018, name: 'Bangkok' },
    reply_to_id: question.id,
    reactions: [],
    delivery_status: 'sent',
    read_receipts: [],
    edited_at: null,
    deleted_at: null,
  });
  const { messages } = await world.messaging.history(ann!, dialog.id, { limit: 10 });
  expect(messages).toEqual([question, message]);
  expect(world.announced.at(-1)).toEqual({
    event: 'message',
    to: dialog.id,
    what: { dialog_id: dialog.id, version: 2, message },
  });
});

test('messages of one commit make one event per dialog that names their seqs', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = world.people(3);
  const [one, other] = [await world.direct(ann!, ben!), await world.direct(ann!, eve!)];
  await Promise.all(
    [one, other].flatMap(({ id }) => Array.from({ length: 50 }, (_, n) => world.say(ann!, id, `n${n}`))),
  );
  const events = await db.database.rows<{ aggregate_id: DialogId; data: { from_seq: number; to_seq: number } }>(EVENTS);
  expect(events.length).toBeLessThan(100);
  for (const { id } of [one, other]) {
    const ranges = events.filter((event) => event.aggregate_id === id).map(({ data }) => data);
    let next = 1;
    for (const { from_seq: from, to_seq: to } of ranges) {
      expect(from).toBe(next);
      next = to + 1;
    }
    expect(next).toBe(51);
  }
});

test('messages of one sender keep the order in which they were sent', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  const said = Array.from({ length: 600 }, (_, n) => `n${n}`);
  await Promise.all(said.map((text) => world.say(ann!, dialog.id, text)));
  const heard: (string | null)[] = [];
  for (let after = 0; after < 600; after += 100) {
    const { messages } = await world.messaging.history(ben!, dialog.id, { after, limit: 100 });
    heard.push(...messages.map(({ content }) => content));
  }
  expect(heard).toEqual(said);
});

test('more messages than a lane holds are refused with RETRY_LATER, and those accepted are all stored', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben] = world.people(2);
  const dialog = await world.direct(ann!, ben!);
  const answers = await Promise.allSettled(Array.from({ length: 6_000 }, () => world.say(ann!, dialog.id, 'again')));
  const refused = answers.filter((answer) => answer.status === 'rejected').map(({ reason }) => reason as unknown);
  expect(refused.length).toBeGreaterThan(0);
  for (const reason of refused) expect(reason).toMatchObject({ code: 'RETRY_LATER' });
  expect(await db.database.rows(COUNT)).toEqual([{ count: answers.length - refused.length }]);
});
