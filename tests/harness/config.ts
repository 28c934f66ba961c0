import { readConfig } from '#infrastructure/config/read-config.ts';
import type { Config } from '#infrastructure/config/settings.ts';
import { engines } from './engines.ts';
import { environmentFor } from './environment.ts';

/** The environment of a process under test, over this run's engines. */
export function testEnvironment(
  databaseUrl: string,
  overrides: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return environmentFor(engines, databaseUrl, overrides);
}

/** The same, parsed. */
export function testConfig(databaseUrl: string, overrides: Readonly<Record<string, string>> = {}): Config {
  return readConfig(testEnvironment(databaseUrl, overrides));
}
