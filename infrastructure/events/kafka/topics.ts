import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import type { Config } from '#infrastructure/config/settings.ts';
import type { Log } from '#shared/log.ts';
import { HOUR, SECOND } from '#shared/time.ts';

/** Large events are a mistake, but one that Kafka shall not make worse by stopping everything behind it. */
export const RECORD_BYTES_MAX = 4 * 1024 * 1024;
/** Retention forgets whole segments: one must be closed for its records to be forgotten. */
const SEGMENT_MS_MAX = 24 * HOUR;
const CREATED_WITHIN_MS = 20 * SECOND;
const LOOK_AGAIN_AFTER_MS = 20;
/** What the protocol calls a topic among things that have settings; Node cannot import the client's own name for it. */
const TOPIC = 2;
const DEAD_LETTERS = 'dead-letters';

export type TopicSettings = Pick<
  Config,
  'KAFKA_TOPIC_PREFIX' | 'KAFKA_PARTITIONS' | 'KAFKA_PARTITIONS_BY_DOMAIN' | 'KAFKA_REPLICAS' | 'KAFKA_RETENTION'
>;

export type Topics = {
  /** The topic of an event type: one for each domain, which is what stands before the dot. */
  of(type: string): string;
  /** Events that a group could not handle. */
  readonly deadLetters: string;
  /** The name under which Kafka knows a consumer group. */
  groupId(group: string): string;
  /**
   * Makes those topics that do not exist, and brings the retention of the others to what the settings say. Each is looked
   * at once in the life of this process.
   */
  ensure(names: readonly string[]): Promise<void>;
};

type Options = {
  readonly kafka: Kafka;
  readonly settings: TopicSettings;
  /** Between prefix and domain, where several databases publish to one Kafka: events of each have topics of their own. */
  readonly database: string;
  readonly log: Log;
};

/** The topics of one database's events. */
export function makeTopics({ kafka, settings, database, log }: Options): Topics {
  const prefix = [settings.KAFKA_TOPIC_PREFIX, database, ''].filter((part, at) => part !== '' || at === 2).join('.');
  const known = new Set<string>();

  async function ensure(names: readonly string[]): Promise<void> {
    const unknown = [...new Set(names)].filter((name) => !known.has(name));
    if (unknown.length === 0) return;
    const admin = kafka.admin();
    await admin.connect();
    try {
      const existing = new Set(await admin.listTopics());
      await create(
        admin,
        unknown.filter((name) => !existing.has(name)),
      );
      await adjust(
        admin,
        unknown.filter((name) => existing.has(name)),
      );
    } finally {
      await admin.disconnect();
    }
    for (const name of unknown) known.add(name);
  }

  async function create(admin: Admin, names: readonly string[]): Promise<void> {
    // One by one: what another process has just made is no failure, and must not hide what is missing.
    for (const topic of names) {
      await admin.createTopics({
        topics: [
          {
            topic,
            numPartitions: partitionsOf(topic),
            replicationFactor: settings.KAFKA_REPLICAS,
            configEntries: entries(),
          },
        ],
        waitForLeaders: false,
        timeout: CREATED_WITHIN_MS,
      });
    }
    await awaitLeaders(admin, names);
  }

  /** The client's own waiting takes a topic that brokers have yet to hear of for one that will never be. */
  async function awaitLeaders(admin: Admin, names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    for (const until = performance.now() + CREATED_WITHIN_MS; ; await sleep(LOOK_AGAIN_AFTER_MS)) {
      try {
        const { topics } = await admin.fetchTopicMetadata({ topics: [...names] });
        if (topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return;
        if (performance.now() > until) throw new Error(`${names.join(', ')} have no leaders yet`);
      } catch (error) {
        if (performance.now() > until) throw error;
      }
    }
  }

  async function adjust(admin: Admin, names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    const { topics } = await admin.fetchTopicMetadata({ topics: [...names] });
    for (const { name, partitions } of topics) {
      // More partitions would move aggregates from one to another, in the middle of their order.
      if (partitions.length !== partitionsOf(name))
        log.warn(
          { topic: name, partitions: partitions.length, wanted: partitionsOf(name) },
          'a topic keeps the number of partitions that it was made with',
        );
    }
    const { resources } = await admin.describeConfigs({
      resources: names.map((name) => ({ type: TOPIC, name, configNames: ['retention.ms'] })),
      includeSynonyms: false,
    });
    const stale = resources.filter(
      ({ configEntries }) =>
        configEntries.find(({ configName }) => configName === 'retention.ms')?.configValue !==
        String(settings.KAFKA_RETENTION),
    );
    if (stale.length === 0) return;
    await admin.alterConfigs({
      validateOnly: false,
      resources: stale.map(({ resourceName }) => ({
        type: TOPIC,
        name: resourceName,
        configEntries: entries(),
      })),
    });
  }

  function partitionsOf(topic: string): number {
    return settings.KAFKA_PARTITIONS_BY_DOMAIN[topic.slice(prefix.length)] ?? settings.KAFKA_PARTITIONS;
  }

  function entries(): { name: string; value: string }[] {
    return Object.entries({
      'cleanup.policy': 'delete',
      'retention.ms': settings.KAFKA_RETENTION,
      'segment.ms': Math.min(settings.KAFKA_RETENTION, SEGMENT_MS_MAX),
      // Retention counts from when an event came to Kafka, however long it had to wait for that.
      'message.timestamp.type': 'LogAppendTime',
      'max.message.bytes': RECORD_BYTES_MAX,
      // With three copies, an acknowledged event is on two of them whatever happens.
      'min.insync.replicas': settings.KAFKA_REPLICAS >= 3 ? 2 : 1,
    }).map(([name, value]) => ({ name, value: String(value) }));
  }

  return {
    of: (type) => prefix + domainOf(type),
    deadLetters: prefix + DEAD_LETTERS,
    groupId: (group) => prefix + group,
    ensure,
  };
}

/** What stands before the dot of an event type. */
export function domainOf(type: string): string {
  return type.slice(0, type.indexOf('.'));
}
