import { resolve } from 'node:path';
import { readConfig } from '#infrastructure/config/read-config.ts';
import type { Config } from '#infrastructure/config/settings.ts';
import { dataFolder } from './storage/folders.ts';
import { clusterEnvironment } from './supervisor/environment.ts';
import { secretsOf } from './supervisor/secrets.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * The configuration of a command that works on a cluster: in production the environment alone, otherwise with the secrets
 * and ports of the embedded cluster for what the environment does not name.
 */
export async function readCommandConfig(): Promise<Config> {
  if (process.env['TCHAT_PROFILE'] === 'production') return readConfig(process.env);
  return readConfig(clusterEnvironment(process.env, await secretsOf(dataFolder(process.env, ROOT))));
}
