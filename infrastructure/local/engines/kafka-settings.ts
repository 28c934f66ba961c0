import { join } from 'node:path';

const LOOPBACK = '127.0.0.1';
const NODE_ID = 1;

export type KafkaPlace = {
  /** The folder that holds everything it writes. */
  readonly home: string;
  /** Where clients connect. */
  readonly port: number;
  /** Where the controller listens; a lone node speaks to itself there. */
  readonly controllerPort: number;
  /** Settings that are added, or given instead of the usual ones. */
  readonly more?: Readonly<Record<string, string>> | undefined;
};

/**
 * The settings of a lone node that is broker and controller. Topics are made by the product only, with one copy of each
 * record, for there is one disk.
 */
export function kafkaProperties({ home, port, controllerPort, more }: KafkaPlace): string {
  const properties: Readonly<Record<string, string | number | boolean>> = {
    'process.roles': 'broker,controller',
    'node.id': NODE_ID,
    listeners: `PLAINTEXT://${LOOPBACK}:${port},CONTROLLER://${LOOPBACK}:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${LOOPBACK}:${port}`,
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.quorum.voters': `${NODE_ID}@${LOOPBACK}:${controllerPort}`,
    'log.dirs': join(home, 'data'),
    'num.network.threads': 2,
    'num.io.threads': 4,
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // A group of one process has nobody to wait for.
    'group.initial.rebalance.delay.ms': 0,
    // A consumer that was killed is missed after this at the least.
    'group.min.session.timeout.ms': 1_000,
    // A node that was killed may come back only when it has been missed: nine seconds with the usual settings.
    'broker.session.timeout.ms': 2_000,
    'broker.heartbeat.interval.ms': 500,
    'log.segment.bytes': 67_108_864,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
    ...more,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** The options of the Java machine: some 300 MB in all, and a start of a few seconds. */
export const JVM_OPTIONS: readonly string[] = [
  '-Xms256m',
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:+ExitOnOutOfMemoryError',
  '-Djava.net.preferIPv4Stack=true',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
];
