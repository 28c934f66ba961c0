import type { Config } from '#infrastructure/config/settings.ts';
import { cassandraAnswers, startCassandra } from '../engines/cassandra.ts';
import { ensureCassandra } from '../engines/fetch-cassandra.ts';
import { ensureKafka } from '../engines/fetch-kafka.ts';
import { ensureRegistry } from '../engines/fetch-registry.ts';
import { ensureTemporal } from '../engines/fetch-temporal.ts';
import { kafkaAnswers, startKafka } from '../engines/kafka.ts';
import { ensurePostgres, postgresAnswers, startPostgres, superuserUrl } from '../engines/postgres.ts';
import { registryUrl, startRegistry } from '../engines/registry.ts';
import { ensureRedis, redisAnswers, startRedis } from '../engines/redis.ts';
import { startTemporal, temporalAnswers } from '../engines/temporal.ts';
import { httpAnswers } from '../processes/http-answers.ts';
import { type Step, stepOn } from '../progress.ts';
import { tcpAnswers } from '../processes/tcp-answers.ts';
import type { Embedded } from './environment.ts';
import type { ForeignEngine, Unit } from './unit.ts';

export type EngineContext = {
  readonly cache: string;
  readonly dataDir: string;
  readonly config: Config;
  readonly embedded: Embedded;
  readonly superuserPassword: string;
};

/** Finds or fetches the engines that the cluster runs itself, and tells how to start each. */
export async function engineUnits(context: EngineContext, step: Step): Promise<Unit[]> {
  const { cache, dataDir, config, embedded, superuserPassword: password } = context;
  const units: Unit[] = [];
  if (embedded.temporal) {
    const command = await ensureTemporal(cache, stepOn(step, 'Temporal'));
    const [port, uiPort] = [config.TEMPORAL_PORT, config.TEMPORAL_UI_PORT];
    const options = {
      dataDir,
      port,
      uiPort,
      durable: true,
      searchAttributes: [],
      namespace: config.TEMPORAL_NAMESPACE,
      codecUrl: `${config.PUBLIC_URL}/codec`,
    };
    units.push({
      name: 'temporal',
      kind: 'engine',
      port,
      start: (step) => startTemporal(command, options, step),
      answers: () => temporalAnswers(`http://127.0.0.1:${uiPort}`, config.TEMPORAL_NAMESPACE),
    });
  }
  if (embedded.redis) {
    const binary = await ensureRedis(cache, stepOn(step, 'Redis'));
    const port = config.REDIS_PORT;
    units.push({
      name: 'redis',
      kind: 'engine',
      port,
      start: (step) => startRedis(binary, { dataDir, port }, step),
      answers: () => redisAnswers('127.0.0.1', port),
    });
  }
  if (embedded.cassandra) {
    const binary = await ensureCassandra(cache, stepOn(step, 'Cassandra'));
    const port = config.CASSANDRA_PORT;
    units.push({
      name: 'cassandra',
      kind: 'engine',
      port,
      start: (step) => startCassandra(binary, { dataDir, port }, step),
      answers: () => cassandraAnswers('127.0.0.1', port),
    });
  }
  if (embedded.kafka) {
    const binary = await ensureKafka(cache, stepOn(step, 'Kafka'));
    const port = config.KAFKA_PORT;
    units.push({
      name: 'kafka',
      kind: 'engine',
      port,
      start: (step) => startKafka(binary, { dataDir, port }, step),
      answers: () => kafkaAnswers('127.0.0.1', port),
    });
  }
  if (embedded.registry) {
    const binary = await ensureRegistry(cache, stepOn(step, 'schema registry'));
    const port = config.SCHEMA_REGISTRY_PORT;
    units.push({
      name: 'registry',
      kind: 'engine',
      port,
      start: (step) => startRegistry(binary, { dataDir, port }, step),
      answers: () => httpAnswers(`${registryUrl(port)}/subjects`),
    });
  }
  if (embedded.postgres) {
    const binaries = await ensurePostgres(cache, stepOn(step, 'Postgres'));
    const port = config.POSTGRES_PORT;
    units.push({
      name: 'postgres',
      kind: 'engine',
      port,
      start: (step) => startPostgres(binaries, { dataDir, port, password, durable: true }, step),
      answers: () => postgresAnswers(superuserUrl({ port, password })),
    });
  }
  return units;
}

/** The engines that the environment names elsewhere: they are looked at, never started or stopped. */
export function foreignEngines(config: Config, embedded: Embedded): ForeignEngine[] {
  const at = (name: string, url: string, standardPort: number): ForeignEngine => {
    const { hostname, port } = new URL(url);
    const number = port === '' ? standardPort : Number(port);
    return { name, address: `${hostname}:${number}`, answers: () => tcpAnswers(hostname, number) };
  };
  return [
    ...(embedded.temporal ? [] : [at('temporal', `tcp://${config.TEMPORAL_ADDRESS}`, 7233)]),
    ...(embedded.redis ? [] : [at('redis', config.REDIS_URL, 6379)]),
    ...(config.MESSAGE_STORE === 'postgres' || embedded.cassandra
      ? []
      : config.CASSANDRA_CONTACT_POINTS.map((point) => at('cassandra', `tcp://${point}`, 9042))),
    ...(config.EVENT_BUS === 'postgres' || embedded.kafka
      ? []
      : config.KAFKA_BROKERS.map((broker) => at('kafka', `tcp://${broker}`, 9092))),
    ...(embedded.postgres ? [] : [at('postgres', config.DATABASE_URL, 5432)]),
  ];
}
