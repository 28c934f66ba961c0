import { openKafka } from '#infrastructure/events/kafka/client.ts';
import { openKafkaBus } from '#infrastructure/events/kafka/kafka-bus.ts';
import { openPublisher } from '#infrastructure/events/kafka/publisher.ts';
import { startKafkaRelay } from '#infrastructure/events/kafka/relay.ts';
import { makeTopics, type TopicSettings } from '#infrastructure/events/kafka/topics.ts';
import { openPostgresBus } from '#infrastructure/events/postgres-bus.ts';
import { startRelay } from '#infrastructure/events/relay.ts';
import type { OpenDatabase } from '#infrastructure/postgres/database.ts';
import type { EventBus } from '#shared/events/bus.ts';
import { DAY } from '#shared/time.ts';
import { quietLog } from './quiet-log.ts';

export type CarrierOptions = {
  /** Of the database, as the app role. */
  readonly url: string;
  /** host:port of Kafka; absent where Postgres carries events. */
  readonly brokers?: string;
  readonly topicPrefix?: string;
};

export type Carried = AsyncDisposable & {
  readonly bus: EventBus;
};

/** One database, one set of topics. */
export function topicPrefixOf(databaseUrl: string): string {
  return new URL(databaseUrl).pathname.slice(1);
}

export const KAFKA_SETTINGS = {
  KAFKA_CLIENT_ID: 'tchat-test',
  KAFKA_TLS: 'off',
  KAFKA_CA_FILE: undefined,
  KAFKA_SASL: 'off',
  KAFKA_USERNAME: '',
  KAFKA_PASSWORD: '',
} as const;

export function topicSettings(prefix: string): TopicSettings {
  return {
    KAFKA_TOPIC_PREFIX: prefix,
    KAFKA_PARTITIONS: 3,
    KAFKA_PARTITIONS_BY_DOMAIN: { audit: 1 },
    KAFKA_REPLICAS: 1,
    KAFKA_RETENTION: 7 * DAY,
  };
}

/** A client and the topics of a database in a test's Kafka. */
export function kafkaOf({ brokers = '', topicPrefix = '' }: CarrierOptions) {
  const kafka = openKafka({ ...KAFKA_SETTINGS, KAFKA_BROKERS: [brokers] }, quietLog);
  return { kafka, topics: makeTopics({ kafka, settings: topicSettings(topicPrefix), database: '', log: quietLog }) };
}

type Parts = { readonly relay?: boolean };

/** A bus over a database and, unless told otherwise, a relay. */
export function openCarried(database: OpenDatabase, options: CarrierOptions, { relay = true }: Parts = {}): Carried {
  const { bus, startItsRelay } = options.brokers === undefined ? onPostgres(database) : onKafka(database, options);
  const started = relay ? startItsRelay() : undefined;
  return {
    bus,
    [Symbol.asyncDispose]: async () => {
      await started?.stop();
      await bus.close();
    },
  };
}

function onPostgres(database: OpenDatabase) {
  return {
    bus: openPostgresBus({ database, log: quietLog }),
    startItsRelay: () => startRelay({ database, log: quietLog, onMoved: () => undefined }),
  };
}

function onKafka(database: OpenDatabase, options: CarrierOptions) {
  const { kafka, topics } = kafkaOf(options);
  return {
    bus: openKafkaBus({ kafka, topics, database, log: quietLog }),
    startItsRelay: () => {
      const publisher = openPublisher({ kafka, topics });
      const relay = startKafkaRelay({ database, publisher, log: quietLog, onMoved: () => undefined });
      return {
        stop: async () => {
          await relay.stop();
          await publisher.close();
        },
      };
    },
  };
}
