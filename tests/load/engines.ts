import { asSuperuser, TEMPLATE, urlOf } from '#tests/harness/template-database.ts';
import { openThrowawayEngines, type ThrowawayEngines } from '#tests/harness/throwaway-engines.ts';

export type BenchEngines = ThrowawayEngines & {
  /** A migrated database, as the app role. */
  readonly databaseUrl: string;
};

/** Where the bare baselines write: a key and a short body, as small as a row can be that means something. */
const BENCH_TABLE = 'CREATE TABLE public.bench_rows (id uuid PRIMARY KEY, body bytea NOT NULL)';

function databaseOf(superuserUrl: string): string {
  return Object.assign(new URL(superuserUrl), { pathname: `/${TEMPLATE}` }).href;
}

/** Engines of the benchmark's own, with the durability of production: Postgres syncs each commit. */
export async function benchEngines(): Promise<BenchEngines> {
  const engines = await openThrowawayEngines({ name: 'bench', durable: true });
  const { postgres } = engines.urls;
  await asSuperuser(databaseOf(postgres), BENCH_TABLE, 'GRANT INSERT ON public.bench_rows TO tchat_app');
  return { ...engines, databaseUrl: urlOf(postgres, 'tchat_app', TEMPLATE) };
}
