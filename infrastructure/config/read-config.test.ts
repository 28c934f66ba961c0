import { expect, test } from 'vitest';
import { madeSecrets } from '#tests/harness/environment.ts';
import { ConfigError, readConfig } from './read-config.ts';

const SECRETS = madeSecrets();

function faults(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

test('every fault is named at once', () => {
  const message = faults({ ...SECRETS, GATEWAY_PORT: '70000', ORDER_CONFIRM_WITHIN: '1 day', OTP_KEY: 'short' });
  expect(message).toContain('GATEWAY_PORT is "70000"');
  expect(message).toContain('ORDER_CONFIRM_WITHIN is "1 day": must be an ISO 8601 duration');
  expect(message).toContain('OTP_KEY must be 64 hexadecimal digits');
});

test('the value of a secret is never shown', () => {
  expect(faults({ ...SECRETS, OTP_KEY: 'hunter2' })).not.toContain('hunter2');
});

test('a missing secret says what it is for', () => {
  const others = Object.entries(SECRETS).filter(([name]) => name !== 'MESSAGE_KEY');
  expect(faults(Object.fromEntries(others))).toContain('MESSAGE_KEY is missing: key-management key');
});

test('production refuses the sandbox, relaxed limits and plain http to providers', () => {
  const message = faults({ ...SECRETS, TCHAT_PROFILE: 'production', RATE_LIMITS: 'relaxed' });
  expect(message).toContain('SANDBOX_URL must be empty');
  expect(message).toContain('RATE_LIMITS must be normal');
  expect(message).toContain('OMISE_BASE_URL must be https');
});

test('a Kafka that asks who is there is shown name and password, in production not in the clear', () => {
  expect(faults({ ...SECRETS, KAFKA_SASL: 'plain', KAFKA_PASSWORD: '' })).toContain('KAFKA_USERNAME must be given');
  const named = { ...SECRETS, KAFKA_SASL: 'plain', KAFKA_USERNAME: 'tchat', KAFKA_PASSWORD: 'let-me-in' };
  expect(faults(named)).toBe('');
  expect(faults({ ...named, TCHAT_PROFILE: 'production' })).toContain('KAFKA_TLS must not be off');
  expect(faults({ ...named, TCHAT_PROFILE: 'production', KAFKA_TLS: 'verify-full' })).not.toContain('KAFKA_TLS');
});

test('durations become milliseconds and lists become arrays', () => {
  const config = readConfig({ ...SECRETS, PAYMENT_EXPIRES_AFTER: 'PT1H30M', SERVICES: 'auth,payments' });
  expect(config.PAYMENT_EXPIRES_AFTER).toBe(5_400_000);
  expect(config.SERVICES).toEqual(['auth', 'payments']);
  expect(config.REALTIME_PORTS).toEqual([4001, 4002]);
});
