import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { DCLinter } from 'dclint';
import { expect, test } from 'vitest';
import { readConfig } from '#infrastructure/config/read-config.ts';
import { SETTINGS, type Setting } from '#infrastructure/config/settings.ts';
import { heapFlags } from '#infrastructure/process/heap-flags.ts';
import {
  composeDocument,
  composeText,
  containerEnvironment,
  parseEnvironmentFile,
  ROOT,
  role,
  roles,
  services,
} from './compose-file.ts';

/** What only the embedded cluster uses. */
const EMBEDDED_ONLY = new Set([
  'REALTIME_PORTS',
  'STATUS_PORT',
  'POSTGRES_PORT',
  'REDIS_PORT',
  'CASSANDRA_PORT',
  'KAFKA_PORT',
  'SCHEMA_REGISTRY_PORT',
  'TEMPORAL_PORT',
  'TEMPORAL_UI_PORT',
]);

/** Ordering is a matter of taste, and ours is by meaning. Ours are built here and also named. */
const RULES_OF_TASTE = [
  'service-keys-order',
  'services-alphabetical-order',
  'service-dependencies-alphabetical-order',
  'service-ports-alphabetical-order',
  'top-level-properties-order',
  'no-build-and-image',
];

/** Those that every cluster needs; others are given by whoever uses what they are for. */
const secretNames = Object.entries<Setting>(SETTINGS)
  .filter(([, setting]) => setting.secret === true && setting.fallback === undefined)
  .map(([name]) => name);

const development = parseEnvironmentFile(
  execFileSync(process.execPath, ['infrastructure/deployment/environment.main.ts'], { cwd: ROOT, encoding: 'utf8' }),
);

const {
  SANDBOX_URL: _,
  TWILIO_BASE_URL: _1,
  VONAGE_BASE_URL: _2,
  OMISE_BASE_URL: _3,
  STRIPE_BASE_URL: _4,
  XENDIT_BASE_URL: _5,
  ...withoutSandbox
} = development;
/** Providers whose address is that of an account, so that it has to be given. */
const accounts = {
  INFOBIP_BASE_URL: 'https://tchat.api.infobip.example',
  REGISTRY_BASE_URL: 'https://registry.example',
  SCREENING_BASE_URL: 'https://screening.example',
  MAIL_PRIMARY_URL: 'smtps://tchat@mail.example:465',
  MAIL_SECONDARY_URL: 'smtps://tchat@mail-too.example:465',
  MAIL_TLS: 'required',
  MAIL_EVENTS_URL: 'https://sns.ap-southeast-1.amazonaws.com/',
  FCM_BASE_URL: 'https://fcm.googleapis.com',
  FCM_TOKEN_URL: 'https://oauth2.googleapis.com/token',
  APNS_BASE_URL: 'https://api.push.apple.com',
};
const production = {
  ...withoutSandbox,
  ...accounts,
  TCHAT_PROFILE: 'production',
  PUBLIC_URL: 'https://tchat.example',
};

/** Faults by the Compose specification's own schema. */
function schemaFaults(document: unknown): string[] {
  const path = new URL('../schemas/compose.schema.json', import.meta.resolve('dclint'));
  // The address of draft 7 is written with https there, under which Ajv does not know it.
  const { $schema: _draft, ...schema } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

test('the file is one by the Compose specification, and the schema sees a fault', () => {
  expect(schemaFaults(composeDocument)).toEqual([]);
  const planted = structuredClone(composeDocument) as { services: { redis: Record<string, unknown> } };
  planted.services.redis['imagee'] = 'redis';
  expect(schemaFaults(planted).join()).toContain('/services/redis must NOT have additional properties');
});

test('images have tags, published ports are bound to an address, nothing is declared twice', () => {
  const rules = Object.fromEntries(RULES_OF_TASTE.map((rule) => [rule, 0 as const]));
  const linter = new DCLinter({ rules, quiet: true, debug: false, exclude: [] });
  const results: readonly { readonly messages: object[] }[] = linter.lintFiles([`${ROOT}docker-compose.yml`], false);
  expect(results.flatMap(({ messages }) => messages)).toEqual([]);
});

test('every environment name of our roles is a setting', () => {
  const unknown = roles.flatMap(([name, service]) =>
    Object.keys(service.environment)
      .filter((setting) => !(setting in SETTINGS))
      .map((setting) => `${name}: ${setting}`),
  );
  expect(unknown).toEqual([]);
});

test('every setting can be set in containers', () => {
  const settable = new Set(roles.flatMap(([, service]) => Object.keys(service.environment)));
  const forgotten = Object.keys(SETTINGS).filter((name) => !settable.has(name) && !EMBEDDED_ONLY.has(name));
  expect(forgotten).toEqual([]);
});

test('secrets come from the environment and have no defaults', () => {
  for (const [name, service] of roles) {
    for (const secret of secretNames) {
      expect(String(service.environment[secret]), `${secret} of ${name}`).toMatch(
        new RegExp(`^\\$\\{${secret}:\\?[^}]+\\}$`),
      );
    }
  }
  const withDefault = composeText.match(/\$\{\w*(PASSWORD|SECRET|TOKEN|_KEYS?)\b(?!:\?)[^}]*\}/g) ?? [];
  expect(withDefault).toEqual([]);
});

test.each(roles.map(([name]) => name))(
  '%s gets a configuration that it accepts, and nothing without secrets',
  (name) => {
    const config = readConfig(containerEnvironment(role(name), development));
    expect(config).toMatchObject({ TCHAT_PROFILE: 'development', HOST: '0.0.0.0', SANDBOX_URL: 'http://sandbox:4010' });
    expect(config.DATABASE_URL).toBe(`postgres://tchat_app:${development['TCHAT_APP_PASSWORD']}@postgres:5432/tchat`);
    const { OTP_KEY: _key, ...incomplete } = development;
    expect(() => containerEnvironment(role(name), incomplete)).toThrow('OTP_KEY must be given');
  },
);

test.each(roles.map(([name]) => name).filter((name) => name !== 'sandbox'))(
  '%s accepts the production profile, where providers are the real ones',
  (name) => {
    const config = readConfig(containerEnvironment(role(name), production));
    expect(config).toMatchObject({ TCHAT_PROFILE: 'production', TWILIO_BASE_URL: 'https://api.twilio.com' });
    expect(config.SANDBOX_URL).toBeUndefined();
  },
);

test('only migrations know the owner of the database, and every server waits for them', () => {
  for (const [name, service] of roles) {
    expect('DATABASE_OWNER_URL' in service.environment, name).toBe(name === 'migrate');
    if (name !== 'migrate' && name !== 'sandbox') {
      expect(service.depends_on['migrate'], name).toEqual({ condition: 'service_completed_successfully' });
    }
  }
});

test('the gateway finds every service and realtime node where it listens', () => {
  const config = (name: string) => readConfig(containerEnvironment(role(name), development));
  const { SERVICES, SERVICES_PORT } = config('services');
  expect(SERVICES.join()).toBe(SETTINGS.SERVICES.fallback);
  const gateway = config('gateway');
  expect(gateway.SERVICES).toEqual([]);
  expect(gateway.SERVICE_URLS).toEqual(SERVICES.map((service) => `${service}=http://services:${SERVICES_PORT}`));
  const nodes = roles.map(([name]) => name).filter((name) => name.startsWith('realtime-'));
  expect(nodes).toHaveLength(2);
  expect(gateway.REALTIME_URLS).toEqual(nodes.map((name) => `http://${name}:${config(name).REALTIME_PORT}`));
});

test('the program of every role is there, and its health is asked on the port that it listens on', () => {
  const ports = { gateway: 'GATEWAY_PORT', services: 'SERVICES_PORT', worker: 'WORKER_PORT', sandbox: 'SANDBOX_PORT' };
  for (const [name, service] of roles) {
    const [program, ...rest] = service.command ?? [];
    const script = rest.findLast((argument) => argument.endsWith('.ts')) ?? '';
    expect(program).toBe('node');
    expect(existsSync(ROOT + script), `${script} of ${name}`).toBe(true);
    // A nursery of Node's own size suits a container, which has its memory for itself; a socket node needs more than that.
    if (script === 'realtime/main.ts') expect(rest).toEqual([...heapFlags(script), script]);
    if (name === 'migrate') continue;
    const setting = name.startsWith('realtime-') ? 'REALTIME_PORT' : ports[name as keyof typeof ports];
    expect(service.healthcheck?.test, name).toEqual([
      'CMD',
      'node',
      'infrastructure/deployment/health-check.main.ts',
      String(service.environment[setting]),
    ]);
  }
});

test('every engine that something waits for has a health check, and one-shots are waited for to the end', () => {
  for (const [name, service] of Object.entries(services)) {
    for (const [needed, { condition }] of Object.entries(service.depends_on)) {
      const other = services[needed];
      expect(other, `${name} needs ${needed}`).toBeDefined();
      expect(condition === 'service_healthy', `${name} needs ${needed}`).toBe(other?.healthcheck !== undefined);
    }
  }
});

test('files that are mounted are there, and scripts can be run', () => {
  const mounted = Object.values(services)
    .flatMap(({ volumes }) => volumes)
    .filter((volume) => volume.startsWith('./'))
    .map((volume) => volume.split(':')[0] ?? '');
  expect(mounted.length).toBeGreaterThan(0);
  for (const file of mounted) accessSync(ROOT + file, file.endsWith('.sh') ? constants.X_OK : constants.R_OK);
});

test('the guide names every variable that must be given', () => {
  const guide = readFileSync(`${ROOT}infrastructure/deployment/README.md`, 'utf8');
  const required = [...composeText.matchAll(/\$\{(\w+):\?/g)].map(([, name = '']) => name);
  expect(required.length).toBeGreaterThan(0);
  expect([...new Set(required)].filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
});
