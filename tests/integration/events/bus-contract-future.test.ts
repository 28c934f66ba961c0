import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { askReplay } from '#infrastructure/events/dead-letters/letters.ts';
import { startReplays } from '#infrastructure/events/dead-letters/replays.ts';
import type { Consumer } from '#shared/events/bus.ts';
import { dataOf, defineEvent, earlier, type EventKind, happened, type StoredEvent } from '#shared/events/event.ts';
import { EventVersionUnknown } from '#shared/events/version-unknown.ts';
import { statement } from '#shared/sql.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { carrier } from '#tests/harness/event-carrier.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { write } from './counted.ts';

/** What a group does on a bus takes milliseconds, and joining it some seconds on a busy machine. */
const SOON = { timeout: 25_000 };
const DEAD = statement('test.dead', 'SELECT dead.* FROM events.dead_letters AS dead');

const KILOS = z.object({ parcel: z.string(), kilograms: z.number() });
const V1 = defineEvent('test.weighed', 1, KILOS, { says: 'A parcel was weighed.', key: 'parcel' });
const V2 = defineEvent('test.weighed', 2, z.object({ parcel: z.string(), grams: z.number() }), {
  says: 'A parcel was weighed.',
  key: 'parcel',
  earlier: [earlier(1, KILOS, ({ parcel, kilograms }) => ({ parcel, grams: kilograms * 1000 }))],
});

/** The group as a build has it that knows these kinds. */
function scales(kind: EventKind, weighed: unknown[]): Consumer {
  return {
    group: 'scales',
    types: [kind.type],
    handle: async (events) => {
      const data = events.map((event) => dataOf(kind, event));
      weighed.push(...data);
    },
  };
}

async function deadIn(db: FreshDatabase) {
  return await db.database.rows<{ event_id: string; reason: string; attempts: number; status: string }>(DEAD);
}

test('an event from the future is set aside at once, holds up nothing, and is handled after the upgrade', async () => {
  await using db = await freshDatabase();
  const before: unknown[] = [];
  {
    await using carried = carrier(db);
    carried.bus.subscribe(scales(V1, before));
    await write(db, [
      happened(V1, 'a', { parcel: 'a', kilograms: 1 }),
      happened(V2, 'a', { parcel: 'a', grams: 2000 }),
      happened(V1, 'a', { parcel: 'a', kilograms: 3 }),
    ]);
    await vi.waitFor(() => expect(before).toHaveLength(2), SOON);
  }
  expect(before).toEqual([
    { parcel: 'a', kilograms: 1 },
    { parcel: 'a', kilograms: 3 },
  ]);
  const [letter, ...others] = await deadIn(db);
  expect(others).toEqual([]);
  expect(letter).toMatchObject({
    attempts: 1,
    reason: expect.stringMatching(/^VERSION_UNKNOWN: test\.weighed version 2 /),
  });

  const after: unknown[] = [];
  const { database, outbox } = db;
  await using carried = carrier(db);
  const upgraded = scales(V2, after);
  carried.bus.subscribe(upgraded);
  const replays = startReplays({ database, consumers: [upgraded], outbox, log: quietLog });
  await database.transaction((tx) => askReplay(tx, { group: 'scales', eventId: letter!.event_id }, 'system'));
  await write(db, [happened(V2, 'b', { parcel: 'b', grams: 4000 })]);
  await vi.waitFor(() => expect(after).toHaveLength(2), SOON);
  await replays.stop();
  expect(after).toEqual(
    expect.arrayContaining([
      { parcel: 'a', grams: 2000 },
      { parcel: 'b', grams: 4000 },
    ]),
  );
  expect(await deadIn(db)).toMatchObject([{ status: 'replayed' }]);
});

test('an upgraded group reads what an older build has written as the present version', async () => {
  await using db = await freshDatabase();
  await using carried = carrier(db);
  const weighed: unknown[] = [];
  carried.bus.subscribe(scales(V2, weighed));
  await write(db, [happened(V1, 'a', { parcel: 'a', kilograms: 1.5 })]);
  await write(db, [happened(V2, 'a', { parcel: 'a', grams: 1600 })]);
  await vi.waitFor(() => expect(weighed).toHaveLength(2), SOON);
  expect(weighed).toEqual([
    { parcel: 'a', grams: 1500 },
    { parcel: 'a', grams: 1600 },
  ]);
});

/** A group that can lose nothing, as a build has it that knows and wants these types. */
function careful(types: readonly string[], knows: readonly string[], seen: StoredEvent[]): Consumer {
  return {
    group: 'careful',
    types,
    knows,
    handle: async (events) => {
      const strange = events.find(({ type }) => !knows.includes(type));
      if (strange !== undefined) throw new EventVersionUnknown(strange.type, strange.version);
      seen.push(...events);
    },
  };
}

test('a group that can lose nothing is kept events of types that its build does not know, and no others', async () => {
  await using db = await freshDatabase();
  const weighed = happened(V1, 'a', { parcel: 'a', kilograms: 1 });
  const before: StoredEvent[] = [];
  {
    await using carried = carrier(db);
    carried.bus.subscribe(careful(['test.weighed'], ['test.weighed', 'test.other'], before));
    await write(db, [{ ...weighed, type: 'test.other' }, { ...weighed, type: 'test.sealed' }, weighed]);
    await vi.waitFor(() => expect(before.map(({ type }) => type)).toEqual(['test.weighed']), SOON);
  }
  const letters = await deadIn(db);
  expect(letters).toMatchObject([
    { attempts: 1, reason: expect.stringMatching(/^VERSION_UNKNOWN: test\.sealed version 1 /) },
  ]);

  const after: StoredEvent[] = [];
  const { database, outbox } = db;
  const upgraded = careful(['test.weighed', 'test.sealed'], ['test.weighed', 'test.other', 'test.sealed'], after);
  const replays = startReplays({ database, consumers: [upgraded], outbox, log: quietLog });
  await database.transaction((tx) => askReplay(tx, { group: 'careful', eventId: letters[0]!.event_id }, 'system'));
  await vi.waitFor(() => expect(after.map(({ type }) => type)).toEqual(['test.sealed']), SOON);
  await replays.stop();
});
