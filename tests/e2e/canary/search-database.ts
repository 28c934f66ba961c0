import { Client } from 'pg';
import { engines } from '#tests/harness/engines.ts';
import { foundIn, type Needle } from './forms.ts';

type Table = { readonly schema: string; readonly name: string };

const TABLES = `SELECT table_schema AS schema, table_name AS name FROM information_schema.tables
  WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2`;

/** The same database, as whoever sees every row. */
export function asSuperuser(databaseUrl: string): string {
  return new URL(new URL(databaseUrl).pathname, engines.postgres).href;
}

/**
 * Where planted things are in a database: every row of every table, columns of bytes in hexadecimal included.
 *
 * @param url as a superuser: the policies of rows hold their owner as well
 * @returns for each table in which something was found, what: `auth.accounts: the phone number`
 */
export async function searchDatabase(url: string, needles: readonly Needle[]): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<Table>(TABLES);
    const found: string[] = [];
    for (const { schema, name } of tables) {
      const text = `SELECT row::text AS row FROM ${client.escapeIdentifier(schema)}.${client.escapeIdentifier(name)} AS row`;
      const { rows } = await client.query<{ row: string }>(text);
      const what = new Set(rows.flatMap(({ row }) => foundIn(row, needles)));
      found.push(...[...what].map((thing) => `${schema}.${name}: ${thing}`));
    }
    return found;
  } finally {
    await client.end();
  }
}
