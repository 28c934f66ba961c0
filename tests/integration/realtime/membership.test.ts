import { expect, test } from 'vitest';
import type { SeededAccount } from '#services/auth/seed-accounts.ts';
import type { Member } from '#services/messaging/service.ts';
import type { DialogRemoved, DialogUpdate, WireDialog } from '#shared/contracts/messaging/dialog.ts';
import type { MessageChange } from '#shared/contracts/messaging/message.ts';
import type { SyncReply } from '#shared/contracts/messaging/sync.ts';
import { asked, connected, heard, next, openCluster, refusalOf, text } from './open-cluster.ts';

function as({ user_id: userId }: SeededAccount): Member {
  return { userId, country: 'TH' };
}

function contents(changes: readonly MessageChange[]): (string | null)[] {
  return changes.flatMap(({ message }) => (message.message_type === 'system' ? [] : [message.content]));
}

test('someone who was removed, left, or whose dialog was deleted hears no more of it, on whichever node', async () => {
  await using cluster = await openCluster();
  const [owner, one, two, three] = (await cluster.people(4)) as [
    SeededAccount,
    SeededAccount,
    SeededAccount,
    SeededAccount,
  ];
  const group = await cluster.groupOf(owner, [one, two, three]);
  const directs = [await cluster.dialogOf(owner, one), await cluster.dialogOf(owner, two)];
  const here = await connected(cluster.nodes[0]!, owner);
  const [removed, other] = [await connected(cluster.nodes[0]!, one), await connected(cluster.nodes[1]!, one)];
  const leaver = await connected(cluster.nodes[1]!, two);
  const stays = await connected(cluster.nodes[1]!, three);
  const ears = [removed, other, leaver, stays].map((socket) => heard<MessageChange>(socket, 'message:new'));

  const told = [removed, other].map((socket) => next<DialogRemoved>(socket, 'dialog:removed'));
  await cluster.messaging.removeParticipants(as(owner), group.id, [one.user_id]);
  const removal = { id: group.id, dialog_id: group.id, type: 'group' };
  expect(await Promise.all(told)).toEqual([
    { ...removal, reason: 'removed' },
    { ...removal, reason: 'removed' },
  ]);
  const left = next<DialogRemoved>(leaver, 'dialog:removed');
  await cluster.messaging.leaveDialog(as(two), group.id);
  expect(await left).toEqual({ ...removal, reason: 'left' });

  await asked(here, 'message:send', text(group, 'among us'));
  await expect.poll(() => contents(ears[3]!)).toEqual(['among us']);
  // What is said in a dialog that they share comes after what was said in the group.
  for (const direct of directs) await asked(here, 'message:send', text(direct, 'just you'));
  await expect.poll(() => ears.slice(0, 3).map(contents)).toEqual([['just you'], ['just you'], ['just you']]);
  expect(await refusalOf(removed, 'message:send', text(group))).toBe('NOT_FOUND');
  expect(await refusalOf(leaver, 'typing:start', { dialog_id: group.id })).toBe('NOT_FOUND');
  const missed = await asked<SyncReply>(leaver, 'sync', { dialogs: [{ dialog_id: group.id, after_version: 0 }] });
  expect(missed).toMatchObject({ dialogs: [], left: [group.id] });

  const closed = [here, stays].map((socket) => next<DialogRemoved>(socket, 'dialog:removed'));
  await cluster.messaging.deleteDialog(as(owner), group.id);
  expect(await Promise.all(closed)).toEqual([
    { ...removal, reason: 'deleted' },
    { ...removal, reason: 'deleted' },
  ]);
});

test('someone who was added or joined hears the dialog on all devices, and the others hear who came', async () => {
  await using cluster = await openCluster();
  const [owner, one, two, added, joins] = (await cluster.people(5)) as [
    SeededAccount,
    SeededAccount,
    SeededAccount,
    SeededAccount,
    SeededAccount,
  ];
  const group = await cluster.groupOf(owner, [one, two]);
  const watcher = await connected(cluster.nodes[1]!, one);
  const updates = heard<DialogUpdate>(watcher, 'dialog:updated');
  const devices = [await connected(cluster.nodes[0]!, added), await connected(cluster.nodes[1]!, added)];
  const joiner = await connected(cluster.nodes[1]!, joins);

  const news = devices.map((socket) => next<WireDialog>(socket, 'dialog:new'));
  await cluster.messaging.addParticipants(as(owner), group.id, { user_ids: [added.user_id], role: 'member' });
  for (const dialog of await Promise.all(news)) {
    expect(dialog).toMatchObject({ id: group.id, participant_count: 4, unread_count: 1, version: 1 });
  }
  await cluster.messaging.editDialog(as(owner), group.id, { name: 'Open house', settings: { is_public: true } });
  const came = next<WireDialog>(joiner, 'dialog:new');
  await cluster.messaging.joinDialog(as(joins), group.id);
  expect(await came).toMatchObject({ id: group.id, name: 'Open house', participant_count: 5 });

  const ears = [watcher, joiner, ...devices].map((socket) => heard<MessageChange>(socket, 'message:new'));
  await asked(devices[0]!, 'message:send', text(group, 'hello all'));
  await expect.poll(() => ears.map(contents)).toEqual(ears.map(() => ['hello all']));
  await expect.poll(() => updates.map((update) => update.participant_count)).toEqual([4, 4, 5]);
  expect(updates[1]).toMatchObject({ id: group.id, name: 'Open house', settings: { is_public: true } });
  expect(updates.every((update) => !('unread_count' in update) && !('muted_until' in update))).toBe(true);
});

test('of a channel, readers hear what is posted, and neither who comes nor what others have read', async () => {
  await using cluster = await openCluster();
  const [owner, one, two] = (await cluster.people(3)) as [SeededAccount, SeededAccount, SeededAccount];
  const { dialog: channel } = await cluster.messaging.openDialog(as(owner), {
    type: 'channel',
    name: 'News',
    participant_ids: [one.user_id],
  });
  await cluster.messaging.editDialog(as(owner), channel.id, { settings: { is_public: true } });
  const here = await connected(cluster.nodes[0]!, owner);
  const reader = await connected(cluster.nodes[1]!, one);
  const joiner = await connected(cluster.nodes[0]!, two);
  const posts = heard<MessageChange>(reader, 'message:new');
  const readersOwn = await connected(cluster.nodes[0]!, one);
  const others = [heard(here, 'dialog:updated'), heard(reader, 'dialog:updated'), heard(here, 'receipt')];

  const came = next<WireDialog>(joiner, 'dialog:new');
  await cluster.messaging.joinDialog(as(two), channel.id);
  const seen = await came;
  expect(seen.participant_count).toBe(3);
  expect(seen.participants.map(({ user_id: id }) => id)).toEqual([owner.user_id, two.user_id]);
  expect(await refusalOf(joiner, 'message:send', text(channel))).toBe('FORBIDDEN');
  expect(await refusalOf(joiner, 'typing:start', { dialog_id: channel.id })).toBe('FORBIDDEN');
  await asked(here, 'message:send', text(channel, 'first'));
  await expect.poll(() => contents(posts)).toEqual(['first']);
  const toOwnDevice = next(readersOwn, 'receipt');
  await asked(reader, 'receipt:read', { dialog_id: channel.id, seq: 2 });
  expect(await toOwnDevice).toMatchObject({ user_id: one.user_id, read_seq: 2 });
  await cluster.messaging.leaveDialog(as(two), channel.id);
  await asked(here, 'message:send', text(channel, 'second'));
  await expect.poll(() => contents(posts)).toEqual(['first', 'second']);
  expect(others).toEqual([[], [], []]);
});
