import type { Country } from '#shared/regions.ts';
import { firstRow, type Sql, statement } from '#shared/sql.ts';

/** In SQL: what a count is worth now that halves every $5 milliseconds. */
const worth = (count: string) =>
  `known.${count} * power(0.5, extract(epoch FROM now() - known.counted_at) * 1000 / $5::float8)`;

/**
 * Counts, and decides in the same statement: enough failures that outweigh the successes skip the provider, a failed
 * probe skips it for twice as long, and a success while a probe is out trusts it again with a clean slate.
 */
const COUNT = statement(
  'auth.count-provider-health',
  `WITH before AS (
     SELECT known.skipped_until FROM auth.provider_health AS known WHERE known.country_code = $1 AND known.provider = $2
   ), counted AS (
     INSERT INTO auth.provider_health AS known (country_code, provider, good, bad) VALUES ($1, $2, $3, $4)
     ON CONFLICT (country_code, provider) DO UPDATE SET
       good = CASE WHEN known.is_probing AND $3::float8 > 0 THEN 0 ELSE ${worth('good')} + $3 END,
       bad = CASE WHEN known.is_probing AND $3::float8 > 0 THEN 0 ELSE ${worth('bad')} + $4 END,
       counted_at = now(),
       is_probing = known.is_probing AND $3::float8 = 0 AND $4::float8 = 0,
       trips = CASE
         WHEN known.is_probing AND $3::float8 > 0 THEN 0
         WHEN known.is_probing AND $4::float8 > 0 THEN least(known.trips + 1, 10)
         WHEN known.skipped_until IS NULL AND ${worth('bad')} + $4 >= $6::float8
           AND ${worth('bad')} + $4 >= ${worth('good')} + $3 THEN 1
         ELSE known.trips
       END,
       skipped_until = CASE
         WHEN known.is_probing AND $3::float8 > 0 THEN NULL
         WHEN known.is_probing AND $4::float8 > 0
           THEN now() + least($7::float8 * power(2, known.trips), $8::float8) * interval '1 millisecond'
         WHEN known.skipped_until IS NULL AND ${worth('bad')} + $4 >= $6::float8
           AND ${worth('bad')} + $4 >= ${worth('good')} + $3 THEN now() + $7::float8 * interval '1 millisecond'
         ELSE known.skipped_until
       END
     RETURNING known.skipped_until
   )
   SELECT (SELECT before.skipped_until FROM before) IS NOT NULL AS was_skipped,
     counted.skipped_until IS NOT NULL AS is_skipped
   FROM counted`,
);
const SKIPPED = statement(
  'auth.skipped-providers',
  `SELECT health.provider, health.skipped_until <= now() AS is_due FROM auth.provider_health AS health
   WHERE health.country_code = $1 AND health.skipped_until IS NOT NULL`,
);
const PROBE = statement(
  'auth.probe-provider',
  `UPDATE auth.provider_health SET is_probing = true, skipped_until = now() + $3::float8 * interval '1 millisecond'
   WHERE provider_health.country_code = $1 AND provider_health.provider = $2 AND provider_health.skipped_until <= now()
   RETURNING provider_health.provider`,
);

export type ProviderOf = { readonly country: Country; readonly provider: string };

/** How counts are weighed. Times in milliseconds. */
export type HealthRules = {
  readonly halfLifeMs: number;
  /** So many failures, worth their full weight, skip a provider, if they are at least as many as its successes. */
  readonly badMax: number;
  readonly skipFirstMs: number;
  readonly skipMaxMs: number;
};

export async function count(
  sql: Sql,
  { country, provider }: ProviderOf,
  { good, bad }: { readonly good: number; readonly bad: number },
  { halfLifeMs, badMax, skipFirstMs, skipMaxMs }: HealthRules,
): Promise<{ readonly wasSkipped: boolean; readonly isSkipped: boolean }> {
  const values = [country, provider, good, bad, halfLifeMs, badMax, skipFirstMs, skipMaxMs];
  const row = await firstRow<{ was_skipped: boolean; is_skipped: boolean }>(sql, COUNT, values);
  return { wasSkipped: row!.was_skipped, isSkipped: row!.is_skipped };
}

/** Providers that are not in good standing; `isDue` when one may be tried again. */
export async function skippedIn(
  sql: Sql,
  country: Country,
): Promise<readonly { readonly provider: string; readonly isDue: boolean }[]> {
  const rows = await sql.rows<{ provider: string; is_due: boolean }>(SKIPPED, [country]);
  return rows.map(({ provider, is_due: isDue }) => ({ provider, isDue }));
}

/** Takes the one try that a provider gets after its time; false when another process was faster. */
export async function takeProbe(sql: Sql, { country, provider }: ProviderOf, answerWithinMs: number): Promise<boolean> {
  return (await firstRow(sql, PROBE, [country, provider, answerWithinMs])) !== undefined;
}
