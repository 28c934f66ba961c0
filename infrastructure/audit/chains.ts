import { REGIONS, type Region } from '#shared/regions.ts';
import type { Database, Databases } from '#shared/sql.ts';

/** An audit chain: one for each database, called by the first region that it serves. */
export type Chain = { readonly name: Region; readonly database: Database };

export function chainsOf(databases: Databases): Chain[] {
  return databases.all.map((database) => ({
    name: REGIONS.find((region) => databases.of(region) === database)!,
    database,
  }));
}
