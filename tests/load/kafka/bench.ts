import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { type Kafka, Partitioners } from 'kafkajs';
import { openKafka } from '#infrastructure/events/kafka/client.ts';
import { openKafkaBus } from '#infrastructure/events/kafka/kafka-bus.ts';
import { openPublisher } from '#infrastructure/events/kafka/publisher.ts';
import { type EventRow, recordOf } from '#infrastructure/events/kafka/record.ts';
import { startKafkaRelay } from '#infrastructure/events/kafka/relay.ts';
import { makeTopics, type Topics } from '#infrastructure/events/kafka/topics.ts';
import { type OpenDatabase, openDatabase } from '#infrastructure/postgres/database.ts';
import { statement } from '#shared/sql.ts';
import { until } from '#tests/chaos/patience.ts';
import { KAFKA_SETTINGS, topicSettings } from '#tests/harness/carried.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';
import { openThrowawayKafka } from '#tests/harness/throwaway-kafka.ts';
import { type Bench, type BenchOptions, kept } from '../bench.ts';
import { benchEngines } from '../engines.ts';
import type { Measured } from '../measure.ts';

/** Events that one second of a run is given to carry: the run ends when all have been handled. */
const EVENTS_PER_SECOND = 15_000;
/** Published together, as the relay does. */
const BATCH = 1_000;
const AGGREGATES = 1_000;
const TYPE = 'bench.happened';

/** Writes events about as long as ours are: three ids and a few facts. */
const FILL = statement(
  'bench.fill-outbox',
  `INSERT INTO events.outbox (event_id, type, version, aggregate_id, data)
   SELECT uuidv7(), '${TYPE}', 1, 'aggregate-' || nth % ${AGGREGATES},
     jsonb_build_object('id', uuidv7(), 'buyerId', uuidv7(), 'sellerId', uuidv7(), 'amount', nth, 'currency', 'THB')
   FROM generate_series(1, $1) AS nth`,
);

/** Events carried from the outbox over Kafka to a consumer's committed effect, beside the bare client in the same process. */
export const kafkaBench: Bench = {
  name: 'kafka',
  says: 'events/s from the outbox over Kafka to a committed effect, beside a bare kafkajs loop with the same batches',
  prepare: async (options) => {
    await using resources = new AsyncDisposableStack();
    const engines = resources.use(await benchEngines());
    const { address } = resources.use(await openThrowawayKafka());
    const database = openDatabase({ url: engines.databaseUrl, poolMax: 8, applicationName: 'bench' });
    resources.defer(() => database.close());
    const kafka = openKafka({ ...KAFKA_SETTINGS, KAFKA_BROKERS: [address] }, quietLog);
    await hasCoordinator(kafka);
    const bench = { kafka, database, options };
    return {
      contenders: [
        { name: 'bare kafkajs', run: () => bareLoop(bench) },
        { name: 'outbox to effect', run: () => driver(bench) },
      ],
      comparisons: [{ ours: 'outbox to effect', baseline: 'bare kafkajs', aim: 'at least 0.60' }],
      ...kept(resources),
    };
  },
};

/** A new broker first makes what it keeps offsets in; a bare consumer that comes sooner gives up for good. */
async function hasCoordinator(kafka: Kafka): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await until('the broker takes groups', () =>
    admin.fetchOffsets({ groupId: 'bench', topics: [] }).then(
      () => true,
      () => false,
    ),
  );
  await admin.disconnect();
}

type Parts = { readonly kafka: Kafka; readonly database: OpenDatabase; readonly options: BenchOptions };

/** Topics of one run: what an earlier one left is nobody's. */
function freshTopics(kafka: Kafka): Topics {
  const settings = { ...topicSettings(`bench-${randomBytes(4).toString('hex')}`), KAFKA_PARTITIONS: 6 };
  return makeTopics({ kafka, settings, database: '', log: quietLog });
}

const eventsOf = ({ runMs }: BenchOptions) => Math.ceil((runMs / 1000) * EVENTS_PER_SECOND);

/** Produces batches, one at a time and acknowledged by all, and consumes them in the same process; offsets after each batch. */
async function bareLoop({ kafka, options }: Parts): Promise<Measured> {
  const topics = freshTopics(kafka);
  const topic = topics.of(TYPE);
  await topics.ensure([topic]);
  const events = eventsOf(options);
  const done = Promise.withResolvers<void>();
  const consumer = kafka.consumer({ groupId: topics.groupId('bare'), maxWaitTimeInMs: 500 });
  const joined = Promise.withResolvers<void>();
  consumer.on(consumer.events.GROUP_JOIN, () => joined.resolve());
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  let seen = 0;
  await consumer.run({
    eachBatch: async ({ batch }) => {
      seen += batch.messages.length;
      if (seen >= events) done.resolve();
    },
  });
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  await joined.promise;
  const startedAt = performance.now();
  for (let first = 0; first < events; first += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, events - first) }, (_, nth) => rowLike(first + nth));
    await producer.send({ topic, acks: -1, messages: rows.map(recordOf) });
  }
  await done.promise;
  const measured = rateOf(events, performance.now() - startedAt);
  await producer.disconnect();
  await consumer.disconnect();
  return measured;
}

/** The outbox is full; a relay and a consumer group in one process carry everything to the group's committed transactions. */
async function driver({ kafka, database, options }: Parts): Promise<Measured> {
  const topics = freshTopics(kafka);
  await topics.ensure([topics.of(TYPE), topics.of('bench-warm.up')]);
  const events = eventsOf(options);
  const bus = openKafkaBus({ kafka, topics, database, log: quietLog });
  const publisher = openPublisher({ kafka, topics });
  const [warm, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let seen = 0;
  bus.subscribe({
    group: topics.groupId('ours'),
    types: [TYPE, 'bench-warm.up'],
    handle: async (batch) => {
      if (batch[0]?.type !== TYPE) return warm.resolve();
      seen += batch.length;
      if (seen >= events) done.resolve();
    },
  });
  await publisher.publish([{ ...rowLike(0), type: 'bench-warm.up' }]);
  await warm.promise;
  await database.rows(FILL, [events]);
  const startedAt = performance.now();
  const relay = startKafkaRelay({ database, publisher, log: quietLog, onMoved: () => undefined });
  await done.promise;
  const measured = rateOf(events, performance.now() - startedAt);
  await relay.stop();
  await bus.close();
  await publisher.close();
  return measured;
}

/** What the relay reads from the outbox. */
function rowLike(nth: number): EventRow {
  const [id, buyerId, sellerId] = [randomUUIDv7(), randomUUIDv7(), randomUUIDv7()];
  return {
    event_id: randomUUIDv7(),
    type: TYPE,
    version: 1,
    aggregate_id: `aggregate-${nth % AGGREGATES}`,
    data: JSON.stringify({ id, buyerId, sellerId, amount: nth, currency: 'THB' }),
    occurred_at: new Date(),
  };
}

function rateOf(events: number, ms: number): Measured {
  return { perSecond: events / (ms / 1000), p50Ms: Number.NaN, p95Ms: Number.NaN, p99Ms: Number.NaN, failed: 0 };
}
