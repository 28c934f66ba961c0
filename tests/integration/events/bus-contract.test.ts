import { expect, test, vi } from 'vitest';
import { AppError } from '#shared/errors.ts';
import type { StoredEvent } from '#shared/events/event.ts';
import { statement } from '#shared/sql.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { carrier } from '#tests/harness/event-carrier.ts';
import { Counted, collector, counted, effects, effectsTable, recorder, write } from './counted.ts';

/** What a group does on a bus takes milliseconds, and joining it some seconds on a busy machine. */
const SOON = { timeout: 25_000 };
const DEAD = statement(
  'test.dead-letters',
  `SELECT dead.consumer_group, dead.reason, dead.attempts, dead.type, dead.aggregate_id, dead.data
   FROM events.dead_letters AS dead`,
);
const BEGAN = statement('test.began', "SELECT 1 AS found FROM events.places WHERE consumer_group = 'fresh'");

test('an event whose transaction rolled back is never delivered', async () => {
  await using db = await freshDatabase();
  await using carried = carrier(db);
  const seen: StoredEvent[] = [];
  carried.bus.subscribe(collector(seen));
  const undone = db.database.transaction(async (tx) => {
    await db.outbox.append(tx, { events: [counted('a', 0, 1)] });
    throw new AppError('CONFLICT');
  });
  await expect(undone).rejects.toThrow(AppError);
  await write(db, [counted('a', 0, 2)]);
  await vi.waitFor(() => expect(seen).toHaveLength(1), SOON);
  expect(seen[0]).toMatchObject({ type: Counted.type, version: 1, aggregateId: 'a', data: { writer: 0, number: 2 } });
  expect(seen[0]?.occurredAt).toBeInstanceOf(Date);
});

test('concurrent writers lose nothing, and the events of each aggregate stay in order', async () => {
  await using db = await freshDatabase();
  await using carried = carrier(db);
  const seen: StoredEvent[] = [];
  carried.bus.subscribe(collector(seen));
  const writers = Array.from({ length: 8 }, (_, writer) => writer);
  const numbers = Array.from({ length: 50 }, (_, number) => number);
  await Promise.all(
    writers.map(async (writer) => {
      for (const number of numbers) await write(db, [counted(`w${writer}`, writer, number)]);
    }),
  );
  await vi.waitFor(() => expect(seen).toHaveLength(400), SOON);
  for (const writer of writers) {
    const own = seen.filter((event) => event.aggregateId === `w${writer}`).map((event) => event.data['number']);
    expect(own).toEqual(numbers);
  }
});

test('a group hears only of the types that it wants, and each group hears for itself', async () => {
  await using db = await freshDatabase();
  await using carried = carrier(db);
  const [one, other]: [StoredEvent[], StoredEvent[]] = [[], []];
  carried.bus.subscribe(collector(one, 'one'));
  carried.bus.subscribe({ ...collector(other, 'other'), types: ['test.other'] });
  await write(db, [counted('a', 0, 1), { ...counted('a', 0, 2), type: 'test.other' }, counted('a', 0, 3)]);
  await vi.waitFor(() => expect(one.map(({ data }) => data['number'])).toEqual([1, 3]), SOON);
  await vi.waitFor(() => expect(other.map(({ data }) => data['number'])).toEqual([2]), SOON);
});

test('a new group starts with the oldest event that is kept', async () => {
  await using db = await freshDatabase();
  await using carried = carrier(db);
  const first: StoredEvent[] = [];
  carried.bus.subscribe(collector(first, 'first'));
  for (let number = 0; number < 20; number++) await write(db, [counted('a', 0, number)]);
  await vi.waitFor(() => expect(first).toHaveLength(20), SOON);
  const late: StoredEvent[] = [];
  carried.bus.subscribe(collector(late, 'late'));
  await vi.waitFor(
    () => expect(late.map(({ data }) => data['number'])).toEqual(first.map(({ data }) => data['number'])),
    SOON,
  );
});

test('a new group that starts with the newest hears nothing of what was before it, and all that comes, also when it was away', async () => {
  await using db = await freshDatabase();
  const [old, fresh]: [StoredEvent[], StoredEvent[]] = [[], []];
  const numbers = () => fresh.map(({ data }) => data['number']);
  {
    await using carried = carrier(db);
    carried.bus.subscribe(collector(old, 'old'));
    await write(
      db,
      [1, 2, 3].map((number) => counted('a', 0, number)),
    );
    await vi.waitFor(() => expect(old).toHaveLength(3), SOON);
    carried.bus.subscribe({ ...collector(fresh, 'fresh'), starts: 'newest' });
    await vi.waitFor(async () => expect(await db.database.rows(BEGAN)).toHaveLength(1), SOON);
    await write(db, [counted('a', 0, 4)]);
    await vi.waitFor(() => expect(numbers()).toEqual([4]), SOON);
  }
  await write(db, [counted('a', 0, 5), counted('b', 0, 6)]);
  await using carried = carrier(db);
  carried.bus.subscribe({ ...collector(fresh, 'fresh'), starts: 'newest' });
  await vi.waitFor(() => expect(fresh).toHaveLength(3), SOON);
  expect(new Set(numbers())).toEqual(new Set([4, 5, 6]));
});

test('two relays and two processes of one group have one effect of each event, in the order of its aggregate', async () => {
  await using db = await freshDatabase();
  await effectsTable(db);
  await using first = carrier(db);
  await using second = carrier(db);
  first.bus.subscribe(recorder('pair'));
  second.bus.subscribe(recorder('pair'));
  const numbers = Array.from({ length: 150 }, (_, number) => number);
  for (const number of numbers) await write(db, [counted('a', 0, number), counted('b', 1, number)]);
  await vi.waitFor(async () => expect((await effects(db)).length).toBeGreaterThanOrEqual(300), SOON);
  const all = await effects(db);
  expect(all.filter(({ aggregate }) => aggregate === 'a').map(({ number }) => number)).toEqual(numbers);
  expect(all.filter(({ aggregate }) => aggregate === 'b').map(({ number }) => number)).toEqual(numbers);
});

test('an effect in the database happens once although its first try failed', async () => {
  await using db = await freshDatabase();
  await effectsTable(db);
  await using carried = carrier(db);
  let tries = 0;
  const inner = recorder('effects');
  carried.bus.subscribe({
    ...inner,
    handle: async (events, tx) => {
      await inner.handle(events, tx);
      if (tries++ === 0) throw new Error('planted');
    },
  });
  await write(db, [counted('a', 0, 1)]);
  await vi.waitFor(async () => expect(await effects(db)).toHaveLength(1), SOON);
  expect(tries).toBe(2);
});

test('poison is set aside after five tries with its reason, and does not hold up what follows', async () => {
  await using db = await freshDatabase();
  await using carried = carrier(db);
  const seen: number[] = [];
  let tries = 0;
  carried.bus.subscribe({
    group: 'picky',
    types: [Counted.type],
    handle: async (events) => {
      if (events.some((event) => event.data['number'] === 2)) {
        if (events.length === 1) tries += 1;
        throw new Error('planted');
      }
      seen.push(...events.map((event) => Number(event.data['number'])));
    },
  });
  await write(
    db,
    [1, 2, 3].map((number) => counted('a', 0, number)),
  );
  await vi.waitFor(() => expect(seen).toContain(3), SOON);
  expect(seen).toEqual([1, 3]);
  expect(tries).toBeGreaterThanOrEqual(5);
  expect(await db.database.rows(DEAD)).toEqual([
    {
      consumer_group: 'picky',
      reason: expect.stringContaining('planted'),
      attempts: 5,
      type: Counted.type,
      aggregate_id: 'a',
      data: { writer: 0, number: 2 },
    },
  ]);
});

test('what cannot be reached is waited for, however often it is tried, and nothing is set aside', async () => {
  await using db = await freshDatabase();
  await effectsTable(db);
  await using carried = carrier(db);
  let tries = 0;
  const inner = recorder('patient');
  carried.bus.subscribe({
    ...inner,
    handle: async (events, tx) => {
      tries += 1;
      if (tries <= 6) throw new AppError('UPSTREAM_UNAVAILABLE');
      await inner.handle(events, tx);
    },
  });
  await write(
    db,
    [1, 2, 3].map((number) => counted('a', 0, number)),
  );
  await vi.waitFor(async () => expect((await effects(db)).map(({ number }) => number)).toEqual([1, 2, 3]), SOON);
  expect(tries).toBeGreaterThan(6);
  expect(await db.database.rows(DEAD)).toEqual([]);
});

test('closing while events come loses none and repeats none', async () => {
  await using db = await freshDatabase();
  await effectsTable(db);
  const numbers = Array.from({ length: 200 }, (_, number) => number);
  const writing = (async () => {
    for (const number of numbers) await write(db, [counted(`a${number % 4}`, number % 4, number)]);
  })();
  for (let round = 0; round < 3; round++) {
    await using carried = carrier(db);
    carried.bus.subscribe(recorder('closing'));
    const before = (await effects(db)).length;
    await vi.waitFor(async () => expect((await effects(db)).length).toBeGreaterThan(Math.min(before, 199)), SOON);
  }
  await writing;
  await using carried = carrier(db);
  carried.bus.subscribe(recorder('closing'));
  await vi.waitFor(async () => expect((await effects(db)).length).toBeGreaterThanOrEqual(200), SOON);
  const all = await effects(db);
  expect(all.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(numbers);
  for (const writer of [0, 1, 2, 3]) {
    const own = all.filter(({ aggregate }) => aggregate === `a${writer}`).map(({ number }) => number);
    expect(own).toEqual(numbers.filter((number) => number % 4 === writer));
  }
});
