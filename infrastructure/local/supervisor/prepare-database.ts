import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { SECOND } from '#shared/time.ts';
import type { Secrets } from './secrets.ts';

const CALL_WITHIN_MS = 30 * SECOND;

/**
 * Makes the two login roles and the database, or brings their passwords up to date: `tchat_owner` owns the database and
 * runs migrations, `tchat_app` owns nothing.
 */
export async function prepareDatabase(
  superuserUrl: string,
  database: string,
  passwords: Secrets['databasePasswords'],
): Promise<void> {
  const client = new Client({
    connectionString: superuserUrl,
    connectionTimeoutMillis: CALL_WITHIN_MS,
    query_timeout: CALL_WITHIN_MS,
  });
  await client.connect();
  try {
    for (const [role, password] of Object.entries(passwords)) {
      const known = await client.query('SELECT FROM pg_roles WHERE pg_roles.rolname = $1', [role]);
      const verb = known.rowCount === 0 ? 'CREATE' : 'ALTER';
      await client.query(`${verb} ROLE ${escapeIdentifier(role)} LOGIN PASSWORD ${escapeLiteral(password)}`);
    }
    const known = await client.query('SELECT FROM pg_database WHERE pg_database.datname = $1', [database]);
    const name = escapeIdentifier(database);
    if (known.rowCount === 0) await client.query(`CREATE DATABASE ${name} OWNER tchat_owner`);
    await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
    await client.query(`GRANT CONNECT ON DATABASE ${name} TO tchat_app`);
  } finally {
    await client.end();
  }
}
