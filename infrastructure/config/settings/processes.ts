import { z } from 'zod';
import { list, port, setting, url, type Setting } from './setting.ts';

const ports = z
  .string()
  .transform((text) => text.split(',').map(Number))
  .pipe(z.array(z.number().int().min(1).max(65_535)).min(1).max(16));

/** Where processes listen, and what they run. */
export const processes = {
  TCHAT_PROFILE: setting(
    z.enum(['development', 'test', 'production']),
    'development',
    'production refuses sandbox providers and relaxed limits',
  ),
  LOG_LEVEL: setting(z.enum(['debug', 'info', 'warn', 'error', 'silent']), 'info', 'least severity that is logged'),
  HOST: setting(z.string().min(1), '127.0.0.1', 'address that every server listens on'),
  GATEWAY_PORT: setting(port, '4000', 'HTTP API, and Socket.IO through the gateway'),
  REALTIME_PORT: setting(port, '4001', 'Socket.IO node; the embedded cluster sets it from REALTIME_PORTS'),
  REALTIME_PORTS: setting(
    ports,
    '4001,4002',
    'embedded cluster: one realtime node per port; elsewhere where the gateway finds them on HOST',
  ),
  REALTIME_URLS: setting(
    list,
    '',
    'realtime nodes that the gateway passes sockets to, comma separated; empty means HOST and REALTIME_PORTS',
  ),
  SERVICES_PORT: setting(port, '4003', 'HTTP port of a process that runs services without the gateway'),
  WORKER_PORT: setting(port, '4004', 'health and metrics of the worker process'),
  STATUS_PORT: setting(port, '4005', 'status page of the embedded cluster'),
  SANDBOX_PORT: setting(port, '4010', 'the sandbox that stands for the outside world'),
  SANDBOX_SMTP_PORT: setting(port, '4025', 'mail server of the sandbox'),
  SANDBOX_APNS_PORT: setting(port, '4043', "Apple's push service in the sandbox, HTTP/2 only"),
  POSTGRES_PORT: setting(port, '4032', 'embedded Postgres'),
  REDIS_PORT: setting(port, '4079', 'embedded Redis'),
  CASSANDRA_PORT: setting(port, '4042', 'embedded Cassandra, where messages are kept there'),
  KAFKA_PORT: setting(port, '4092', 'embedded Kafka, where events go there'),
  SCHEMA_REGISTRY_PORT: setting(port, '4093', 'embedded schema registry, where events go to Kafka'),
  TEMPORAL_PORT: setting(port, '7233', 'embedded Temporal server'),
  TEMPORAL_UI_PORT: setting(port, '8233', 'embedded Temporal UI'),
  PUBLIC_URL: setting(
    url('http', 'https'),
    'http://127.0.0.1:4000',
    'where clients reach the gateway; used in links and as token issuer',
  ),
  SERVICES: setting(
    list.pipe(z.array(z.enum(['auth', 'messaging', 'media', 'payments', 'commerce', 'verification', 'notifications']))),
    'auth,messaging,media,payments,commerce,verification,notifications',
    'services that run inside this process',
  ),
  SERVICE_URLS: setting(
    list.pipe(z.array(z.string().regex(/^[a-z]+=https?:\/\/\S+$/, 'must look like payments=http://host:4003'))),
    '',
    'services that run elsewhere: payments=http://payments:4003,…',
  ),
  WORKER_ROLES: setting(
    list.pipe(
      z.array(
        z.enum(['relay', 'consumer', 'auth', 'messaging', 'payments', 'commerce', 'verification', 'notifications']),
      ),
    ),
    'relay,consumer,auth,messaging,payments,commerce,verification,notifications',
    'what a worker process does: the outbox relay, bus consumers, and Temporal task queues by domain; notifications also sends them',
  ),
} as const satisfies Record<string, Setting>;
