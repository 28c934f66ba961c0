import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import knex, { type Knex } from 'knex';

const ROOT = new URL('../../', import.meta.url).pathname;
/** Seconds that a migration waits for another process that is migrating the same database. */
const LOCK_WAIT_S = 60;
/** Any fixed number: one migration at a time per database. */
const MIGRATION_LOCK = 7_241_001;

type Source = { readonly domain: string; readonly directory: string };
type Step = { readonly name: string; readonly file: string };

/** Where numbered SQL files are: the engines' own first, since services refer to nothing of each other. */
async function sources(): Promise<Source[]> {
  const domains = (await readdir(join(ROOT, 'services'), { withFileTypes: true })).filter((entry) =>
    entry.isDirectory(),
  );
  const candidates: Source[] = [
    { domain: 'events', directory: join(ROOT, 'infrastructure/events/migrations') },
    { domain: 'http', directory: join(ROOT, 'infrastructure/idempotency/migrations') },
    ...domains.map(({ name }) => ({ domain: name, directory: join(ROOT, 'services', name, 'migrations') })),
  ];
  const found = await Promise.all(
    candidates.map(async (source) => ((await stepsOf(source)).length > 0 ? [source] : [])),
  );
  return found.flat();
}

async function stepsOf({ directory }: Source): Promise<Step[]> {
  const files = await readdir(directory).catch(() => []);
  const sql = files.filter((file) => /^\d{4}_[a-z0-9_]+\.sql$/.test(file)).toSorted();
  return sql.map((file) => ({ name: file.replace(/\.sql$/, ''), file: join(directory, file) }));
}

function migrationsOf(source: Source): Knex.MigrationSource<Step> {
  return {
    getMigrations: () => stepsOf(source),
    getMigrationName: (step) => step.name,
    getMigration: async (step) => {
      const text = await readFile(step.file, 'utf8');
      return {
        up: (db) => db.raw(text.replaceAll('?', '\\?')),
        down: () => Promise.reject(new Error('Migrations only go forward: write the next one')),
      };
    },
  };
}

/**
 * Brings one database to the newest schema: each domain's numbered SQL files in order, each in one transaction, recorded
 * in `migrations.<domain>`. Safe to run from several processes at once, and again.
 *
 * @param ownerUrl the database as `tchat_owner`
 * @throws when a file fails; those before it stay applied
 */
export async function migrate(ownerUrl: string, progress: (line: string) => void = () => undefined): Promise<void> {
  const db = knex({ client: 'pg', connection: ownerUrl, pool: { min: 1, max: 2 }, acquireConnectionTimeout: 10_000 });
  try {
    await db.transaction(async (lock) => {
      await lock.raw(`SET LOCAL lock_timeout = '${LOCK_WAIT_S}s'`);
      await lock.raw(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
      await db.raw('CREATE SCHEMA IF NOT EXISTS migrations');
      for (const source of await sources()) {
        const [, applied] = (await db.migrate.latest({
          migrationSource: migrationsOf(source),
          schemaName: 'migrations',
          tableName: source.domain,
          disableMigrationsListValidation: false,
        })) as [number, string[]];
        for (const name of applied) progress(`${source.domain} ${name}`);
      }
    });
  } finally {
    await db.destroy();
  }
}
