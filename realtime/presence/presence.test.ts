import { expect, test } from 'vitest';
import type { UserId } from '#shared/ids.ts';
import { newId } from '#shared/new-id.ts';
import type { Presence as Told } from '#shared/sockets/presence.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { Presence } from './presence.ts';

const GOOD_FOR_MS = 24 * SECOND;
const nok = newId<UserId>('TH');

/** Nodes over one registry in memory, on a clock that only the test moves. */
class World {
  now = 0;
  isRegistryAway = false;
  /** For each user, until when each node's word is good. */
  readonly words = new Map<UserId, Map<string, number>>();
  readonly stored = new Map<UserId, Date>();

  async registryOf<T>(answer: () => T): Promise<T> {
    if (this.isRegistryAway) throw new Error('away');
    return answer();
  }

  isOnline(userId: UserId): boolean {
    return [...(this.words.get(userId)?.values() ?? [])].some((until) => until > this.now);
  }

  node(name: string) {
    const told: Told[] = [];
    const sockets = new Map<UserId, number>();
    const watched = new Set<UserId>();
    const presence = new Presence({
      registry: {
        renew: (ids) =>
          this.registryOf(() =>
            ids.map((id) => {
              const before = this.isOnline(id);
              const words = this.words.get(id) ?? new Map<string, number>();
              this.words.set(id, words.set(name, this.now + GOOD_FOR_MS));
              return before;
            }),
          ),
        leave: (ids) =>
          this.registryOf(() =>
            ids.map((id) => {
              this.words.get(id)?.delete(name);
              return this.isOnline(id);
            }),
          ),
        areOnline: (ids) => this.registryOf(() => ids.map((id) => this.isOnline(id))),
      },
      people: {
        rememberSeen: async (seen) => seen.forEach(({ userId, at }) => this.stored.set(userId, at)),
        lastSeenOf: async () => this.stored,
      },
      socketsOf: (id) => sockets.get(id) ?? 0,
      watched: () => watched,
      tellAll: (presenceTold) => told.push(presenceTold),
      tellHere: (presenceTold) => told.push(presenceTold),
      now: () => this.now,
      clock: () => new Date(this.now),
      log: quietLog,
    });
    return {
      told,
      watched,
      presence,
      connect: async (id: UserId) => {
        sockets.set(id, (sockets.get(id) ?? 0) + 1);
        await presence.arrived(id);
      },
      disconnect: (id: UserId) => {
        sockets.set(id, (sockets.get(id) ?? 0) - 1);
        presence.left(id);
      },
    };
  }
}

type Node = ReturnType<World['node']>;

async function pass(world: World, ms: number, ...nodes: readonly Node[]): Promise<void> {
  for (let passed = 0; passed < ms; passed += SECOND) {
    world.now += SECOND;
    for (const { presence } of nodes) await presence.tick();
  }
}

const statuses = ({ told }: Node) => told.map(({ status }) => status);

test('someone is online once, however many sockets they open', async () => {
  const world = new World();
  const node = world.node('a');
  await node.connect(nok);
  await node.connect(nok);
  expect(node.told).toEqual([{ user_id: nok, status: 'online' }]);
});

test('someone is offline five seconds after their last socket ended, and remembered', async () => {
  const world = new World();
  const node = world.node('a');
  await node.connect(nok);
  await node.connect(nok);
  node.disconnect(nok);
  await pass(world, 10 * SECOND, node);
  expect(statuses(node)).toEqual(['online']);
  node.disconnect(nok);
  await pass(world, 4 * SECOND, node);
  expect(statuses(node)).toEqual(['online']);
  await pass(world, 1 * SECOND, node);
  expect(node.told.at(-1)).toEqual({
    user_id: nok,
    status: 'offline',
    last_seen_at: new Date(15 * SECOND).toISOString(),
  });
  expect(world.stored.get(nok)).toEqual(new Date(15 * SECOND));
});

test('someone who is back at once, here or on another node, was never gone', async () => {
  const world = new World();
  const [one, other] = [world.node('a'), world.node('b')];
  await one.connect(nok);
  one.disconnect(nok);
  await pass(world, 2 * SECOND, one, other);
  await one.connect(nok);
  await pass(world, 10 * SECOND, one, other);
  one.disconnect(nok);
  await other.connect(nok);
  await pass(world, MINUTE, one, other);
  expect([...statuses(one), ...statuses(other)]).toEqual(['online']);
});

test('who was on a node that died is offline within 45 s, to those who watch them elsewhere', async () => {
  const world = new World();
  const [dying, other] = [world.node('a'), world.node('b')];
  await dying.connect(nok);
  other.watched.add(nok);
  expect(await other.presence.statusOf([nok])).toEqual(new Map([[nok, 'online']]));
  await pass(world, 2 * MINUTE, dying, other);
  expect(other.told).toEqual([]);
  await pass(world, 45 * SECOND, other);
  expect(other.told).toEqual([{ user_id: nok, status: 'offline', last_seen_at: world.stored.get(nok)!.toISOString() }]);
  await pass(world, MINUTE, other);
  expect(other.told).toHaveLength(1);
});

test('a registry that loses everything makes nobody offline', async () => {
  const world = new World();
  const [one, other] = [world.node('a'), world.node('b')];
  await one.connect(nok);
  other.watched.add(nok);
  await other.presence.statusOf([nok]);
  for (let flush = 0; flush < 10; flush++) {
    world.words.clear();
    await pass(world, 13 * SECOND, one, other);
  }
  expect(other.told).toEqual([]);
});

test('while the registry is away a node knows its own users, leaves the others as they were, and heals after', async () => {
  const world = new World();
  const [one, other] = [world.node('a'), world.node('b')];
  const [here, elsewhere] = [newId<UserId>('TH'), newId<UserId>('SG')];
  await other.connect(elsewhere);
  for (const id of [here, elsewhere]) one.watched.add(id);
  await one.presence.statusOf([here, elsewhere]);
  world.isRegistryAway = true;
  await one.connect(here);
  await pass(world, 5 * MINUTE, one, other);
  expect(one.told).toEqual([{ user_id: here, status: 'online' }]);
  expect(await one.presence.statusOf([here, elsewhere])).toEqual(
    new Map([
      [here, 'online'],
      [elsewhere, 'online'],
    ]),
  );
  one.disconnect(here);
  other.disconnect(elsewhere);
  await pass(world, 10 * SECOND, one, other);
  expect(one.told.slice(1).map(({ user_id: id, status }) => [id, status])).toEqual([[here, 'offline']]);
  world.isRegistryAway = false;
  await pass(world, 45 * SECOND, one, other);
  expect(one.told.map(({ user_id: id, status }) => [id, status])).toContainEqual([elsewhere, 'offline']);
});

test('what was not heard of an arrival is found by looking', async () => {
  const world = new World();
  const [one, other] = [world.node('a'), world.node('b')];
  one.watched.add(nok);
  await one.presence.statusOf([nok]);
  await other.connect(nok);
  await pass(world, 5 * SECOND, one, other);
  expect(one.told).toEqual([{ user_id: nok, status: 'online' }]);
});

test('a node that stops says of nobody that they went, and remembers all of them', async () => {
  const world = new World();
  const node = world.node('a');
  await node.connect(nok);
  world.now = MINUTE;
  await node.presence.stop();
  expect(statuses(node)).toEqual(['online']);
  expect(world.isOnline(nok)).toBe(false);
  expect(world.stored.get(nok)).toEqual(new Date(MINUTE));
});
