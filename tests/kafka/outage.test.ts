import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openCarried, topicPrefixOf } from '#tests/harness/carried.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { openThrowawayKafka, type ThrowawayKafka } from '#tests/harness/throwaway-kafka.ts';
import { counted, effects, effectsTable, recorder, write } from '../integration/events/counted.ts';

/** A broker that was killed is started again, which may take a minute where everything is started at once. */
const SOON = { timeout: 200_000, interval: 100 };
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
const AGGREGATES = ['a', 'b', 'c'];

/** Killed by each test, and started again by it. */
let kafka: ThrowawayKafka;
beforeAll(async () => {
  kafka = await openThrowawayKafka();
});
afterAll(async () => await kafka[Symbol.asyncDispose]());

const optionsFor = ({ url }: FreshDatabase) => ({ url, brokers: kafka.address, topicPrefix: topicPrefixOf(url) });

async function expectOneEffectEach(db: FreshDatabase, count: number): Promise<void> {
  await vi.waitFor(async () => expect((await effects(db)).length).toBeGreaterThanOrEqual(count * 3), SOON);
  const all = await effects(db);
  for (const aggregate of AGGREGATES) {
    const own = all.filter((effect) => effect.aggregate === aggregate).map(({ number }) => number);
    expect(own).toEqual(Array.from({ length: count }, (_, number) => number));
  }
}

test('Kafka is killed under writes: none is refused, the backlog is drained in order, each effect is had once', async () => {
  await using db = await freshDatabase();
  await effectsTable(db);
  await using carried = openCarried(db.database, optionsFor(db));
  carried.bus.subscribe(recorder('drained'));
  let number = 0;
  const writeSome = async (count: number) => {
    for (const until = number + count; number < until; number += 1) {
      const events = AGGREGATES.map((aggregate, writer) => counted(aggregate, writer, number));
      await write(db, events);
      await sleep(2);
    }
  };
  const writing = writeSome(300);
  await vi.waitFor(async () => expect((await effects(db)).length).toBeGreaterThan(number), SOON);
  await kafka.kill();
  await writing;
  await writeSome(300);
  await kafka.restart();
  await expectOneEffectEach(db, number);
});

test('a process that starts while Kafka is away takes writes, and carries on when it comes', async () => {
  await using db = await freshDatabase();
  await effectsTable(db);
  await kafka.kill();
  await using carried = openCarried(db.database, optionsFor(db));
  carried.bus.subscribe(recorder('patient'));
  for (let number = 0; number < 20; number++) {
    await write(
      db,
      AGGREGATES.map((aggregate, writer) => counted(aggregate, writer, number)),
    );
  }
  expect(await effects(db)).toEqual([]);
  await kafka.restart();
  await expectOneEffectEach(db, 20);
});

test('a process can be stopped while Kafka is away', async () => {
  await using db = await freshDatabase();
  await effectsTable(db);
  const carried = openCarried(db.database, optionsFor(db));
  carried.bus.subscribe(recorder('stopped'));
  await write(db, [counted('a', 0, 0)]);
  await vi.waitFor(async () => expect(await effects(db)).toHaveLength(1), SOON);
  await kafka.kill();
  await write(db, [counted('a', 0, 1)]);
  await carried[Symbol.asyncDispose]();
  await kafka.restart();
  await using next = openCarried(db.database, optionsFor(db));
  next.bus.subscribe(recorder('stopped'));
  await vi.waitFor(async () => expect((await effects(db)).map(({ number }) => number)).toEqual([0, 1]), SOON);
});
