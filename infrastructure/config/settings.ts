import { z } from 'zod';
import { SmsProviderName } from '#shared/contracts/auth/webhooks.ts';
import { COUNTRIES, Country } from '#shared/regions.ts';
import { Duration } from '#shared/wire-time.ts';

/** One setting: how it is read from the environment, and what a person should know about it. */
export type Setting<T extends z.ZodType = z.ZodType> = {
  readonly schema: T;
  /** As written in the environment; `undefined` means that there is none and the setting must be given. */
  readonly fallback: string | undefined;
  readonly says: string;
  /** Never printed; in the embedded cluster it is made once and kept in the data folder. */
  readonly secret?: true;
};

function setting<T extends z.ZodType>(schema: T, fallback: string | undefined, says: string): Setting<T> {
  return { schema, fallback, says };
}

function secret<T extends z.ZodType>(schema: T, says: string): Setting<T> {
  return { schema, fallback: undefined, says, secret: true };
}

const port = z.coerce.number().int().min(1).max(65_535);
const ports = z
  .string()
  .transform((text) => text.split(',').map(Number))
  .pipe(z.array(z.number().int().min(1).max(65_535)).min(1).max(16));
const url = (...protocols: string[]) =>
  z.url({
    protocol: new RegExp(`^(${protocols.join('|')})$`),
    error: `must be a URL that starts with ${protocols.join(':// or ')}://`,
  });
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);
const keys32 = z
  .string()
  .regex(/^[0-9a-f]{64}(,[0-9a-f]{64}){0,7}$/, 'must be 64 hexadecimal digits (32 bytes), or up to 8 such keys')
  .transform((text) => text.split(','));
const key32 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits (32 bytes)');
const REGION_URL = new RegExp(`^(${COUNTRIES.join('|')})=postgres(ql)?://\\S+$`);
const REGION_BUCKET = new RegExp(`^(${COUNTRIES.join('|')})=https?://\\S+$`);
const PROVIDER = `(${SmsProviderName.options.join('|')})`;
const MAIL_LABELS = ['primary', 'secondary'] as const;
const MAIL_LABEL = `(${MAIL_LABELS.join('|')})`;
const COUNTRY_MAIL = new RegExp(`^(${COUNTRIES.join('|')})=${MAIL_LABEL}(\\+${MAIL_LABEL})*$`);
const privateKey = z
  .string()
  .regex(
    /^(-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+|[A-Za-z0-9+/]{60,}={0,2})$/,
    'must be a private key in PEM, or the base64 of its PKCS #8 form',
  );
const COUNTRY_PROVIDERS = new RegExp(`^(${COUNTRIES.join('|')})=${PROVIDER}(\\+${PROVIDER})*$`);
/** Millionths of a US dollar. */
const dollars = z
  .string()
  .regex(/^\d{1,7}(\.\d{1,6})?$/, 'must be US dollars such as 0.035')
  .transform((text) => BigInt(Math.round(Number(text) * 1_000_000)))
  .refine((micros) => micros > 0n, 'must be more than nothing');
const textPrices = list
  .transform((pairs) => Object.fromEntries(pairs.map((pair) => pair.split('=', 2))))
  .pipe(z.record(Country, dollars));
const COUNTRY_CLASS = z.templateLiteral([
  Country,
  '.',
  z.enum(['otp', 'money', 'lookup', 'upload', 'write', 'read', 'webhook']),
]);
const countryLimits = list
  .transform((pairs) => Object.fromEntries(pairs.map((pair) => pair.split('=', 2))))
  .pipe(z.partialRecord(COUNTRY_CLASS, z.coerce.number().int().min(1)));
const optional = <T extends z.ZodType>(schema: T) => z.union([z.literal('').transform(() => undefined), schema]);

/** Every setting of the product, by the name of its environment variable. The table in docs/settings.md is made from this. */
export const SETTINGS = {
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
  REDIS_URL: setting(url('redis', 'rediss'), 'redis://127.0.0.1:4079', 'Redis: fan-out, limits, presence'),
  REDIS_PREFIX: setting(
    z.string().regex(/^[a-z0-9-]{1,40}$/),
    'tchat',
    'before every Redis key and channel, so that clusters can share a server',
  ),
  TEMPORAL_ADDRESS: setting(z.string().min(1), '127.0.0.1:7233', 'Temporal frontend, host:port'),
  TEMPORAL_NAMESPACE: setting(z.string().min(1), 'default', 'Temporal namespace'),
  TEMPORAL_UI_URL: setting(url('http', 'https'), 'http://127.0.0.1:8233', 'Temporal UI, for links'),
  TASK_QUEUE_PREFIX: setting(
    z.string().regex(/^[a-z0-9-]{0,40}$/),
    '',
    'before every task queue, so that clusters can share a Temporal server',
  ),
  SANDBOX_URL: setting(
    optional(url('http', 'https')),
    'http://127.0.0.1:4010',
    'the sandbox, for profiles that are not production',
  ),
  SANDBOX_CALLBACK_URL: setting(
    optional(url('http', 'https')),
    '',
    'where the sandbox reaches what PUBLIC_URL names, when that is another address, as between containers; empty means PUBLIC_URL',
  ),
  SMS_PROVIDERS: setting(
    list.pipe(z.array(SmsProviderName).min(1)),
    'twilio,vonage,infobip,twilio_voice',
    'what brings codes to phones, in order of preference; twilio_voice calls, and comes last in any case',
  ),
  SMS_PROVIDERS_BY_COUNTRY: setting(
    list.pipe(z.array(z.string().regex(COUNTRY_PROVIDERS, 'must look like ID=infobip+vonage'))),
    'ID=infobip+vonage+twilio+twilio_voice,VN=infobip+twilio+vonage+twilio_voice',
    'the same for single countries; the others use SMS_PROVIDERS. One with routes of its own goes first where senders are registered by operator',
  ),
  TWILIO_BASE_URL: setting(url('http', 'https'), 'http://127.0.0.1:4010/twilio', 'Twilio API'),
  TWILIO_ACCOUNT_SID: setting(z.string().min(1), 'AC00000000000000000000000000000000', 'Twilio account'),
  TWILIO_AUTH_TOKEN: secret(z.string().min(16), 'Twilio token; also signs its delivery reports'),
  TWILIO_VOICE_FROM: setting(
    z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a number in E.164'),
    '+15005550006',
    'number at Twilio that calls with codes come from',
  ),
  VONAGE_BASE_URL: setting(url('http', 'https'), 'http://127.0.0.1:4010/vonage', 'Vonage Messages API'),
  VONAGE_API_KEY: setting(z.string().min(1), 'sandbox', 'Vonage key'),
  VONAGE_API_SECRET: secret(z.string().min(16), 'Vonage secret; also signs its delivery reports'),
  INFOBIP_BASE_URL: setting(
    url('http', 'https'),
    'http://127.0.0.1:4010/infobip',
    'Infobip API: each account has a host of its own',
  ),
  INFOBIP_API_KEY: secret(
    z.string().min(16),
    'Infobip key; also signs the addresses that its delivery reports come to',
  ),
  MAIL_PROVIDERS: setting(
    list.pipe(z.array(z.enum(MAIL_LABELS)).min(1)),
    'primary,secondary',
    'mail servers in order of preference; the next takes what the one before cannot',
  ),
  MAIL_PROVIDERS_BY_COUNTRY: setting(
    list.pipe(z.array(z.string().regex(COUNTRY_MAIL, 'must look like VN=secondary+primary'))),
    '',
    'the same for single countries; the others use MAIL_PROVIDERS',
  ),
  MAIL_PRIMARY_URL: setting(
    url('smtp', 'smtps'),
    'smtp://primary@127.0.0.1:4025',
    'first mail server with its user: smtps:// speaks TLS from the start, smtp:// turns to it by STARTTLS',
  ),
  MAIL_PRIMARY_PASSWORD: secret(z.string().min(8), 'password of that user'),
  MAIL_SECONDARY_URL: setting(url('smtp', 'smtps'), 'smtp://secondary@127.0.0.1:4025', 'second mail server'),
  MAIL_SECONDARY_PASSWORD: secret(z.string().min(8), 'password of its user'),
  MAIL_TLS: setting(
    z.enum(['required', 'off']),
    'required',
    'off sends in the clear, to the sandbox only; the embedded cluster has it off',
  ),
  MAIL_FROM: setting(
    z.string().regex(/^[^<>\r\n]*<[^<>@\s]+@[^<>@\s]+>$/, 'must look like Tchat <no-reply@tchat.example>'),
    'Tchat <no-reply@tchat.example>',
    'who mails come from; its domain also makes their Message-ID',
  ),
  MAIL_DKIM_DOMAIN: setting(
    optional(z.string().regex(/^[a-z0-9.-]{3,253}$/)),
    '',
    'domain that signs mails (DKIM); empty where the mail servers sign themselves',
  ),
  MAIL_DKIM_SELECTOR: setting(z.string().regex(/^[a-z0-9-]{1,63}$/), 'tchat', 'selector of its key in the DNS'),
  MAIL_DKIM_KEY: {
    ...setting(z.union([z.literal(''), privateKey]), '', 'RSA key of that selector; unused without a domain'),
    secret: true,
  },
  MAIL_EVENTS_URL: setting(
    url('http', 'https'),
    'http://127.0.0.1:4010/ses/',
    "where SNS's signing keys are fetched and subscriptions confirmed: https://sns.<region>.amazonaws.com/",
  ),
  MAIL_EVENTS_TOPIC: setting(
    z.string().regex(/^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]+$/, 'must be the ARN of a topic'),
    'arn:aws:sns:ap-southeast-1:000000000000:tchat-mail',
    'topic by which SES tells of bounces and complaints',
  ),
  FCM_BASE_URL: setting(url('http', 'https'), 'http://127.0.0.1:4010/fcm', 'Firebase Cloud Messaging'),
  FCM_TOKEN_URL: setting(url('http', 'https'), 'http://127.0.0.1:4010/fcm/token', "Google's token endpoint"),
  FCM_PROJECT_ID: setting(z.string().regex(/^[a-z0-9-]{4,40}$/), 'tchat-sandbox', 'Firebase project'),
  FCM_CLIENT_EMAIL: setting(
    z.email(),
    'push@tchat-sandbox.iam.gserviceaccount.com',
    'service account that may send, as its file has it in client_email',
  ),
  FCM_PRIVATE_KEY: secret(privateKey, 'RSA key of the service account, as its file has it in private_key'),
  APNS_BASE_URL: setting(url('http', 'https'), 'http://127.0.0.1:4043', "Apple's push service, HTTP/2"),
  APNS_TEAM_ID: setting(z.string().regex(/^[A-Z0-9]{10}$/), 'SANDBOX000', 'team at Apple'),
  APNS_KEY_ID: setting(z.string().regex(/^[A-Z0-9]{10}$/), 'SANDBOXKEY', "id of the team's key for pushes"),
  APNS_TOPIC: setting(z.string().regex(/^[\w.-]{3,255}$/), 'example.tchat.app', "the app's bundle id"),
  APNS_PRIVATE_KEY: secret(privateKey, 'P-256 key for pushes: the .p8 file'),
  VAPID_PRIVATE_KEY: secret(
    z.string().regex(/^[\w-]{43}$/, 'must be 32 bytes in base64url'),
    'P-256 scalar by which browsers know whose pushes they get (VAPID); another one ends all subscriptions',
  ),
  VAPID_SUBJECT: setting(
    z.string().regex(/^(mailto:\S+@\S+|https:\/\/\S+)$/, 'must be mailto: or https:'),
    'mailto:push@tchat.example',
    "whom browsers' push services write to about our pushes",
  ),
  NOTIFICATION_KEY: secret(
    keys32,
    'seals mail addresses and push tokens, and signs links to unsubscribe; comma separated: the first seals, every one opens',
  ),
  NOTIFICATION_SMS_PER_DAY: setting(
    dollars,
    '300',
    'US dollars that the notifications by text of one country may cost in a day (UTC), at OTP_TEXT_PRICES; then they fail',
  ),
  OMISE_BASE_URL: setting(url('http', 'https'), 'http://127.0.0.1:4010/omise', 'Omise API'),
  OMISE_SECRET_KEY: secret(z.string().min(16), 'Omise secret key'),
  OMISE_WEBHOOK_SECRET: secret(z.string().min(16), 'Omise webhook secret, base64'),
  REGISTRY_BASE_URL: setting(
    url('http', 'https'),
    'http://127.0.0.1:4010/registry',
    'provider that asks registries of people and companies',
  ),
  REGISTRY_API_KEY: { ...setting(z.string(), '', 'bearer token of that provider'), secret: true },
  SCREENING_BASE_URL: setting(
    url('http', 'https'),
    'http://127.0.0.1:4010/screening',
    'provider that searches sanction lists',
  ),
  SCREENING_API_KEY: { ...setting(z.string(), '', 'bearer token of that provider'), secret: true },
  PROMPTPAY_BILLER_ID: setting(
    z.string().regex(/^\d{15}$/, 'must be 15 digits'),
    '099400061772100',
    'PromptPay biller id that QR codes name: a tax id and a suffix',
  ),
  TOKEN_SIGNING_KEYS: secret(
    z.string().min(1),
    'EdDSA private keys as a JWK set, of which the first signs in a new cluster; later ones are made and kept wrapped in Postgres',
  ),
  TOKEN_KEY_ROTATE_EVERY: setting(Duration, 'P30D', 'how long a key signs access tokens before the next is published'),
  OTP_KEY: secret(key32, 'HMAC key of one-time codes, and seals a code until it is sent'),
  REFRESH_KEY: secret(key32, 'HMAC key that derives the successor of a refresh token'),
  PIN_KEY: secret(key32, 'pepper of PIN hashes, so that a stolen database alone gives no PIN away'),
  MESSAGE_KEY: secret(
    keys32,
    'key-management keys that wrap the keys of dialogs, comma separated: the first wraps, every one unwraps',
  ),
  KEY_MANAGEMENT: setting(
    z.enum(['local', 'aws-kms']),
    'local',
    'what wraps the keys of dialogs: MESSAGE_KEY, or a service that speaks the protocol of AWS KMS',
  ),
  KMS_URL: setting(url('http', 'https'), 'https://kms.ap-southeast-1.amazonaws.com', 'KMS endpoint'),
  KMS_REGION: setting(
    z.string().regex(/^[a-z0-9-]{1,40}$/),
    'ap-southeast-1',
    'region that calls to KMS are signed for',
  ),
  KMS_KEY_ID: setting(z.string(), '', 'id, ARN or alias of the wrapping key in KMS; empty without KMS'),
  KMS_ACCESS_KEY_ID: setting(z.string(), '', 'access key of KMS'),
  KMS_SECRET_ACCESS_KEY: { ...setting(z.string(), '', 'secret of that access key'), secret: true },
  TEMPORAL_CODEC_KEY: secret(
    keys32,
    'encrypts workflow payloads; comma separated: the first encrypts, every one decrypts, so that keys can change',
  ),
  AUDIT_KEY: secret(key32, 'seed of the Ed25519 key that signs the end of the audit chain; no database knows it'),
  AUDIT_HEADS_DIR: setting(
    z.string().startsWith('/', 'must be an absolute path'),
    '/var/lib/tchat/audit-heads',
    'folder for signed ends of the audit chain, best one of another machine; the embedded cluster has it in its data folder',
  ),
  AUDIT_HEADS_S3_URL: setting(
    optional(url('http', 'https')),
    '',
    'bucket for signed ends of the audit chain instead of AUDIT_HEADS_DIR, best with object lock; with the keys of MEDIA_S3_…',
  ),
  RATE_LIMITS: setting(z.enum(['normal', 'relaxed']), 'normal', 'relaxed multiplies budgets by 1,000, for load tests'),
  RATE_LIMITS_BY_COUNTRY: setting(
    countryLimits,
    '',
    'calls by everyone of a country in the window of a class, where not the usual: ID.money=20000,VN.read=100000',
  ),
  TRUSTED_PROXIES: setting(
    list.pipe(
      z.array(
        z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'must be addresses or networks such as 10.0.0.0/8'),
      ),
    ),
    '',
    'addresses whose X-Forwarded-For is believed',
  ),
  ALLOWED_ORIGINS: setting(
    list,
    'http://127.0.0.1:4000,http://localhost:4000',
    'browser origins that may open sockets and call the API',
  ),
  ORDER_CONFIRM_WITHIN: setting(Duration, 'PT24H', 'a merchant confirms an order within this, or it is cancelled'),
  ORDER_AUTO_DELIVER_AFTER: setting(Duration, 'P7D', 'a shipped order counts as delivered after this'),
  ORDER_DISPUTE_WINDOW: setting(Duration, 'P3D', 'from delivery until the merchant is paid'),
  PAYMENT_EXPIRES_AFTER: setting(Duration, 'PT30M', 'an unpaid charge expires after this'),
  MESSAGE_UPKEEP_EVERY: setting(
    Duration,
    'PT1H',
    'how often messages whose time is over are purged, and the keys of dialogs are looked after',
  ),
  DELETED_DIALOG_KEPT_FOR: setting(Duration, 'P30D', 'a deleted dialog and its messages are purged after this'),
  SYSTEM_MESSAGE_KEPT_FOR: setting(Duration, 'P90D', 'a system message is purged after this'),
  ACCOUNT_DELETION_GRACE: setting(
    Duration,
    'P30D',
    'a deleted account is erased after this; until then a login brings it back',
  ),
  ERASURE_GRACE: setting(
    Duration,
    'P7D',
    'an erasure that was asked for begins after this; until then it can be taken back',
  ),
  ERASURE_ASK_AGAIN_AFTER: setting(
    Duration,
    'P1D',
    'a domain that still needs something of a person who is erased, such as an address, is asked again after this',
  ),
  EXPORT_KEPT_FOR: setting(Duration, 'P7D', 'the file with the data of a person can be fetched for this long'),
  KYC_REVIEW_SLA: setting(Duration, 'P2D', 'a human review is escalated after this'),
  KYC_ANSWER_WITHIN: setting(
    Duration,
    'P30D',
    'an applicant who is asked for something answers within this, or the case ends',
  ),
  ACCOUNT_IDLE_AFTER: setting(
    Duration,
    'P90D',
    'a code alone opens no account that nobody has used for this long, on a device that it does not know',
  ),
  OTP_COUNTRIES: setting(
    list.pipe(z.array(Country)),
    COUNTRIES.join(','),
    'countries that codes are sent to; nobody logs in by code from the others',
  ),
  OTP_CODES_PER_HOUR: setting(z.coerce.number().int().min(20), '10000', 'codes an hour, per country'),
  OTP_TEXT_PRICES: setting(
    textPrices,
    'TH=0.03,SG=0.05,ID=0.45,MY=0.08,PH=0.20,VN=0.12',
    'US dollars that a text costs, by country; set them from your contracts, the defaults are rough figures of 2026',
  ),
  OTP_SPEND_PER_DAY: setting(
    dollars,
    '1000',
    'US dollars that the texts of one country may cost in 24 hours; then no more codes are sent there',
  ),
  OTP_FALLBACK_AFTER: setting(Duration, 'PT20S', 'without a delivery report the next SMS provider is tried after this'),
  OTP_SENT_WITHOUT_WORKFLOW_AFTER: setting(
    // The event bus waits for it in a transaction.
    Duration.refine((ms) => ms <= 10_000, 'must be PT10S at most'),
    'PT2S',
    'a code that no workflow has begun to send by then, as when Temporal is away or behind, is sent without one',
  ),
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** The whole configuration, parsed: durations in milliseconds, lists as arrays. */
export type Config = { readonly [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['schema']> };
