import type { Currency } from '#shared/money.ts';
import { firstRow, type Sql, statement, type Tx } from '#shared/sql.ts';

export type RateRow = {
  readonly currency: Currency;
  readonly rated_at: Date;
  /** A plain decimal. */
  readonly per_usd: string;
  readonly received_at: Date;
  readonly source: string;
  /** It had jumped, and nobody has accepted it. */
  readonly held: boolean;
};

const COLUMNS = `rate.currency, rate.rated_at, trim_scale(rate.per_usd)::text AS per_usd, rate.received_at, rate.source,
  rate.jumped AND acceptance.at IS NULL AS held`;
const RATES = `payments.fx_rates AS rate
  LEFT JOIN payments.fx_acceptances AS acceptance
    ON acceptance.currency = rate.currency AND acceptance.rated_at = rate.rated_at`;

function newest(name: string, condition: string) {
  return statement(
    name,
    `SELECT newest.* FROM unnest($1::text[]) AS asked (currency)
     CROSS JOIN LATERAL (
       SELECT ${COLUMNS} FROM ${RATES} WHERE rate.currency = asked.currency ${condition}
       ORDER BY rate.rated_at DESC LIMIT 1
     ) AS newest`,
  );
}

const LATEST = newest('payments.latest-rates', '');
const BELIEVED = newest('payments.believed-rates', 'AND (NOT rate.jumped OR acceptance.at IS NOT NULL)');
const LOCK = statement('payments.lock-rates', `SELECT pg_advisory_xact_lock(hashtextextended('payments.fx_rates', 0))`);
const ADD = statement(
  'payments.add-rates',
  `INSERT INTO payments.fx_rates (currency, rated_at, per_usd, jumped, source, received_at)
   SELECT made.currency, $4, made.per_usd, made.jumped, $5, $6
   FROM unnest($1::text[], $2::numeric[], $3::boolean[]) AS made (currency, per_usd, jumped)
   ON CONFLICT DO NOTHING RETURNING fx_rates.currency`,
);
const FIND = statement(
  'payments.find-rate',
  `SELECT ${COLUMNS} FROM ${RATES} WHERE rate.currency = $1 AND rate.rated_at = $2`,
);
const ACCEPT = statement(
  'payments.accept-rate',
  `INSERT INTO payments.fx_acceptances (currency, rated_at, actor, reason, at) VALUES ($1, $2, $3, $4, $5)`,
);

/** The newest rate of each of these currencies, believed or not. */
export function latestRates(sql: Sql, currencies: readonly Currency[]): Promise<RateRow[]> {
  return sql.rows<RateRow>(LATEST, [currencies]);
}

/** The newest rate of each that may be quoted. */
export function believedRates(sql: Sql, currencies: readonly Currency[]): Promise<RateRow[]> {
  return sql.rows<RateRow>(BELIEVED, [currencies]);
}

/** Lets one writer of rates at a time judge them by those before. */
export async function lockRates(tx: Tx): Promise<void> {
  await tx.rows(LOCK);
}

export type NewRate = { readonly currency: Currency; readonly perUsd: string; readonly jumped: boolean };

/** Writes a table of the feed; what was written before stays as it is. Answers the currencies that are new. */
export async function addRates(
  tx: Tx,
  rates: readonly NewRate[],
  of: { readonly ratedAt: Date; readonly source: string; readonly receivedAt: Date },
): Promise<Currency[]> {
  const rows = await tx.rows<{ readonly currency: Currency }>(ADD, [
    rates.map(({ currency }) => currency),
    rates.map(({ perUsd }) => perUsd),
    rates.map(({ jumped }) => jumped),
    of.ratedAt,
    of.source,
    of.receivedAt,
  ]);
  return rows.map(({ currency }) => currency);
}

export function findRate(sql: Sql, currency: Currency, ratedAt: Date): Promise<RateRow | undefined> {
  return firstRow<RateRow>(sql, FIND, [currency, ratedAt]);
}

export async function acceptRate(
  tx: Tx,
  { currency, rated_at: ratedAt }: Pick<RateRow, 'currency' | 'rated_at'>,
  by: { readonly actor: string; readonly reason: string; readonly at: Date },
): Promise<void> {
  await tx.rows(ACCEPT, [currency, ratedAt, by.actor, by.reason, by.at]);
}
