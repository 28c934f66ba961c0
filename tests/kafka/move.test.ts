import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, test, vi } from 'vitest';
import { afterKafka, bothBuses } from '#infrastructure/events/kafka/both-buses.ts';
import { openKafkaBus } from '#infrastructure/events/kafka/kafka-bus.ts';
import { openPublisher } from '#infrastructure/events/kafka/publisher.ts';
import { startKafkaRelay, startLogCopier } from '#infrastructure/events/kafka/relay.ts';
import type { Loop } from '#infrastructure/events/loop.ts';
import { openPostgresBus } from '#infrastructure/events/postgres-bus.ts';
import { startRelay } from '#infrastructure/events/relay.ts';
import type { EventBus } from '#shared/events/bus.ts';
import { kafkaOf, topicPrefixOf } from '#tests/harness/carried.ts';
import { type FreshDatabase, freshDatabase } from '#tests/harness/database.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { counted, effects, effectsTable, recorder, write } from '../integration/events/counted.ts';

const SOON = { timeout: 40_000, interval: 50 };
const WRITE_EVERY_MS = 5;
const AGGREGATES = ['a', 'b', 'c'];

type Carrying = 'postgres' | 'kafka' | { readonly both: readonly string[] };

/** A process of a cluster that carries events so, with one group. */
function openProcess({ database, url }: FreshDatabase, carrying: Carrying): AsyncDisposable {
  const { kafka, topics } = kafkaOf({ url, brokers: inject('kafka'), topicPrefix: topicPrefixOf(url) });
  const publisher = openPublisher({ kafka, topics });
  const onKafka = () => openKafkaBus({ kafka, topics, database, log: quietLog });
  const onPostgres = () => openPostgresBus({ database, log: quietLog });
  const toLog = () => startRelay({ database, log: quietLog, onMoved: () => undefined });
  const toKafka = () => startKafkaRelay({ database, publisher, log: quietLog, onMoved: () => undefined });
  const copier = () => startLogCopier({ database, publisher, log: quietLog });
  let bus: EventBus;
  let relays: Pick<Loop, 'stop'>[];
  if (carrying === 'postgres') [bus, relays] = [afterKafka(onPostgres()), [toLog()]];
  else if (carrying === 'kafka') [bus, relays] = [onKafka(), [toKafka()]];
  else {
    bus = bothBuses({ postgres: onPostgres(), kafka: onKafka(), onKafka: carrying.both });
    relays = [toLog(), copier()];
  }
  bus.subscribe(recorder('mover'));
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(relays.map((relay) => relay.stop()));
      await bus.close();
      await publisher.close();
    },
  };
}

/** Writes without pause until it is told to stop; then how many events each aggregate has. */
function keepWriting(db: FreshDatabase): AsyncDisposable & { stop(): Promise<number> } {
  let isOver = false;
  const writing = (async () => {
    let number = 0;
    for (; !isOver; number += 1) {
      const events = AGGREGATES.map((aggregate, writer) => counted(aggregate, writer, number));
      await write(db, events);
      await sleep(WRITE_EVERY_MS);
    }
    return number;
  })();
  const stop = () => {
    isOver = true;
    return writing;
  };
  return { stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}

/** Returns when some more effects have been had than now. */
async function goesOn(db: FreshDatabase): Promise<void> {
  const before = (await effects(db)).length;
  await vi.waitFor(async () => expect((await effects(db)).length).toBeGreaterThan(before + 30), SOON);
}

async function expectOneEffectEach(db: FreshDatabase, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, number) => number);
  await vi.waitFor(async () => expect((await effects(db)).length).toBeGreaterThanOrEqual(count * 3), SOON);
  const all = await effects(db);
  for (const aggregate of AGGREGATES) {
    expect(all.filter((effect) => effect.aggregate === aggregate).map(({ number }) => number)).toEqual(numbers);
  }
}

test('a group that moves to Kafka and back under writes loses nothing and has every effect once, in order', async () => {
  await using db = await freshDatabase();
  await effectsTable(db);
  await using writer = keepWriting(db);
  const moves: Carrying[] = [
    'postgres',
    { both: [] },
    { both: ['mover'] },
    'kafka',
    { both: ['*'] },
    { both: [] },
    'postgres',
  ];
  for (const carrying of moves) {
    await using _process = openProcess(db, carrying);
    await goesOn(db);
  }
  const count = await writer.stop();
  await using _last = openProcess(db, 'postgres');
  await expectOneEffectEach(db, count);
});

test('while processes are exchanged one by one, a group reads from both and still has every effect once, in order', async () => {
  await using db = await freshDatabase();
  await effectsTable(db);
  await using writer = keepWriting(db);
  await using before = openProcess(db, { both: [] });
  await goesOn(db);
  await using after = openProcess(db, { both: ['mover'] });
  await goesOn(db);
  await before[Symbol.asyncDispose]();
  await goesOn(db);
  await using back = openProcess(db, { both: [] });
  await goesOn(db);
  await after[Symbol.asyncDispose]();
  await goesOn(db);
  await expectOneEffectEach(db, await writer.stop());
  await back[Symbol.asyncDispose]();
});

test('what waits unread in the log goes to Kafka first when the bus is changed while everything is stopped', async () => {
  await using db = await freshDatabase();
  await effectsTable(db);
  {
    await using _process = openProcess(db, 'postgres');
    await write(
      db,
      AGGREGATES.map((aggregate, nth) => counted(aggregate, nth, 0)),
    );
    await vi.waitFor(async () => expect(await effects(db)).toHaveLength(3), SOON);
  }
  // Moved to the log, and handled by nobody.
  const relay = startRelay({ database: db.database, log: quietLog, onMoved: () => undefined });
  await write(
    db,
    AGGREGATES.map((aggregate, nth) => counted(aggregate, nth, 1)),
  );
  await vi.waitFor(
    async () => expect(await db.database.rows({ name: 'test.outbox', text: 'SELECT FROM events.outbox' })).toEqual([]),
    SOON,
  );
  await relay.stop();
  await write(
    db,
    AGGREGATES.map((aggregate, nth) => counted(aggregate, nth, 2)),
  );
  await using _process = openProcess(db, 'kafka');
  await expectOneEffectEach(db, 3);
});
