import type { z } from 'zod';
import { type Config, SETTINGS, type Setting, type SettingName } from './settings.ts';

/** The environment does not make a valid configuration. The message lists every fault, a line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the whole configuration from an environment.
 *
 * @throws {ConfigError} with every fault at once, before anything is connected.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    const text = env[name] ?? setting.fallback;
    if (text === undefined) {
      faults.push(`${name} is missing: ${setting.says}`);
      continue;
    }
    const parsed = setting.schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else faults.push(`${name} ${setting.secret ? '' : `is ${JSON.stringify(text)}: `}${faultOf(parsed.error)}`);
  }
  const config = values as Config;
  if (faults.length === 0) faults.push(...contradictions(config));
  if (faults.length > 0) {
    throw new ConfigError(`The settings cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
  return config;
}

function faultOf(error: z.ZodError): string {
  return error.issues.map((issue) => issue.message).join('; ');
}

/** What no single setting can know: combinations that must not be. */
function contradictions(config: Config): string[] {
  const faults: string[] = [];
  if (config.KEY_MANAGEMENT === 'aws-kms') {
    for (const name of ['KMS_KEY_ID', 'KMS_ACCESS_KEY_ID', 'KMS_SECRET_ACCESS_KEY'] as const satisfies SettingName[]) {
      if (config[name] === '') faults.push(`${name} must be given when KEY_MANAGEMENT is aws-kms`);
    }
  }
  if (config.MESSAGE_STORE === 'cassandra' && config.REGION_DATABASE_URLS.length > 0) {
    faults.push('MESSAGE_STORE must be postgres where REGION_DATABASE_URLS keeps the messages of countries apart');
  }
  if (config.KAFKA_SASL !== 'off') {
    for (const name of ['KAFKA_USERNAME', 'KAFKA_PASSWORD'] as const satisfies SettingName[]) {
      if (config[name] === '') faults.push(`${name} must be given when KAFKA_SASL is ${config.KAFKA_SASL}`);
    }
  }
  if (config.TCHAT_PROFILE !== 'production') return faults;
  if (config.KAFKA_SASL === 'plain' && config.KAFKA_TLS === 'off') {
    faults.push('KAFKA_TLS must not be off in the production profile where KAFKA_SASL is plain');
  }
  if (config.SANDBOX_URL !== undefined) faults.push('SANDBOX_URL must be empty in the production profile');
  if (config.MAIL_TLS === 'off') faults.push('MAIL_TLS must be required in the production profile');
  if (config.RATE_LIMITS === 'relaxed') faults.push('RATE_LIMITS must be normal in the production profile');
  for (const name of [
    'TWILIO_BASE_URL',
    'VONAGE_BASE_URL',
    'INFOBIP_BASE_URL',
    'OMISE_BASE_URL',
    'STRIPE_BASE_URL',
    'XENDIT_BASE_URL',
    'REGISTRY_BASE_URL',
    'SCREENING_BASE_URL',
    'KMS_URL',
    'MAIL_EVENTS_URL',
    'FCM_BASE_URL',
    'FCM_TOKEN_URL',
    'APNS_BASE_URL',
  ] as const satisfies SettingName[]) {
    if (!config[name].startsWith('https://')) faults.push(`${name} must be https in the production profile`);
  }
  return faults;
}
