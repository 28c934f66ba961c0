import { Client } from 'pg';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import type { Database } from '#shared/sql.ts';
import { TEMPLATE } from '#tests/harness/template-database.ts';
import { benchEngines } from './engines.ts';

/** A store of messages in Postgres: as the product sees it, and as the owner of its tables, who weighs them. */
export type OpenStore = { readonly database: Database; readonly owner: Client };

/** @param resources closes what is opened for it */
export async function openStore(resources: AsyncDisposableStack): Promise<OpenStore> {
  const engines = resources.use(await benchEngines());
  const databases = resources.use(
    openDatabases({ DATABASE_URL: engines.databaseUrl, DATABASE_POOL_MAX: 4, REGION_DATABASE_URLS: [] }, 'bench'),
  );
  const owner = new Client({
    connectionString: Object.assign(new URL(engines.urls.postgres), { pathname: `/${TEMPLATE}` }).href,
  });
  await owner.connect();
  resources.defer(() => owner.end());
  return { database: databases.of('TH'), owner };
}
