import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makePresenceRegistry } from '#infrastructure/redis/presence-registry.ts';
import { openRedis } from '#infrastructure/redis/connect.ts';
import { updateProfile } from '#services/auth/profile.ts';
import { lastSeenOf } from '#services/auth/presence.ts';
import type { SeededAccount } from '#services/auth/seed-accounts.ts';
import type { PresenceVisibility } from '#shared/contracts/auth/user.ts';
import type { UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Presence } from '#shared/sockets/presence.ts';
import { statement } from '#shared/sql.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { asked, connected, heard, openCluster, refusalOf, type TestCluster } from './open-cluster.ts';

const PATIENCE = { timeout: 20_000 };

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await openCluster();
});
afterAll(() => cluster[Symbol.asyncDispose]());

async function watch(socket: Socket, ...people: readonly { readonly user_id: UserId }[]): Promise<Presence[]> {
  const user_ids = people.map(({ user_id: id }) => id);
  return (await asked<{ presence: Presence[] }>(socket, 'presence:subscribe', { user_ids })).presence;
}

async function show(person: SeededAccount, presenceVisibleTo: PresenceVisibility): Promise<void> {
  const ports = { databases: cluster.db.databases, outbox: cluster.db.outbox, publicUrl: cluster.config.PUBLIC_URL };
  await updateProfile(ports, await cluster.identity.authenticate(person.access_token), { presenceVisibleTo });
}

test('more than a hundred people at once, or none, are refused', async () => {
  const [one] = (await cluster.people(1)) as [SeededAccount];
  const socket = await connected(cluster.nodes[0]!, one);
  const many = Array.from({ length: 101 }, () => newId<UserId>('TH'));
  expect(await refusalOf(socket, 'presence:subscribe', { user_ids: many })).toBe('VALIDATION_ERROR');
  expect(await refusalOf(socket, 'presence:subscribe', { user_ids: [] })).toBe('VALIDATION_ERROR');
});

test('strangers, those who hide and those who blocked the watcher look like nobody, and their coming is not told', async () => {
  const people = (await cluster.people(5)) as [SeededAccount, ...SeededAccount[]];
  const [watcher, stranger, hidden, blocker, reader] = people as [
    SeededAccount,
    SeededAccount,
    SeededAccount,
    SeededAccount,
    SeededAccount,
  ];
  for (const person of [hidden, blocker]) await cluster.dialogOf(watcher, person);
  await cluster.messaging.openDialog(
    { userId: reader.user_id, country: 'TH' },
    { type: 'channel', name: 'news', participant_ids: [watcher.user_id] },
  );
  await show(hidden, 'nobody');
  await cluster.db.databases
    .of('TH')
    .rows(statement('test.block', 'INSERT INTO auth.blocks (blocker_id, blocked_id) VALUES ($1, $2)'), [
      blocker.user_id,
      watcher.user_id,
    ]);
  const socket = await connected(cluster.nodes[0]!, watcher);
  const told = heard<Presence>(socket, 'presence');
  const unseen = [stranger, hidden, blocker, reader];
  for (const person of unseen) await connected(cluster.nodes[1]!, person);
  const nobody = { user_id: newId<UserId>('TH') };
  expect(await watch(socket, ...unseen, nobody)).toEqual(
    [...unseen, nobody].map(({ user_id }) => ({ user_id, status: 'offline' })),
  );
  const contact = (await cluster.people(1))[0]!;
  await cluster.dialogOf(watcher, contact);
  await watch(socket, contact);
  await connected(cluster.nodes[1]!, contact);
  await expect.poll(() => told, PATIENCE).toContainEqual({ user_id: contact.user_id, status: 'online' });
  expect(told.map(({ user_id: id }) => id).filter((id) => id !== contact.user_id)).toEqual([]);
});

test('contacts, and those who show themselves to everyone, are seen to come and go on another node', async () => {
  const [watcher, contact, famous] = (await cluster.people(3)) as [SeededAccount, SeededAccount, SeededAccount];
  await cluster.groupOf(watcher, [contact]);
  await show(famous, 'everyone');
  const socket = await connected(cluster.nodes[0]!, watcher);
  const told = heard<Presence>(socket, 'presence');
  expect(await watch(socket, contact, contact, famous, watcher)).toEqual([
    { user_id: contact.user_id, status: 'offline' },
    { user_id: famous.user_id, status: 'offline' },
    { user_id: watcher.user_id, status: 'online' },
  ]);
  const theirs = await Promise.all([contact, famous].map((person) => connected(cluster.nodes[1]!, person)));
  for (const { user_id } of [contact, famous]) {
    await expect.poll(() => told, PATIENCE).toContainEqual({ user_id, status: 'online' });
  }
  expect((await watch(socket, contact))[0]).toEqual({ user_id: contact.user_id, status: 'online' });
  for (const each of theirs) each.disconnect();
  const last_seen_at = expect.any(String);
  for (const { user_id } of [contact, famous]) {
    await expect.poll(() => told, PATIENCE).toContainEqual({ user_id, status: 'offline', last_seen_at });
  }
  const stored = await lastSeenOf(cluster.db.databases, [contact.user_id]);
  expect((await watch(socket, contact))[0]).toEqual({
    user_id: contact.user_id,
    status: 'offline',
    last_seen_at: stored.get(contact.user_id)!.toISOString(),
  });
});

test('the registry knows who is on which node, until a node takes its word back', async () => {
  await using redis = await openRedis({ url: cluster.config.REDIS_URL, name: 'test', log: quietLog });
  const [one, other] = ['one', 'other'].map((node) => makePresenceRegistry(redis, cluster.config.REDIS_PREFIX, node));
  const users = Array.from({ length: 1_200 }, () => newId<UserId>('VN'));
  const all = (word: boolean) => users.map(() => word);
  expect(await one!.areOnline(users)).toEqual(all(false));
  expect(await one!.renew(users)).toEqual(all(false));
  expect(await other!.renew(users)).toEqual(all(true));
  expect(await one!.leave(users)).toEqual(all(true));
  expect(await one!.areOnline(users)).toEqual(all(true));
  expect(await other!.leave(users)).toEqual(all(false));
  expect(await one!.areOnline(users)).toEqual(all(false));
});
