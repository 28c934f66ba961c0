import { Client } from 'pg';
import { migrate } from '#infrastructure/postgres/migrate.ts';

/** The password of both roles in tests. */
export const ROLE_PASSWORD = 'test';
export const TEMPLATE = 'tchat_template';

/** Runs statements as the superuser, each on its own: databases cannot be made inside a transaction. */
export async function asSuperuser(url: string, ...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const text of statements) await client.query(text);
  } finally {
    await client.end();
  }
}

export async function createRoles(superuserUrl: string): Promise<void> {
  await asSuperuser(
    superuserUrl,
    `CREATE ROLE tchat_owner LOGIN PASSWORD '${ROLE_PASSWORD}'`,
    `CREATE ROLE tchat_app LOGIN PASSWORD '${ROLE_PASSWORD}'`,
  );
}

/** One migrated database that every test's own is copied from. */
export async function createTemplate(superuserUrl: string): Promise<void> {
  await asSuperuser(superuserUrl, `CREATE DATABASE ${TEMPLATE} OWNER tchat_owner`);
  await migrate(urlOf(superuserUrl, 'tchat_owner', TEMPLATE));
}

export function urlOf(superuserUrl: string, role: 'tchat_owner' | 'tchat_app', database: string): string {
  const url = new URL(superuserUrl);
  url.username = role;
  url.password = ROLE_PASSWORD;
  url.pathname = `/${database}`;
  return url.href;
}
