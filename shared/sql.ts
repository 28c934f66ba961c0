import type { Region } from './regions.ts';

/**
 * How services speak to Postgres, without knowing the driver.
 *
 * A store exports functions that take a {@link Sql} first; the use case opens the transaction and hands it down,
 * and a store never starts its own. int8 columns arrive as bigint, timestamptz as Date, jsonb parsed, bytea as Uint8Array.
 */
export type Statement = {
  /** Unique in the product; the server keeps the plan of a named statement for the connection's life. */
  readonly name: string;
  readonly text: string;
};

/** Names a statement, so that it is prepared once per connection: `statement('auth.find-user', 'SELECT …')`. */
export function statement(name: string, text: string): Statement {
  return { name, text };
}

export interface Sql {
  rows<Row extends object>(query: Statement, values?: readonly unknown[]): Promise<Row[]>;
}

/** A transaction under way. It ends when the work given to {@link Database.transaction} settles. */
export interface Tx extends Sql {
  readonly inTransaction: true;
}

export interface Database extends Sql {
  /**
   * Runs `work` in one READ COMMITTED transaction. A serialisation failure (40001) or deadlock (40P01) is tried again,
   * five times at most, so `work` does nothing outside the database and keeps the ids that it was given.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** The only row, or undefined when there is none. */
export async function firstRow<Row extends object>(
  sql: Sql,
  query: Statement,
  values: readonly unknown[] = [],
): Promise<Row | undefined> {
  const [row] = await sql.rows<Row>(query, values);
  return row;
}

/**
 * Which database holds what. Personal data and messages live in their region's; `core` holds ledger and commerce under
 * pseudonymous ids. Several regions may share one database: the default maps all of them to one.
 */
export interface Databases {
  of(region: Region): Database;
  /** Each distinct database once, for what must look everywhere. */
  readonly all: readonly Database[];
}
