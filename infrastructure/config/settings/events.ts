import { z } from 'zod';
import { Duration } from '#shared/wire-time.ts';
import { list, optional, setting, url, type Setting } from './setting.ts';

/** What carries events. */
export const events = {
  EVENT_BUS: setting(
    z.enum(['postgres', 'kafka', 'both']),
    'postgres',
    'what carries events to consumers; `both` is for moving from one to the other, see docs/for-operators.md',
  ),
  KAFKA_GROUPS: setting(
    list.pipe(z.array(z.string().regex(/^([a-z0-9-]{1,60}|\*)$/, 'must be names of consumer groups, or *'))),
    '',
    'consumer groups that read from Kafka where EVENT_BUS is both, comma separated, `*` for all; the others read from Postgres',
  ),
  KAFKA_BROKERS: setting(
    list.pipe(z.array(z.string().regex(/^[^\s:]+:\d{1,5}$/, 'must look like host:9092')).min(1)),
    '127.0.0.1:4092',
    'Kafka brokers to ask first, host:port, comma separated',
  ),
  KAFKA_CLIENT_ID: setting(z.string().regex(/^[\w.-]{1,60}$/), 'tchat', 'how this program calls itself to Kafka'),
  KAFKA_TOPIC_PREFIX: setting(
    z.string().regex(/^[a-zA-Z0-9_-]{1,60}$/),
    'tchat',
    'before every topic and consumer group, so that clusters can share a Kafka: tchat.payments',
  ),
  KAFKA_PARTITIONS: setting(
    z.coerce.number().int().min(1).max(1_000),
    '6',
    'partitions of a topic when it is made; it keeps them',
  ),
  KAFKA_PARTITIONS_BY_DOMAIN: setting(
    list
      .transform((pairs) => Object.fromEntries(pairs.map((pair) => pair.split('=', 2))))
      .pipe(z.record(z.string().regex(/^[a-z-]{1,40}$/), z.coerce.number().int().min(1).max(1_000))),
    'audit=1',
    'the same for the topics of single domains: audit=1 keeps the records of the audit in one order',
  ),
  KAFKA_REPLICAS: setting(
    z.coerce.number().int().min(1).max(9),
    '3',
    'copies of each event when a topic is made; with three or more, two must have it before it counts as published. The embedded Kafka has 1',
  ),
  KAFKA_RETENTION: setting(
    Duration.refine((ms) => ms >= 3_600_000, 'must be PT1H at least'),
    'P7D',
    'how long Kafka keeps events: a group that is away for longer misses some',
  ),
  KAFKA_TLS: setting(
    z.enum(['off', 'verify-ca', 'verify-full']),
    'off',
    "TLS to Kafka: `verify-ca` checks who signed a broker's certificate, `verify-full` also its address",
  ),
  KAFKA_CA_FILE: setting(
    optional(z.string().startsWith('/', 'must be an absolute path')),
    '',
    'PEM file with the authorities that sign certificates of Kafka brokers; empty means those that Node knows',
  ),
  KAFKA_SASL: setting(
    z.enum(['off', 'plain', 'scram-sha-256', 'scram-sha-512']),
    'off',
    'how this program shows Kafka who it is',
  ),
  KAFKA_USERNAME: setting(z.string(), '', 'for Kafka brokers that ask for it'),
  KAFKA_PASSWORD: { ...setting(z.string(), '', 'goes with KAFKA_USERNAME'), secret: true },
  SCHEMA_REGISTRY_URL: setting(
    optional(url('http', 'https')),
    '',
    'registry that is given the schemas of all events; it speaks as Confluent does: http://USER:PASSWORD@registry:8080/apis/ccompat/v7',
  ),
} as const satisfies Record<string, Setting>;
