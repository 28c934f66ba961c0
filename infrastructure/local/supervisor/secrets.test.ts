import { createPrivateKey, type JsonWebKey, sign } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '#infrastructure/config/read-config.ts';
import { keepSecrets, secretsOf } from './secrets.ts';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tchat-secrets-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

test('a damaged file is refused with a sentence, for new secrets would not open old data', async () => {
  await writeFile(join(dataDir, 'secrets.json'), '{"byName":');
  await expect(secretsOf(dataDir)).rejects.toThrow(/secrets\.json cannot be read .* restore it/);
});

test('nothing is written until the secrets are kept', async () => {
  await secretsOf(dataDir);
  await expect(stat(join(dataDir, 'secrets.json'))).rejects.toThrow('ENOENT');
});

test('kept secrets come back as they were, in a file that only its owner reads', async () => {
  const made = await secretsOf(dataDir);
  await keepSecrets(dataDir, made);
  expect(await secretsOf(dataDir)).toEqual(made);
  expect((await stat(join(dataDir, 'secrets.json'))).mode & 0o777).toBe(0o600);
});

test('a setting that became secret later is made up beside the kept ones', async () => {
  const { byName, databasePasswords } = await secretsOf(dataDir);
  const { OTP_KEY: _gone, ...others } = byName;
  await keepSecrets(dataDir, { byName: others, databasePasswords });
  const completed = await secretsOf(dataDir);
  expect(completed.byName).toMatchObject(others);
  expect(completed.byName.OTP_KEY).toMatch(/^[0-9a-f]{64}$/);
});

test('every secret setting is made so that the configuration takes it', async () => {
  const { byName } = await secretsOf(dataDir);
  expect(readConfig(byName)).toMatchObject({ OTP_KEY: byName.OTP_KEY });
});

test('the signing key is an Ed25519 key that signs', async () => {
  const { byName } = await secretsOf(dataDir);
  const { keys } = JSON.parse(byName.TOKEN_SIGNING_KEYS ?? '') as { keys: { kid: string; alg: string }[] };
  expect(keys).toEqual([expect.objectContaining({ kid: expect.stringMatching(/^[\w-]{43}$/), alg: 'EdDSA' })]);
  const key = createPrivateKey({ key: keys[0] as JsonWebKey, format: 'jwk' });
  expect(sign(null, Buffer.from('text'), key)).toHaveLength(64);
});
