import type { Config } from '#infrastructure/config/settings.ts';
import type { MessageLog } from '#services/messaging/store/log/message-log.ts';
import { makeCassandraLog } from './cassandra/cassandra-log.ts';
import { BUCKET_SEQS } from './cassandra/layout.ts';
import { prepareKeyspace } from './cassandra/prepare-keyspace.ts';
import { type Session, openSession } from './cassandra/session.ts';

export type OpenMessageLog = AsyncDisposable & {
  readonly log: MessageLog;
  /** Settles when a node answers; for readiness. */
  ping(): Promise<void>;
};

type CassandraSettings = Pick<
  Config,
  | 'CASSANDRA_CONTACT_POINTS'
  | 'CASSANDRA_LOCAL_DC'
  | 'CASSANDRA_KEYSPACE'
  | 'CASSANDRA_REPLICAS'
  | 'CASSANDRA_USERNAME'
  | 'CASSANDRA_PASSWORD'
>;

/** The log that messages live in; undefined where they live in the databases. */
export async function openMessageLog(
  config: CassandraSettings & Pick<Config, 'MESSAGE_STORE'>,
): Promise<OpenMessageLog | undefined> {
  if (config.MESSAGE_STORE === 'postgres') return undefined;
  const session = await open(config);
  const layout = { keyspace: config.CASSANDRA_KEYSPACE, bucketSeqs: BUCKET_SEQS };
  return {
    log: makeCassandraLog({ session, layout, now: () => new Date() }),
    ping: () => session.ping(),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** Makes what the log needs where it is not there yet; one process at a time. */
export async function prepareMessageLog(config: CassandraSettings): Promise<void> {
  await using session = await open(config);
  await prepareKeyspace(
    session,
    { keyspace: config.CASSANDRA_KEYSPACE },
    { datacenter: config.CASSANDRA_LOCAL_DC, replicas: config.CASSANDRA_REPLICAS },
  );
}

function open(config: CassandraSettings): Promise<Session> {
  const { CASSANDRA_USERNAME: username, CASSANDRA_PASSWORD: password } = config;
  return openSession({
    contactPoints: config.CASSANDRA_CONTACT_POINTS,
    localDatacenter: config.CASSANDRA_LOCAL_DC,
    ...(username !== '' && { credentials: { username, password } }),
  });
}
