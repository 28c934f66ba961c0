import { expect, test } from 'vitest';
import { haveRead, namesOfDialogs, unreadOf } from '#services/messaging/dialog-facts.ts';
import type { Member } from '#services/messaging/service.ts';
import { makeWhoToTell } from '#services/messaging/who-to-tell.ts';
import { makeMessagePushes } from '#services/notifications/consumers/message-pushes.ts';
import { NOT_WORTH_TELLING } from '#services/notifications/ports.ts';
import type { UserId } from '#shared/ids.ts';
import { statement } from '#shared/sql.ts';
import { MINUTE } from '#shared/time.ts';
import { tell } from '#tests/integration/messaging/events-told.ts';
import { World } from '#tests/integration/messaging/world.ts';
import { openNotifications } from './open-notifications.ts';

/** Messaging and notifications over one database; everyone is away unless they are said to be there. */
async function openChat() {
  const desk = await openNotifications();
  const { databases, database } = desk.db;
  const world = new World(databases);
  const present = new Set<UserId>();
  const looked: (readonly UserId[])[] = [];
  const whoToTell = makeWhoToTell({
    databases,
    store: world.messageStore,
    online: async (ids) => {
      looked.push(ids);
      return new Set(ids.filter((id) => present.has(id)));
    },
    blockersOf: (userId, others) => world.blocks.blockersOf(userId, others),
  });
  const consumer = makeMessagePushes({ whoToTell, create: desk.notifications.create });
  desk.world.facts = async (reference) => {
    if (reference.$ref === 'mention') {
      const { id: dialogId, for: userId, seq } = reference;
      const [isRead] = await haveRead(databases, [{ dialogId, userId, seq }]);
      return isRead ? NOT_WORTH_TELLING : (await namesOfDialogs(databases, [dialogId])).get(dialogId);
    }
    if (reference.$ref === 'dialog') return (await namesOfDialogs(databases, [reference.id])).get(reference.id);
    if (reference.$ref === 'user') return reference.id;
    if (reference.$ref !== 'unread') return undefined;
    const [unread] = await unreadOf(databases, [{ dialogId: reference.id, userId: reference.for }]);
    return unread === 0 ? NOT_WORTH_TELLING : unread;
  };
  return {
    desk,
    world,
    present,
    looked,
    async people(count: number): Promise<Member[]> {
      const people = world.people(count);
      for (const { userId } of people) await desk.person({ userId });
      return people;
    },
    /** All that was said so far reaches the consumer, as after a crash: also what it has seen. */
    hear: () => tell(database, consumer),
    /** Sends what has gathered; answers what each was told. */
    async pushes(): Promise<{ to: UserId; template: string; variables: Record<string, unknown> }[]> {
      const before = desk.handed.length;
      await desk.pass(MINUTE);
      await desk.dispatch();
      return desk.handed.slice(before).map(({ recipient, written }) => ({
        to: recipient.userId,
        template: written.subject,
        variables: JSON.parse(written.text) as Record<string, unknown>,
      }));
    },
    [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose](),
  };
}

test('who is away hears once of a burst, with as many as are unread; the sender and who is there hear nothing', async () => {
  await using chat = await openChat();
  const [nok, chai, ploy] = (await chat.people(3)) as [Member, Member, Member];
  chat.present.add(ploy.userId);
  const { id } = await chat.world.group(nok, chai, ploy);
  await chat.world.count(nok, id, 10);
  await chat.hear();
  await chat.hear();
  const told = { to: chai.userId, template: 'messaging.new_messages' };
  expect(await chat.pushes()).toEqual([{ ...told, variables: { sender: nok.userId, dialog: 'Lunch', count: 10 } }]);

  await chat.hear();
  expect(await chat.pushes()).toEqual([]);
  await chat.world.say(nok, id, 'one more');
  await chat.hear();
  expect(await chat.pushes()).toMatchObject([{ ...told, variables: { count: 11 } }]);
});

test('what was read before the push goes out is not pushed', async () => {
  await using chat = await openChat();
  const [nok, chai] = (await chat.people(2)) as [Member, Member];
  const { id } = await chat.world.direct(nok, chai);
  await chat.world.count(nok, id, 3);
  await chat.hear();
  await chat.world.messaging.advanceReceipt(chai.userId, id, { read_seq: 3 });
  expect(await chat.pushes()).toEqual([]);
  expect(await chat.desk.rows()).toMatchObject([{ state: 'expired', reason: 'not_needed' }]);
});

test('a muted dialog is silent, and so is in a group whom one has blocked', async () => {
  await using chat = await openChat();
  const [nok, chai, ploy] = (await chat.people(3)) as [Member, Member, Member];
  const { id } = await chat.world.group(nok, chai, ploy);
  await chat.world.messaging.muteDialog(chai, id, new Date(Date.now() + MINUTE));
  chat.world.block(ploy, nok);
  await chat.world.say(nok, id, 'hello');
  await chat.hear();
  expect(await chat.desk.rows()).toEqual([]);
  await chat.world.say(chai, id, 'hi');
  await chat.hear();
  expect((await chat.desk.rows()).map((row) => row.recipient_id).toSorted()).toEqual(
    [nok.userId, ploy.userId].toSorted(),
  );
});

test('whom somebody names is told by whom, and finds it in the inbox as well', async () => {
  await using chat = await openChat();
  const [nok, chai, ploy] = (await chat.people(3)) as [Member, Member, Member];
  const { id } = await chat.world.group(nok, chai, ploy);
  await chat.world.messaging.sendMessage(nok, {
    dialog_id: id,
    message_type: 'text',
    content: '@chai look',
    metadata: { mentions: [chai.userId] },
  });
  await chat.hear();
  const rows = await chat.desk.rows();
  expect(rows.map((row) => `${row.type} ${row.template}`).toSorted()).toEqual([
    'in_app messaging.mentioned',
    'push messaging.mentioned',
    'push messaging.new_messages',
  ]);
  expect(rows.find((row) => row.template === 'messaging.new_messages')).toMatchObject({ recipient_id: ploy.userId });
});

test('a mention that was read before the push goes out is not pushed; an unread one is, with the name of the group', async () => {
  await using chat = await openChat();
  const [nok, chai, ploy] = (await chat.people(3)) as [Member, Member, Member];
  const { id } = await chat.world.group(nok, chai, ploy);
  await chat.world.messaging.sendMessage(nok, {
    dialog_id: id,
    message_type: 'text',
    content: '@chai @ploy look',
    metadata: { mentions: [chai.userId, ploy.userId] },
  });
  await chat.hear();
  await chat.world.messaging.advanceReceipt(chai.userId, id, { read_seq: 1 });
  expect(await chat.pushes()).toMatchObject([
    { to: ploy.userId, template: 'messaging.mentioned', variables: { dialog: expect.any(String) } },
  ]);
});

test('of a channel with thousands of readers only those are looked at whom a post names', async () => {
  await using chat = await openChat();
  const [nok, chai] = (await chat.people(2)) as [Member, Member];
  const { dialog } = await chat.world.messaging.openDialog(nok, {
    type: 'channel',
    name: 'News',
    participant_ids: [chai.userId],
  });
  await chat.desk.db.database.rows(
    statement(
      'test.readers',
      `INSERT INTO messaging.participants (dialog_id, user_id, role)
       SELECT $1, gen_random_uuid(), 'member' FROM generate_series(1, 5000)`,
    ),
    [dialog.id],
  );
  await chat.world.say(nok, dialog.id, 'news');
  await chat.hear();
  expect(chat.looked.flat()).toEqual([]);
  await chat.world.messaging.sendMessage(nok, {
    dialog_id: dialog.id,
    message_type: 'text',
    content: '@chai news',
    metadata: { mentions: [chai.userId] },
  });
  await chat.hear();
  expect(chat.looked.flat()).toEqual([chai.userId]);
  expect((await chat.desk.rows()).map((row) => row.recipient_id)).toEqual([chai.userId, chai.userId]);
});
