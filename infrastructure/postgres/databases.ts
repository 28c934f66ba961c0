import type { Config } from '#infrastructure/config/settings.ts';
import { REGIONS, type Region } from '#shared/regions.ts';
import type { Databases } from '#shared/sql.ts';
import { type OpenDatabase, openDatabase } from './database.ts';

export type OpenDatabases = Omit<Databases, 'all' | 'of'> & {
  readonly all: readonly OpenDatabase[];
  readonly of: (region: Region) => OpenDatabase;
  /** Settles when every database answers. */
  ping(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

type DatabaseConfig = Pick<Config, 'DATABASE_URL' | 'DATABASE_POOL_MAX' | 'REGION_DATABASE_URLS'>;

/** Opens one pool for each distinct database that the settings name, and maps every region to its own. */
export function openDatabases(config: DatabaseConfig, applicationName: string): OpenDatabases {
  const pools = new Map<string, OpenDatabase>();
  const poolOf = (url: string): OpenDatabase => {
    const pool = pools.get(url) ?? openDatabase({ url, poolMax: config.DATABASE_POOL_MAX, applicationName });
    pools.set(url, pool);
    return pool;
  };
  const urls = new Map(config.REGION_DATABASE_URLS.map((pair) => [pair.slice(0, 2), pair.slice(3)]));
  const byRegion = new Map(REGIONS.map((region) => [region, poolOf(urls.get(region) ?? config.DATABASE_URL)]));
  const all = [...pools.values()];
  return {
    all,
    of: (region) => byRegion.get(region)!,
    ping: async () => void (await Promise.all(all.map((database) => database.ping()))),
    [Symbol.asyncDispose]: async () => void (await Promise.all(all.map((database) => database.close()))),
  };
}
