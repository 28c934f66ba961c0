import { expect, test } from 'vitest';
import type { Member } from '#services/messaging/service.ts';
import { statement } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { World } from './world.ts';

const WRITTEN = statement(
  'test.life-written',
  `SELECT outbox.type, outbox.data FROM events.outbox WHERE outbox.type <> 'messaging.dialog_opened' ORDER BY position`,
);

type Written = { readonly type: string; readonly data: Readonly<Record<string, unknown>> };

function three(world: World): [Member, Member, Member] {
  return world.people(3) as [Member, Member, Member];
}

test('a group says what was done to it, in messages that take seq and version like all others', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const { messaging } = world;
  const [ann, ben, eve] = three(world);
  const max = world.person();
  const { id } = await world.group(ann, ben, eve);
  await world.say(ann, id, 'hello');
  await messaging.editDialog(ann, id, { name: 'Dinner', settings: { is_public: true } });
  await messaging.addParticipants(ann, id, { user_ids: [max.userId], role: 'member' });
  await messaging.changeRoles(ann, id, { user_ids: [ben.userId], role: 'admin' });
  await messaging.removeParticipants(ben, id, [eve.userId]);
  await messaging.joinDialog(eve, id);
  await messaging.leaveDialog(ann, id);
  const { messages } = await messaging.history(eve, id, { limit: 100 });
  expect(messages.map(({ seq, version }) => [seq, version])).toEqual(
    Array.from({ length: messages.length }, (_, at) => [at + 1, at + 1]),
  );
  const told = messages.slice(1).map(({ message_type: type, sender_id: by, metadata }) => [type, by, metadata]);
  expect(told).toEqual([
    ['system', ann.userId, { action: 'renamed', name: 'Dinner' }],
    ['system', ann.userId, { action: 'settings_changed', settings: { is_public: true } }],
    ['system', ann.userId, { action: 'added', user_ids: [max.userId] }],
    ['system', ann.userId, { action: 'role_changed', user_ids: [ben.userId], role: 'admin' }],
    ['system', ben.userId, { action: 'removed', user_ids: [eve.userId] }],
    ['system', eve.userId, { action: 'joined' }],
    ['system', ann.userId, { action: 'left' }],
    ['system', ann.userId, { action: 'role_changed', user_ids: [ben.userId], role: 'owner' }],
  ]);
  const sync = await messaging.sync(ben.userId, { dialogs: [{ dialog_id: id, after_version: 0 }], limit: 100 });
  expect(sync.dialogs[0]!.changes.map(({ version }) => version)).toEqual(messages.map(({ version }) => version));
  const announced = world.announced.filter(({ event }) => event === 'message').map(({ what }) => what);
  expect(announced.map((change) => (change as { version: number }).version)).toEqual(
    messages.map(({ version }) => version),
  );
});

test('what was said before someone came is not unread to them, nor what they do themselves', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const { messaging } = world;
  const [ann, ben, eve] = three(world);
  const max = world.person();
  const { id } = await world.group(ann, ben, eve);
  await world.count(ann, id, 3);
  const unread = async (who: Member) => (await messaging.getDialog(who, id)).unread_count;
  await messaging.addParticipants(ann, id, { user_ids: [max.userId], role: 'member' });
  expect([await unread(max), await unread(ann), await unread(ben)]).toEqual([1, 0, 4]);
  await world.say(ben, id, 'welcome');
  expect([await unread(max), await unread(ann), await unread(ben)]).toEqual([2, 1, 4]);
  await messaging.leaveDialog(max, id);
  await messaging.editDialog(ann, id, { settings: { is_public: true } });
  await world.count(ann, id, 5);
  await messaging.joinDialog(max, id);
  expect(await unread(max)).toBe(0);
  await messaging.advanceReceipt(max.userId, id, { read_seq: 100 });
  await world.say(ann, id, 'again');
  expect(await unread(max)).toBe(1);
});

test('adding those who are in it, joining again and setting what is set say nothing again', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const { messaging } = world;
  const [ann, ben, eve] = three(world);
  const { id } = await world.group(ann, ben, eve);
  await messaging.addParticipants(ann, id, { user_ids: [ben.userId, eve.userId], role: 'admin' });
  await messaging.joinDialog(ben, id);
  await messaging.changeRoles(ann, id, { user_ids: [ben.userId], role: 'member' });
  await messaging.editDialog(ann, id, {});
  const dialog = await messaging.getDialog(ann, id);
  expect(dialog).toMatchObject({ participant_count: 3, last_seq: 0, version: 0 });
  expect(dialog.participants.filter(({ role }) => role === 'member')).toHaveLength(2);
  expect(await db.database.rows(WRITTEN)).toEqual([]);
});

test('events and audit entries tell what admins did, without names', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const { messaging } = world;
  const [ann, ben, eve] = three(world);
  const { id } = await world.group(ann, ben, eve);
  await messaging.editDialog(ann, id, { name: 'Secret plans', description: 'of ours' });
  await messaging.removeParticipants(ann, id, [eve.userId]);
  await messaging.deleteDialog(ann, id);
  const written = await db.database.rows<Written>(WRITTEN);
  expect(JSON.stringify(written)).not.toContain('Secret');
  const by = { dialog_id: id, by: ann.userId };
  expect(written.filter(({ type }) => type !== 'audit.recorded')).toEqual([
    { type: 'messaging.dialog_edited', data: { ...by, changed: ['name', 'description'] } },
    { type: 'messaging.messages_appended', data: { dialog_id: id, from_seq: 1, to_seq: 2 } },
    { type: 'messaging.members_gone', data: { ...by, user_ids: [eve.userId] } },
    { type: 'messaging.messages_appended', data: { dialog_id: id, from_seq: 3, to_seq: 3 } },
    { type: 'messaging.dialog_deleted', data: by },
  ]);
  const audit = written.filter(({ type }) => type === 'audit.recorded').map(({ data }) => data);
  expect(audit).toMatchObject([
    { actor: ann.userId, action: 'messaging.dialog_edited', subject: id, outcome: 'ok' },
    { actor: ann.userId, action: 'messaging.members_removed', subject: id, facts: { count: 1 } },
    { actor: ann.userId, action: 'messaging.dialog_deleted', subject: id, facts: { participant_count: 2 } },
  ]);
});

test('a group that its owner has deleted is gone for everyone, as if it had never been', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const { messaging } = world;
  const [ann, ben, eve] = three(world);
  const { id } = await world.group(ann, ben, eve);
  await messaging.editDialog(ann, id, { settings: { is_public: true } });
  await messaging.deleteDialog(ann, id);
  for (const person of [ann, ben, world.person()]) {
    for (const refused of [
      () => messaging.getDialog(person, id),
      () => messaging.history(person, id, { limit: 10 }),
      () => world.say(person, id, 'anyone?'),
      () => messaging.joinDialog(person, id),
      () => messaging.leaveDialog(person, id),
      () => messaging.deleteDialog(person, id),
      () => messaging.editDialog(person, id, { name: 'Mine' }),
    ]) {
      await expect(refused()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    expect(await messaging.dialogsOf(person.userId)).toEqual([]);
  }
  expect(await messaging.sync(ben.userId, { dialogs: [{ dialog_id: id, after_version: 1 }], limit: 1 })).toMatchObject({
    dialogs: [],
    joined: [],
    left: [id],
  });
  expect(world.announced.at(-1)).toEqual({
    event: 'closed',
    to: id,
    what: { id, dialog_id: id, type: 'group', reason: 'deleted' },
  });
});

test('someone who left neither reads nor posts, and learns so when syncing; the others stay', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const { messaging } = world;
  const [ann, ben, eve] = three(world);
  const { id } = await world.group(ann, ben, eve);
  await world.say(eve, id, 'bye');
  const answer = await messaging.leaveDialog(eve, id);
  expect(answer).toMatchObject({ id, participant_count: 2, last_seq: 2, unread_count: 0 });
  expect(answer.participants.map(({ user_id: userId }) => userId)).not.toContain(eve.userId);
  await expect(world.say(eve, id, 'one more thing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(messaging.history(eve, id, { limit: 10 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const synced = await messaging.sync(eve.userId, { dialogs: [{ dialog_id: id, after_version: 1 }], limit: 10 });
  expect(synced).toMatchObject({ dialogs: [], joined: [], left: [id] });
  expect((await messaging.sync(ben.userId, { dialogs: [], limit: 10 })).joined.map(({ id: one }) => one)).toEqual([id]);
});

test('a full group takes nobody, and of a call that names too many nobody comes in', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const { messaging } = world;
  const [ann, ...others] = world.people(999) as [Member, ...Member[]];
  const { id } = await world.group(ann, ...others);
  const [one, two] = three(world);
  const crowd = { user_ids: [one.userId, two.userId], role: 'member' as const };
  await expect(messaging.addParticipants(ann, id, crowd)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await messaging.getDialog(ann, id)).participant_count).toBe(999);
  await messaging.addParticipants(ann, id, { user_ids: [one.userId], role: 'member' });
  await messaging.editDialog(ann, id, { settings: { is_public: true } });
  await expect(messaging.joinDialog(two, id)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await messaging.getDialog(ann, id)).participant_count).toBe(1000);
});

test('a dialog that takes no media refuses it, and a text still passes', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const [ann, ben, eve] = three(world);
  const { id } = await world.group(ann, ben, eve);
  await world.messaging.editDialog(ann, id, { settings: { allow_media: false } });
  await world.say(ben, id, 'words only');
  await expect(
    world.messaging.sendMessage(ben, {
      dialog_id: id,
      message_type: 'image',
      content: '',
      metadata: { media_id: world.file(ben) },
    }),
  ).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('a direct dialog that was put away is out of the list until something is said in it', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const { messaging } = world;
  const [ann, ben] = three(world);
  const { id } = await world.direct(ann, ben);
  await world.say(ben, id, 'hello');
  await messaging.deleteDialog(ann, id);
  const listed = async (who: Member) =>
    (await messaging.listDialogs(who, { page: 1, limit: 10 })).dialogs.map((dialog) => dialog.id);
  expect([await listed(ann), await listed(ben)]).toEqual([[], [id]]);
  expect((await messaging.sync(ann.userId, { dialogs: [], limit: 10 })).joined).toEqual([]);
  expect(await messaging.dialogsOf(ann.userId)).toEqual([id]);
  await world.say(ben, id, 'still there?');
  expect(await listed(ann)).toEqual([id]);
});

test('muting is one’s own, and one’s other devices hear of it', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const { messaging } = world;
  const [ann, ben, eve] = three(world);
  const { id } = await world.group(ann, ben, eve);
  const until = '2100-01-01T00:00:00.000Z';
  expect((await messaging.muteDialog(ben, id, new Date(until))).muted_until).toBe(until);
  expect(world.announced.at(-1)).toMatchObject({ event: 'updated', to: ben.userId, what: { id, muted_until: until } });
  expect((await messaging.getDialog(ann, id)).muted_until).toBeNull();
  expect((await messaging.muteDialog(ben, id, null)).muted_until).toBeNull();
});

test('pins are few, of the dialog’s own messages, and both people of a direct dialog set them', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const { messaging } = world;
  const [ann, ben, eve] = three(world);
  const { id } = await world.direct(ann, ben);
  const elsewhere = await world.direct(ann, eve);
  const foreign = await world.say(ann, elsewhere.id, 'elsewhere');
  await expect(messaging.pinMessage(ann, id, foreign.message.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const said = [];
  for (let n = 0; n < 6; n += 1) said.push((await world.say(n % 2 === 0 ? ann : ben, id, String(n))).message.id);
  for (const messageId of said.slice(0, 5)) await messaging.pinMessage(ben, id, messageId);
  await expect(messaging.pinMessage(ann, id, said[5]!)).rejects.toMatchObject({ code: 'CONFLICT' });
  await messaging.pinMessage(ann, id, said[0]!);
  const after = await messaging.unpinMessage(ann, id, said[1]!);
  expect(after.pinned_message_ids).toEqual([said[0], said[2], said[3], said[4]]);
  expect(after.last_message?.metadata).toEqual({ action: 'unpinned', message_id: said[1] });
  expect(await messaging.unpinMessage(ann, id, said[1]!)).toEqual(after);
});

test('a deleted message is pinned no longer, of which members are told, and is not pinned again', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const { messaging } = world;
  const [ann, ben] = world.people(2) as [Member, Member];
  const { id } = await world.direct(ann, ben);
  const [first, second] = [(await world.say(ann, id, 'one')).message.id, (await world.say(ann, id, 'two')).message.id];
  for (const messageId of [first, second]) await messaging.pinMessage(ben, id, messageId);
  const edits = statement('', `SELECT data FROM events.outbox WHERE type = 'messaging.dialog_edited'`);
  const before = (await db.database.rows(edits)).length;

  world.announced.length = 0;
  await messaging.deleteMessage(ann, first);
  expect(world.announced).toMatchObject([
    { event: 'change', what: { message: { id: first, content: null } } },
    { event: 'updated', to: id, what: { pinned_message_ids: [second] } },
  ]);
  expect(world.announced[1]!.what).not.toHaveProperty('unread_count');
  expect((await messaging.getDialog(ben, id)).pinned_message_ids).toEqual([second]);
  expect((await db.database.rows(edits)).slice(before)).toEqual([
    { data: { dialog_id: id, by: ann.userId, changed: ['pinned_message_ids'] } },
  ]);
  await expect(messaging.pinMessage(ben, id, first)).rejects.toMatchObject({ code: 'CONFLICT' });
  await messaging.unpinMessage(ben, id, first);

  world.announced.length = 0;
  await messaging.deleteMessage(ann, first);
  await messaging.deleteMessage(ann, (await world.say(ann, id, 'never pinned')).message.id);
  expect(world.announced.map(({ event }) => event)).toEqual(['message', 'change']);
});

test('a message that is deleted while it is pinned ends deleted and not pinned', async () => {
  await using db = await freshDatabase();
  const world = new World(db.databases);
  const { messaging } = world;
  const [ann, ben] = world.people(2) as [Member, Member];
  const { id } = await world.direct(ann, ben);
  for (let round = 0; round < 10; round += 1) {
    const { message } = await world.say(ann, id, `n${round}`);
    await Promise.allSettled([messaging.pinMessage(ben, id, message.id), messaging.deleteMessage(ann, message.id)]);
    expect((await messaging.getDialog(ben, id)).pinned_message_ids).toEqual([]);
  }
});
