import type { Country } from '#shared/regions.ts';
import { firstRow, type Sql, statement } from '#shared/sql.ts';

/** Millionths of a US dollar. */
export type MicroDollars = bigint;

const SPEND = statement(
  'notifications.spend-on-texts',
  `INSERT INTO notifications.text_spend AS spent (country_code, day, micros)
   SELECT $1, (now() AT TIME ZONE 'UTC')::date, $2::bigint WHERE $2::bigint <= $3::bigint
   ON CONFLICT (country_code, day) DO UPDATE SET micros = spent.micros + excluded.micros
     WHERE spent.micros + excluded.micros <= $3::bigint
   RETURNING 1`,
);

/** Draws on what the texts of a country may cost in a day; false when it would be more. */
export async function spendOnText(
  sql: Sql,
  country: Country,
  cost: MicroDollars,
  perDay: MicroDollars,
): Promise<boolean> {
  return (await firstRow(sql, SPEND, [country, cost, perDay])) !== undefined;
}
