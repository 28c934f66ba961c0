import { z } from 'zod';
import { COUNTRIES } from '#shared/regions.ts';
import { list, optional, secret, setting, url, type Setting } from './setting.ts';

const REGION_URL = new RegExp(`^(${COUNTRIES.join('|')})=postgres(ql)?://\\S+$`);
const REGION_BUCKET = new RegExp(`^(${COUNTRIES.join('|')})=https?://\\S+$`);

/** Where data are kept: Postgres, files, messages. */
export const stores = {
  DATABASE_URL: setting(
    url('postgres', 'postgresql'),
    'postgres://tchat_app@127.0.0.1:4032/tchat',
    'Postgres as the app role; also the core database',
  ),
  DATABASE_OWNER_URL: setting(
    url('postgres', 'postgresql'),
    'postgres://tchat_owner@127.0.0.1:4032/tchat',
    'Postgres as the owner; used by migrations only',
  ),
  REGION_DATABASE_URLS: setting(
    list.pipe(z.array(z.string().regex(REGION_URL, 'must look like VN=postgres://…'))),
    '',
    'databases for personal data and messages by country: VN=postgres://…,ID=postgres://…; the others use DATABASE_URL',
  ),
  DATABASE_POOL_MAX: setting(
    z.coerce.number().int().min(2).max(200),
    '12',
    'connections per process and database; a worker has one more for each consumer group, and five for the relay',
  ),
  MEDIA_STORE: setting(z.enum(['disk', 's3']), 'disk', 'where files that people send are kept'),
  MEDIA_DIR: setting(
    z.string().startsWith('/', 'must be an absolute path'),
    '/var/lib/tchat/media',
    'folder of MEDIA_STORE=disk; the embedded cluster has it in its data folder',
  ),
  MEDIA_S3_URL: setting(
    url('http', 'https'),
    'https://s3.ap-southeast-1.amazonaws.com/tchat-media',
    'bucket of MEDIA_STORE=s3, by its path at an S3-compatible server',
  ),
  REGION_MEDIA_S3_URLS: setting(
    list.pipe(z.array(z.string().regex(REGION_BUCKET, 'must look like VN=https://…/bucket'))),
    '',
    'buckets for files by the country of their owners: VN=https://…,ID=https://…; the others use MEDIA_S3_URL',
  ),
  MEDIA_S3_REGION: setting(
    optional(z.string().regex(/^[a-z0-9-]{1,40}$/)),
    '',
    'region that S3 calls are signed for; empty takes it from the host, and us-east-1 where that has none',
  ),
  MEDIA_S3_ACCESS_KEY_ID: setting(z.string().min(1), 'tchat', 'account at the S3-compatible server'),
  MEDIA_S3_SECRET_ACCESS_KEY: secret(z.string().min(16), 'key of that account; unused with MEDIA_STORE=disk'),
  MEDIA_MB_PER_USER: setting(
    z.coerce.number().int().min(10).max(1_000_000),
    '2048',
    'megabytes that one person may have stored at a time',
  ),
  MESSAGE_STORE: setting(
    z.enum(['postgres', 'cassandra']),
    'postgres',
    'where messages live; everything else is in Postgres in both cases. Nothing moves messages from one to the other',
  ),
  CASSANDRA_CONTACT_POINTS: setting(
    list.pipe(z.array(z.string().regex(/^[^\s:]+(:\d{1,5})?$/, 'must look like host:9042')).min(1)),
    '127.0.0.1:4042',
    'Cassandra nodes to ask first, host:port, comma separated',
  ),
  CASSANDRA_LOCAL_DC: setting(
    z.string().regex(/^[\w-]{1,48}$/),
    'datacenter1',
    'datacenter that is written to and read from, and the only one that a new keyspace is replicated in',
  ),
  CASSANDRA_KEYSPACE: setting(z.string().regex(/^[a-z][a-z0-9_]{0,47}$/), 'tchat', 'keyspace of the message log'),
  CASSANDRA_REPLICAS: setting(
    z.coerce.number().int().min(1).max(9),
    '3',
    'copies of each message when the keyspace is made; of three, two must answer. The embedded Cassandra has 1',
  ),
  CASSANDRA_USERNAME: setting(z.string(), '', 'for Cassandra nodes that ask for it'),
  CASSANDRA_PASSWORD: setting(z.string(), '', 'goes with CASSANDRA_USERNAME'),
  CASSANDRA_TLS: setting(
    z.enum(['off', 'verify-ca', 'verify-full']),
    'off',
    "TLS to Cassandra: `verify-ca` checks who signed a node's certificate, `verify-full` also its address",
  ),
  CASSANDRA_CA_FILE: setting(
    optional(z.string().startsWith('/', 'must be an absolute path')),
    '',
    'PEM file with the authorities that sign certificates of Cassandra nodes; empty means those that Node knows',
  ),
} as const satisfies Record<string, Setting>;
