import { createHash, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { SETTINGS, type Setting, type SettingName } from '#infrastructure/config/settings.ts';

const Secrets = z.strictObject({
  /** Values of the settings that are secret, by setting. */
  byName: z.record(z.string(), z.string()),
  databasePasswords: z.strictObject({ tchat_owner: z.string(), tchat_app: z.string() }),
});

/** What the embedded cluster makes once and keeps, so that data written yesterday can be read today. */
export type Secrets = z.infer<typeof Secrets>;

const KEY_BYTES = 32;
const PASSWORD_BYTES = 24;

/**
 * The secrets of a data folder, as kept in its `secrets.json` (mode 0600). What is missing there, because the folder or
 * a setting is new, is made up; nothing is written.
 *
 * @throws with a sentence when the file cannot be understood: making new secrets would lose the data of the old.
 */
export async function secretsOf(dataDir: string): Promise<Secrets> {
  const kept = await keptSecrets(dataDir);
  const names = Object.entries<Setting>(SETTINGS).filter(([, setting]) => setting.secret === true);
  return {
    byName: Object.fromEntries(
      names.map(([name, setting]) => [name, kept?.byName[name] ?? newSecret(name as SettingName, setting)]),
    ),
    databasePasswords: kept?.databasePasswords ?? { tchat_owner: newPassword(), tchat_app: newPassword() },
  };
}

export async function keptSecrets(dataDir: string): Promise<Secrets | undefined> {
  const path = secretsPath(dataDir);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return Secrets.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(
      `${path} cannot be read as the cluster's secrets: restore it, or delete the whole folder to begin anew.`,
      { cause },
    );
  }
}

export async function keepSecrets(dataDir: string, secrets: Secrets): Promise<void> {
  const path = secretsPath(dataDir);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, JSON.stringify(secrets, undefined, 2), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** A value for a setting that is secret. */
export function newSecret(name: SettingName, setting: Setting): string {
  if (name === 'TOKEN_SIGNING_KEYS') return newSigningKeys();
  if (name === 'FCM_PRIVATE_KEY') return inOneLine(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
  if (name === 'APNS_PRIVATE_KEY') return inOneLine(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  // What is empty where nobody gives it stays so: there is nothing that it would fit.
  if (name === 'MAIL_DKIM_KEY') return '';
  const bytes = randomBytes(KEY_BYTES);
  const fitting = (['base64', 'hex', 'base64url'] as const)
    .map((form) => bytes.toString(form))
    .find((text) => setting.schema.safeParse(text).success);
  if (fitting === undefined) throw new Error(`no secret can be made for ${name}`);
  return fitting;
}

/** Its PKCS #8 form in base64. */
function inOneLine(key: KeyObject): string {
  return key.export({ format: 'der', type: 'pkcs8' }).toString('base64');
}

/** A JWK set of one Ed25519 key, named by its thumbprint (RFC 7638: the members required, in order of name). */
function newSigningKeys(): string {
  const { crv, x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const kid = createHash('sha256')
    .update(JSON.stringify({ crv, kty: 'OKP', x }))
    .digest('base64url');
  return JSON.stringify({ keys: [{ kty: 'OKP', crv, x, d, kid, alg: 'EdDSA', use: 'sig' }] });
}

/** Fit to stand in a URL and in an SQL literal as it is. */
function newPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString('base64url');
}

const secretsPath = (dataDir: string) => join(dataDir, 'secrets.json');
