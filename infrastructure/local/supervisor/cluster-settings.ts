import { join } from 'node:path';
import { ConfigError, readConfig } from '#infrastructure/config/read-config.ts';
import type { Config } from '#infrastructure/config/settings.ts';
import { clusterEnvironment, embeddedIn, type Environment } from './environment.ts';
import { type Secrets, secretsOf } from './secrets.ts';

export type Settings = { readonly environment: Environment; readonly config: Config; readonly secrets: Secrets };

/**
 * The settings of the whole cluster: what the environment gives, what follows from it, and the secrets of the data
 * folder.
 *
 * @throws {ConfigError} with every fault at once.
 */
export async function settingsOf(env: Environment, dataDir: string): Promise<Settings> {
  const secrets = await secretsOf(dataDir);
  const environment = clusterEnvironment(
    { MEDIA_DIR: join(dataDir, 'media'), AUDIT_HEADS_DIR: join(dataDir, 'audit-heads'), ...env },
    secrets,
  );
  const config = readConfig(environment);
  if (!embeddedIn(env).postgres && env.DATABASE_OWNER_URL === undefined) {
    throw new ConfigError(
      'DATABASE_URL is given and DATABASE_OWNER_URL is not: migrations need the owner of that database.',
    );
  }
  return { environment, config, secrets };
}
