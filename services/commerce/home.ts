import type { Country } from '#shared/regions.ts';
import type { Databases, Sql, Tx } from '#shared/sql.ts';

/**
 * Where a person's addresses and words are written while `tx` changes the core database: in the same transaction where
 * both are one database, otherwise at once in their region's, where a row whose order never came to be says nothing.
 */
export function homeIn(databases: Databases, country: Country, tx: Tx): Sql {
  const home = databases.of(country);
  return home === databases.of('core') ? tx : home;
}
