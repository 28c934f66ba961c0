import { expect, test } from 'vitest';
import type { Presence } from '#shared/sockets/presence.ts';
import { caughtUp, clientOf } from '../integration/realtime/clients.ts';
import { openStage } from './stage.ts';

/** What the contract promises, and something for a busy machine. */
const WITHIN = { timeout: 50_000, interval: 250 };

test('whoever was on a node that is killed is offline to watchers on another, and online when they are back', async () => {
  await using stage = await openStage({ roles: ['gateway', 'realtime-1', 'realtime-2'] });
  const [first, second] = stage.cluster.realtimeUrls;
  const people = await stage.town.residents(3, '0.00');
  await stage.town.group(people);
  const [watched, watcher] = people.slice(0, 2).map(({ id: user_id, phoneNumber: phone_number, tokens }, index) => {
    // Each has just one node, so that who was cut off stays away.
    return clientOf({ user_id, phone_number, ...tokens }, [index === 0 ? first : second]);
  });
  await Promise.all([caughtUp(watched!), caughtUp(watcher!)]);
  const told: Presence[] = [];
  watcher!.client.on('presence', (presence) => told.push(presence));
  const userId = people[0]!.id;
  watcher!.client.watchPresence([userId]);
  await expect.poll(() => told.at(-1), WITHIN).toEqual({ user_id: userId, status: 'online' });

  await stage.cluster.kill('realtime-1');
  await expect.poll(() => told.at(-1), WITHIN).toMatchObject({ user_id: userId, status: 'offline' });
  await stage.cluster.start('realtime-1');
  await expect.poll(() => told.at(-1), WITHIN).toEqual({ user_id: userId, status: 'online' });
}, 180_000);
