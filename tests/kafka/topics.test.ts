import type { Kafka } from 'kafkajs';
import { expect, inject, test, vi } from 'vitest';
import { askForReplay } from '#infrastructure/events/dead-letters/decide.ts';
import { findLetters } from '#infrastructure/events/dead-letters/letters.ts';
import { startReplays } from '#infrastructure/events/dead-letters/replays.ts';
import { openPublisher, requestsOf } from '#infrastructure/events/kafka/publisher.ts';
import { type EventRow, eventOf } from '#infrastructure/events/kafka/record.ts';
import { refusedByKafka } from '#infrastructure/events/kafka/refused.ts';
import { RECORD_BYTES_MAX, makeTopics } from '#infrastructure/events/kafka/topics.ts';
import type { StoredEvent } from '#shared/events/event.ts';
import { statement } from '#shared/sql.ts';
import { DAY } from '#shared/time.ts';
import { kafkaOf, topicPrefixOf, topicSettings } from '#tests/harness/carried.ts';
import { freshDatabase } from '#tests/harness/database.ts';
import { carrier } from '#tests/harness/event-carrier.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { Counted, collector, counted, effects, effectsTable, recorder, write } from '../integration/events/counted.ts';

const SOON = { timeout: 30_000 };
/** What the protocol calls a topic among things that have settings. */
const TOPIC = 2;

async function admin<T>(kafka: Kafka, ask: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
  const opened = kafka.admin();
  await opened.connect();
  return await ask(opened).finally(() => opened.disconnect());
}

async function settingsOf(kafka: Kafka, topic: string): Promise<Record<string, string>> {
  const { resources } = await admin(kafka, (it) =>
    it.describeConfigs({ resources: [{ type: TOPIC, name: topic }], includeSynonyms: false }),
  );
  return Object.fromEntries(
    resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]),
  );
}

function ofPrefix(topicPrefix: string) {
  return kafkaOf({ url: '', brokers: inject('kafka'), topicPrefix });
}

test('topics are made with the partitions and the retention of the settings, one for each domain', async () => {
  const { kafka, topics } = ofPrefix('made');
  expect([topics.of('payments.charged'), topics.of('audit.recorded')]).toEqual(['made.payments', 'made.audit']);
  await topics.ensure(['made.payments', 'made.audit']);
  const { topics: found } = await admin(kafka, (it) =>
    it.fetchTopicMetadata({ topics: ['made.payments', 'made.audit'] }),
  );
  const partitions = Object.fromEntries(found.map(({ name, partitions }) => [name, partitions.length]));
  expect(partitions).toEqual({ 'made.payments': 3, 'made.audit': 1 });
  expect(await settingsOf(kafka, 'made.payments')).toMatchObject({
    'retention.ms': String(7 * DAY),
    'segment.ms': String(DAY),
    'cleanup.policy': 'delete',
    'message.timestamp.type': 'LogAppendTime',
  });
});

test('another retention is brought to topics that exist; the number of partitions stays', async () => {
  const { kafka, topics } = ofPrefix('kept');
  await topics.ensure(['kept.payments']);
  const settings = { ...topicSettings('kept'), KAFKA_RETENTION: 2 * DAY, KAFKA_PARTITIONS: 12 };
  await makeTopics({ kafka, settings, database: '', log: quietLog }).ensure(['kept.payments']);
  expect(await settingsOf(kafka, 'kept.payments')).toMatchObject({
    'retention.ms': String(2 * DAY),
    'cleanup.policy': 'delete',
    'message.timestamp.type': 'LogAppendTime',
  });
  const { topics: found } = await admin(kafka, (it) => it.fetchTopicMetadata({ topics: ['kept.payments'] }));
  expect(found[0]?.partitions).toHaveLength(3);
});

test('a database of a region has topics and groups of its own', () => {
  const { kafka } = ofPrefix('tchat');
  const topics = makeTopics({ kafka, settings: topicSettings('tchat'), database: 'vn', log: quietLog });
  expect([topics.of('messaging.sent'), topics.groupId('audit'), topics.deadLetters]).toEqual([
    'tchat.vn.messaging',
    'tchat.vn.audit',
    'tchat.vn.dead-letters',
  ]);
});

test('what is published twice has one effect', async () => {
  await using db = await freshDatabase();
  await effectsTable(db);
  await using carried = carrier(db);
  const { kafka, topics } = ofPrefix(topicPrefixOf(db.url));
  const publisher = openPublisher({ kafka, topics });
  const rows: EventRow[] = [0, 1, 2].map((number) => ({
    event_id: `0192f000-0000-7000-8000-00000000000${number}`,
    type: Counted.type,
    version: 1,
    aggregate_id: 'a',
    data: JSON.stringify({ writer: 0, number }),
    occurred_at: new Date(),
  }));
  await publisher.publish(rows);
  await publisher.publish([...rows, ...rows]);
  carried.bus.subscribe(recorder('twice'));
  await write(db, [counted('a', 0, 3)]);
  await vi.waitFor(async () => expect((await effects(db)).map(({ number }) => number)).toEqual([0, 1, 2, 3]), SOON);
  await publisher.close();
});

test('a dead letter is in the topic of dead letters too, with its group and reason', async () => {
  await using db = await freshDatabase();
  const { kafka, topics } = ofPrefix(topicPrefixOf(db.url));
  await topics.ensure([topics.deadLetters]);
  const reader = kafka.consumer({ groupId: `${topicPrefixOf(db.url)}.reader`, maxWaitTimeInMs: 500 });
  await reader.connect();
  await reader.subscribe({ topics: [topics.deadLetters], fromBeginning: true });
  const dead: { event: StoredEvent | undefined; group: string; reason: string }[] = [];
  await reader.run({
    eachMessage: async ({ message }) => {
      const { consumer_group: group, reason } = message.headers ?? {};
      dead.push({ event: eventOf(message)?.event, group: String(group), reason: String(reason) });
    },
  });
  await using carried = carrier(db);
  carried.bus.subscribe({ ...collector([], 'picky'), handle: () => Promise.reject(new Error('planted')) });
  await write(db, [counted('a', 0, 7)]);
  await vi.waitFor(() => expect(dead).toHaveLength(1), SOON);
  expect(dead[0]).toMatchObject({
    event: { aggregateId: 'a', data: { number: 7 } },
    group: 'picky',
    reason: 'planted',
  });
  await reader.disconnect();
});

test('an event that Kafka will never take is set aside, and does not hold up what follows', async () => {
  await using db = await freshDatabase();
  await using carried = carrier(db);
  const seen: StoredEvent[] = [];
  carried.bus.subscribe(collector(seen));
  const large = { ...counted('a', 0, 1), data: { writer: 0, number: 1, much: 'x'.repeat(RECORD_BYTES_MAX) } };
  await write(db, [counted('a', 0, 0), large, counted('a', 0, 2)]);
  await vi.waitFor(() => expect(seen.map(({ data }) => data['number'])).toEqual([0, 2]), SOON);
  const letters = await db.database.rows<{ consumer_group: string }>(
    statement('test.refused', 'SELECT dead.consumer_group FROM events.dead_letters AS dead'),
  );
  expect(letters).toEqual([{ consumer_group: 'kafka-relay' }]);

  // Once the topic takes it, a replay publishes it.
  const { kafka, topics } = ofPrefix(topicPrefixOf(db.url));
  const { database, outbox } = db;
  await using again = new AsyncDisposableStack();
  const publisher = again.adopt(openPublisher({ kafka, topics }), (it) => it.close());
  const consumers = [refusedByKafka(publisher)];
  again.adopt(startReplays({ database, consumers, outbox, log: quietLog }), (loop) => loop.stop());
  const [letter] = await findLetters(database, { settled: false, most: 1 });
  const key = { group: letter!.consumer_group, eventId: letter!.event_id };
  await askForReplay({ database, outbox }, key, 'operator:ann');
  const statusOf = async () => (await findLetters(database, { settled: true, most: 1 }))[0];
  await vi.waitFor(async () => expect(await statusOf()).toMatchObject({ status: 'waiting', attempts: 2 }), SOON);
  const configEntries = [{ name: 'max.message.bytes', value: String(2 * RECORD_BYTES_MAX) }];
  const resources = [{ type: TOPIC, name: topics.of(letter!.type), configEntries }];
  await admin(kafka, (it) => it.alterConfigs({ validateOnly: false, resources }));
  await askForReplay({ database, outbox }, key, 'operator:ann');
  await vi.waitFor(() => expect(seen.map(({ data }) => data['number'])).toEqual([0, 2, 1]), SOON);
  await vi.waitFor(async () => expect(await statusOf()).toMatchObject({ status: 'replayed' }), SOON);
});

test('rows are put into requests that are small enough, in their order', () => {
  const row = (length: number) => ({ data: 'x'.repeat(length) }) as EventRow;
  const rows = [row(60), row(30), row(20), row(500), row(1)];
  const lengths = [...requestsOf(rows, 100)].map((request) => request.map(({ data }) => data.length));
  expect(lengths).toEqual([[60, 30], [20], [500], [1]]);
  expect([...requestsOf([], 100)]).toEqual([]);
});
