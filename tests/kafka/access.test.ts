import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { noteStarter } from '#infrastructure/local/engines/abandoned.ts';
import { ensureKafka } from '#infrastructure/local/engines/fetch-kafka.ts';
import { startKafka } from '#infrastructure/local/engines/kafka.ts';
import { chosenPort } from '#infrastructure/local/processes/free-port.ts';
import { quietStep } from '#infrastructure/local/progress.ts';
import { cacheFolder } from '#infrastructure/local/storage/folders.ts';
import { type KafkaSettings, openKafka } from '#infrastructure/events/kafka/client.ts';
import { KAFKA_SETTINGS } from '#tests/harness/carried.ts';
import { quietLog } from '#tests/harness/quiet-log.ts';

const STORE_PASSWORD = 'throwaway';
const USER = { KAFKA_SASL: 'plain', KAFKA_USERNAME: 'tchat', KAFKA_PASSWORD: 'let-me-in' } as const;

let stack: AsyncDisposableStack;
let address: string;
let caFile: string;
let otherCaFile: string;

/** A key with a certificate for an address, and that certificate as the authority that signed it. */
async function makeKey(folder: string, name: string, of: string): Promise<{ store: string; caFile: string }> {
  const [store, pem] = [join(folder, `${name}.p12`), join(folder, `${name}.pem`)];
  const keytool = (...args: string[]) =>
    promisify(execFile)('keytool', [...args, '-keystore', store, '-storepass', STORE_PASSWORD, '-alias', 'node']);
  const key = ['-keyalg', 'EC', '-groupname', 'secp256r1', '-dname', 'CN=node', '-ext', `san=ip:${of}`];
  await keytool('-genkeypair', '-storetype', 'PKCS12', ...key);
  await keytool('-exportcert', '-rfc', '-file', pem);
  // The engine's user reads them too.
  await chmod(store, 0o644);
  return { store, caFile: pem };
}

/** A Kafka with one more listener, which speaks TLS and asks who is there; its certificate names another address. */
beforeAll(async () => {
  await using opening = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), 'tchat-test-kafka-'));
  opening.defer(() => rm(dataDir, { recursive: true, force: true }));
  await noteStarter(dataDir);
  await chmod(dataDir, 0o755);
  const key = await makeKey(dataDir, 'node', '127.0.0.9');
  caFile = key.caFile;
  otherCaFile = (await makeKey(dataDir, 'other', '127.0.0.1')).caFile;
  const [port, securePort] = [await chosenPort(0), await chosenPort(0)];
  address = `127.0.0.1:${securePort}`;
  const controller = await chosenPort(0);
  const listener = 'listener.name.secure';
  const more = {
    listeners: `PLAINTEXT://127.0.0.1:${port},SECURE://${address},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},SECURE://${address}`,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL',
    [`${listener}.ssl.keystore.location`]: key.store,
    [`${listener}.ssl.keystore.type`]: 'PKCS12',
    [`${listener}.ssl.keystore.password`]: STORE_PASSWORD,
    [`${listener}.sasl.enabled.mechanisms`]: 'PLAIN',
    [`${listener}.plain.sasl.jaas.config`]: `org.apache.kafka.common.security.plain.PlainLoginModule required user_${USER.KAFKA_USERNAME}="${USER.KAFKA_PASSWORD}";`,
  };
  const binary = await ensureKafka(cacheFolder(process.env), quietStep());
  const node = await startKafka(binary, { dataDir, port, more }, quietStep());
  opening.defer(() => node.stop());
  stack = opening.move();
});
afterAll(async () => await stack.disposeAsync());

async function lists(settings: Partial<KafkaSettings>): Promise<string[]> {
  const kafka = openKafka({ ...KAFKA_SETTINGS, ...USER, KAFKA_BROKERS: [address], ...settings }, quietLog);
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}

test('over TLS a broker is spoken to whose certificate is signed by the authority given, and names its address if asked', async () => {
  await expect(lists({ KAFKA_TLS: 'verify-ca', KAFKA_CA_FILE: otherCaFile })).rejects.toThrow(/certificate/i);
  await expect(lists({ KAFKA_TLS: 'verify-ca' })).rejects.toThrow(/certificate/i);
  await expect(lists({ KAFKA_TLS: 'verify-full', KAFKA_CA_FILE: caFile })).rejects.toThrow(/altnames|certificate/i);
  expect(await lists({ KAFKA_TLS: 'verify-ca', KAFKA_CA_FILE: caFile })).toEqual([]);
});

test('a broker that asks who is there takes the right password only', async () => {
  const tls = { KAFKA_TLS: 'verify-ca', KAFKA_CA_FILE: caFile } as const;
  await expect(lists({ ...tls, KAFKA_PASSWORD: 'let-me-in?' })).rejects.toThrow(/authentication/i);
  await expect(lists({ ...tls, KAFKA_SASL: 'off' })).rejects.toThrow();
  expect(await lists(tls)).toEqual([]);
});
