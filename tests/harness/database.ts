import { randomBytes } from 'node:crypto';
import { makeOutbox } from '#infrastructure/events/outbox.ts';
import { type OpenDatabases, openDatabases } from '#infrastructure/postgres/databases.ts';
import type { OpenDatabase } from '#infrastructure/postgres/database.ts';
import type { Outbox } from '#shared/events/event.ts';
import { engines } from './engines.ts';
import { expectKeptContracts } from './kept-contracts.ts';
import { asSuperuser, TEMPLATE, urlOf } from './template-database.ts';

export type FreshDatabase = {
  readonly databases: OpenDatabases;
  /** The one database that every region maps to. */
  readonly database: OpenDatabase;
  readonly outbox: Outbox;
  /** As the app role. */
  readonly url: string;
  readonly ownerUrl: string;
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * A database of the test's own with every migration applied; dropped at the end of `await using`, when what it tells of is
 * held to the contracts of events.
 *
 * @param postgres the server, as the superuser: this run's, unless a test brings its own to stop it
 */
export async function freshDatabase(postgres: string = engines.postgres): Promise<FreshDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asSuperuser(postgres, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} OWNER tchat_owner`);
  const url = urlOf(postgres, 'tchat_app', name);
  const databases = openDatabases({ DATABASE_URL: url, DATABASE_POOL_MAX: 10, REGION_DATABASE_URLS: [] }, 'test');
  const ownerUrl = urlOf(postgres, 'tchat_owner', name);
  return {
    databases,
    database: databases.of('core'),
    outbox: makeOutbox(),
    url,
    ownerUrl,
    [Symbol.asyncDispose]: async () => {
      await databases[Symbol.asyncDispose]();
      try {
        await expectKeptContracts(ownerUrl);
      } finally {
        await asSuperuser(postgres, `DROP DATABASE ${name} WITH (FORCE)`);
      }
    },
  };
}
