import { SETTINGS, type SettingName } from '#infrastructure/config/settings.ts';
import { registryUrl } from '../engines/registry.ts';
import type { Secrets } from './secrets.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the embedded cluster runs itself; what the environment names elsewhere is used there and not started. */
export type Embedded = {
  readonly postgres: boolean;
  readonly redis: boolean;
  readonly cassandra: boolean;
  readonly kafka: boolean;
  /** Of schemas, for what lies in Kafka. */
  readonly registry: boolean;
  readonly temporal: boolean;
  readonly sandbox: boolean;
};

export function embeddedIn(env: Environment): Embedded {
  return {
    postgres: env.DATABASE_URL === undefined,
    redis: env.REDIS_URL === undefined,
    cassandra: env.MESSAGE_STORE === 'cassandra' && env.CASSANDRA_CONTACT_POINTS === undefined,
    kafka: isKafkaUsed(env) && env.KAFKA_BROKERS === undefined,
    registry: isKafkaUsed(env) && env.SCHEMA_REGISTRY_URL === undefined,
    temporal: env.TEMPORAL_ADDRESS === undefined,
    sandbox: env.SANDBOX_URL === undefined,
  };
}

function isKafkaUsed({ EVENT_BUS: bus }: Environment): boolean {
  return bus === 'kafka' || bus === 'both';
}

/**
 * The environment of every process of the embedded cluster: what was given, the kept secrets, and the URLs that follow
 * from ports. What was given always wins.
 */
export function clusterEnvironment(env: Environment, secrets: Secrets): Environment {
  const { databasePasswords, ...settings } = secrets;
  const port = (name: SettingName) => portOf(env, name);
  const host = reachable(env.HOST ?? SETTINGS.HOST.fallback ?? '127.0.0.1');
  const publicUrl = env.PUBLIC_URL ?? `http://${host}:${port('GATEWAY_PORT')}`;
  const sandboxUrl = env.SANDBOX_URL ?? `http://${host}:${port('SANDBOX_PORT')}`;
  const sandboxHost = sandboxUrl === '' ? '' : new URL(sandboxUrl).hostname;
  const database = (role: 'tchat_app' | 'tchat_owner') =>
    `postgres://${role}:${databasePasswords[role]}@127.0.0.1:${port('POSTGRES_PORT')}/tchat`;
  return {
    ...settings.byName,
    PUBLIC_URL: publicUrl,
    ALLOWED_ORIGINS: [publicUrl, `http://localhost:${port('GATEWAY_PORT')}`].join(','),
    ...(embeddedIn(env).postgres && {
      DATABASE_URL: database('tchat_app'),
      DATABASE_OWNER_URL: database('tchat_owner'),
    }),
    REDIS_URL: `redis://127.0.0.1:${port('REDIS_PORT')}`,
    ...(embeddedIn(env).cassandra && {
      CASSANDRA_CONTACT_POINTS: `127.0.0.1:${port('CASSANDRA_PORT')}`,
      CASSANDRA_REPLICAS: '1',
    }),
    ...(embeddedIn(env).kafka && { KAFKA_BROKERS: `127.0.0.1:${port('KAFKA_PORT')}`, KAFKA_REPLICAS: '1' }),
    ...(embeddedIn(env).registry && { SCHEMA_REGISTRY_URL: registryUrl(Number(port('SCHEMA_REGISTRY_PORT'))) }),
    TEMPORAL_ADDRESS: `127.0.0.1:${port('TEMPORAL_PORT')}`,
    TEMPORAL_UI_URL: `http://127.0.0.1:${port('TEMPORAL_UI_PORT')}`,
    SANDBOX_URL: sandboxUrl,
    ...(sandboxUrl !== '' && {
      TWILIO_BASE_URL: `${sandboxUrl}/twilio`,
      VONAGE_BASE_URL: `${sandboxUrl}/vonage`,
      INFOBIP_BASE_URL: `${sandboxUrl}/infobip`,
      OMISE_BASE_URL: `${sandboxUrl}/omise`,
      STRIPE_BASE_URL: `${sandboxUrl}/stripe`,
      XENDIT_BASE_URL: `${sandboxUrl}/xendit`,
      FX_BASE_URL: `${sandboxUrl}/fx`,
      REGISTRY_BASE_URL: `${sandboxUrl}/registry`,
      SCREENING_BASE_URL: `${sandboxUrl}/screening`,
      // People of a sandbox share the few numbers that its registry is told of.
      KYC_SHARED_DOCUMENTS: 'pass',
      MAIL_PRIMARY_URL: `smtp://primary@${sandboxHost}:${port('SANDBOX_SMTP_PORT')}`,
      MAIL_SECONDARY_URL: `smtp://secondary@${sandboxHost}:${port('SANDBOX_SMTP_PORT')}`,
      MAIL_TLS: 'off',
      MAIL_EVENTS_URL: `${sandboxUrl}/ses/`,
      FCM_BASE_URL: `${sandboxUrl}/fcm`,
      FCM_TOKEN_URL: `${sandboxUrl}/fcm/token`,
      APNS_BASE_URL: `http://${sandboxHost}:${port('SANDBOX_APNS_PORT')}`,
    }),
    ...env,
  };
}

/** A port that cannot be read is reported once, by its own setting, and not again by every URL that would follow. */
function portOf(env: Environment, name: SettingName): string {
  const given = env[name];
  return given !== undefined && SETTINGS[name].schema.safeParse(given).success
    ? given
    : (SETTINGS[name].fallback ?? '');
}

/** An address to connect to where a server listens on all of them. */
export function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}
