import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SETTINGS, type Setting, type SettingName } from '#infrastructure/config/settings.ts';
import { newSecret } from '#infrastructure/local/supervisor/secrets.ts';
import type { EngineUrls } from './throwaway-engines.ts';

/** The environment of a process under test: the engines given, a prefix of its own, secrets made for it. */
export function environmentFor(
  engines: EngineUrls,
  databaseUrl: string,
  overrides: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const prefix = `t${randomBytes(5).toString('hex')}`;
  return {
    TCHAT_PROFILE: 'test',
    LOG_LEVEL: 'warn',
    DATABASE_URL: databaseUrl,
    REDIS_URL: engines.redis,
    REDIS_PREFIX: prefix,
    TEMPORAL_ADDRESS: engines.temporal,
    TEMPORAL_UI_URL: engines.temporalUi,
    TASK_QUEUE_PREFIX: `${prefix}-`,
    // Made when a file is stored; a test that stores some removes it.
    MEDIA_DIR: join(tmpdir(), `tchat-media-${prefix}`),
    // Made when the end of an audit chain is signed; a cluster removes it.
    AUDIT_HEADS_DIR: join(tmpdir(), `tchat-audit-${prefix}`),
    KYC_SHARED_DOCUMENTS: 'pass',
    ...madeSecrets(),
    ...overrides,
  };
}

/** A value for every secret setting. */
export function madeSecrets(): Record<string, string> {
  const names = Object.entries<Setting>(SETTINGS).filter(([, setting]) => setting.secret === true);
  return Object.fromEntries(names.map(([name, setting]) => [name, secretFor(name as SettingName, setting)]));
}

/** RSA keys take long to make, and nothing depends on their being different. */
let fcmKey: string | undefined;

function secretFor(name: SettingName, setting: Setting): string {
  if (name !== 'FCM_PRIVATE_KEY') return newSecret(name, setting);
  return (fcmKey ??= newSecret(name, setting));
}
