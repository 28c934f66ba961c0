import { expect, test } from 'vitest';
import { clusterEnvironment, embeddedIn } from './environment.ts';

const secrets = { byName: { OTP_KEY: 'kept' }, databasePasswords: { tchat_owner: 'owner-pw', tchat_app: 'app-pw' } };

test('a port that cannot be read leaves the URLs that follow from it alone', () => {
  const environment = clusterEnvironment({ POSTGRES_PORT: 'high' }, secrets);
  expect(environment.DATABASE_URL).toBe('postgres://tchat_app:app-pw@127.0.0.1:4032/tchat');
});

test('what is given is never replaced by what would follow', () => {
  const given = {
    SANDBOX_PORT: '5010',
    SANDBOX_URL: 'http://sandbox:1',
    TWILIO_BASE_URL: 'http://twilio:2',
    OTP_KEY: 'mine',
  };
  const environment = clusterEnvironment(given, secrets);
  expect(environment).toMatchObject(given);
  expect(environment.OMISE_BASE_URL).toBe('http://sandbox:1/omise');
});

test('a Cassandra is run only where messages are to be kept there and no other is named', () => {
  expect(embeddedIn({})).toMatchObject({ cassandra: false });
  expect(embeddedIn({ MESSAGE_STORE: 'cassandra', CASSANDRA_CONTACT_POINTS: 'db:9042' })).toMatchObject({
    cassandra: false,
  });
  const env = { MESSAGE_STORE: 'cassandra', CASSANDRA_PORT: '9' };
  expect(embeddedIn(env)).toMatchObject({ cassandra: true });
  expect(clusterEnvironment(env, secrets)).toMatchObject({
    CASSANDRA_CONTACT_POINTS: '127.0.0.1:9',
    CASSANDRA_REPLICAS: '1',
  });
});

test('a schema registry is run beside Kafka unless another is named, or none', () => {
  expect(embeddedIn({})).toMatchObject({ registry: false });
  expect(embeddedIn({ EVENT_BUS: 'kafka', SCHEMA_REGISTRY_URL: '' })).toMatchObject({ registry: false });
  const env = { EVENT_BUS: 'kafka', SCHEMA_REGISTRY_PORT: '9' };
  expect(embeddedIn(env)).toMatchObject({ registry: true });
  expect(clusterEnvironment(env, secrets)).toMatchObject({
    SCHEMA_REGISTRY_URL: 'http://127.0.0.1:9/apis/ccompat/v7',
  });
});

test('a Kafka is run only where events go there and no other is named', () => {
  expect(embeddedIn({})).toMatchObject({ kafka: false });
  expect(embeddedIn({ EVENT_BUS: 'kafka', KAFKA_BROKERS: 'kafka:9092' })).toMatchObject({ kafka: false });
  for (const bus of ['kafka', 'both']) {
    const env = { EVENT_BUS: bus, KAFKA_PORT: '9' };
    expect(embeddedIn(env)).toMatchObject({ kafka: true });
    expect(clusterEnvironment(env, secrets)).toMatchObject({ KAFKA_BROKERS: '127.0.0.1:9', KAFKA_REPLICAS: '1' });
  }
});

test('URLs follow the ports of engines and servers', () => {
  const environment = clusterEnvironment(
    {
      POSTGRES_PORT: '1',
      REDIS_PORT: '2',
      TEMPORAL_PORT: '3',
      TEMPORAL_UI_PORT: '4',
      GATEWAY_PORT: '5',
      SANDBOX_PORT: '6',
    },
    secrets,
  );
  expect(environment).toMatchObject({
    DATABASE_URL: 'postgres://tchat_app:app-pw@127.0.0.1:1/tchat',
    DATABASE_OWNER_URL: 'postgres://tchat_owner:owner-pw@127.0.0.1:1/tchat',
    REDIS_URL: 'redis://127.0.0.1:2',
    TEMPORAL_ADDRESS: '127.0.0.1:3',
    TEMPORAL_UI_URL: 'http://127.0.0.1:4',
    PUBLIC_URL: 'http://127.0.0.1:5',
    ALLOWED_ORIGINS: 'http://127.0.0.1:5,http://localhost:5',
    SANDBOX_URL: 'http://127.0.0.1:6',
    VONAGE_BASE_URL: 'http://127.0.0.1:6/vonage',
    OTP_KEY: 'kept',
  });
});

test('a server that listens on every address is reached on this machine', () => {
  expect(clusterEnvironment({ HOST: '0.0.0.0' }, secrets).PUBLIC_URL).toBe('http://127.0.0.1:4000');
});

test('a Postgres named by the environment gets no passwords of ours', () => {
  const environment = clusterEnvironment({ DATABASE_URL: 'postgres://there/db' }, secrets);
  expect(environment.DATABASE_URL).toBe('postgres://there/db');
  expect(environment.DATABASE_OWNER_URL).toBeUndefined();
});

test('what the environment names elsewhere is not run here', () => {
  expect(embeddedIn({ REDIS_URL: 'redis://there', SANDBOX_URL: '' })).toEqual({
    postgres: true,
    redis: false,
    cassandra: false,
    kafka: false,
    registry: false,
    temporal: true,
    sandbox: false,
  });
});
