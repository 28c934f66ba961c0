import { readFile } from 'node:fs/promises';
import type { Config } from '#infrastructure/config/settings.ts';
import type { OpenMessageLog } from '../open-message-log.ts';
import { makeCassandraLog } from './cassandra-log.ts';
import { BUCKET_SEQS } from './layout.ts';
import { prepareKeyspace } from './prepare-keyspace.ts';
import { type Session, type Tls, openSession } from './session.ts';

export type CassandraSettings = Pick<
  Config,
  | 'CASSANDRA_CONTACT_POINTS'
  | 'CASSANDRA_LOCAL_DC'
  | 'CASSANDRA_KEYSPACE'
  | 'CASSANDRA_REPLICAS'
  | 'CASSANDRA_USERNAME'
  | 'CASSANDRA_PASSWORD'
  | 'CASSANDRA_TLS'
  | 'CASSANDRA_CA_FILE'
>;

export async function openCassandraLog(config: CassandraSettings): Promise<OpenMessageLog> {
  const session = await open(config);
  const layout = { keyspace: config.CASSANDRA_KEYSPACE, bucketSeqs: BUCKET_SEQS };
  return {
    log: makeCassandraLog({ session, layout, now: () => new Date() }),
    ping: () => session.ping(),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** Makes keyspace and tables where they are not there yet; one process at a time. */
export async function prepareCassandra(config: CassandraSettings): Promise<void> {
  await using session = await open(config);
  await prepareKeyspace(
    session,
    { keyspace: config.CASSANDRA_KEYSPACE },
    { datacenter: config.CASSANDRA_LOCAL_DC, replicas: config.CASSANDRA_REPLICAS },
  );
}

async function open(config: CassandraSettings): Promise<Session> {
  const { CASSANDRA_USERNAME: username, CASSANDRA_PASSWORD: password } = config;
  return await openSession({
    contactPoints: config.CASSANDRA_CONTACT_POINTS,
    localDatacenter: config.CASSANDRA_LOCAL_DC,
    ...(username !== '' && { credentials: { username, password } }),
    ...(config.CASSANDRA_TLS !== 'off' && { tls: await tlsOf(config) }),
  });
}

async function tlsOf({ CASSANDRA_TLS: tls, CASSANDRA_CA_FILE: file }: CassandraSettings): Promise<Tls> {
  return {
    isAddressChecked: tls === 'verify-full',
    ...(file !== undefined && { ca: await readFile(file, 'utf8') }),
  };
}
