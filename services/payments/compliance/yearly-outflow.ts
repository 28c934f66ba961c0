import { regionOf, type UserId } from '#shared/ids.ts';
import { type Currency, type Money, parseMoney } from '#shared/money.ts';
import type { Country } from '#shared/regions.ts';
import { statement, type Tx } from '#shared/sql.ts';

type OutflowRule = {
  /** The home country of those whom it binds. */
  readonly country: Country;
  /** The wallets that it is for. Each needs an index of its own: see migration 0020. */
  readonly currency: Currency;
  /** The most that may leave within twelve months, to the day, as a decimal. */
  readonly max: string;
  /** The first day (UTC) that it is in force; the latest one in force applies. */
  readonly from: string;
  readonly source: string;
};

/** How much may leave in twelve months that end now. A change of law is a new line with its date, never an edit. */
const OUTFLOW_RULES: readonly OutflowRule[] = [
  {
    country: 'SG',
    currency: 'SGD',
    max: '100000',
    from: '2023-12-15',
    source: 'MAS 2023-12-15, personal e-wallets of a major payment institution: S$100,000 out in any 12 months',
  },
];

/** How much may leave the wallets of someone in this currency in twelve months; undefined where no law says. */
function yearlyOutflowMax(userId: UserId, currency: Currency, day: string): bigint | undefined {
  const country = regionOf(userId);
  const [rule] = OUTFLOW_RULES.filter(
    (rule) => rule.country === country && rule.currency === currency && rule.from <= day,
  ).toSorted((a, b) => b.from.localeCompare(a.from));
  if (rule === undefined) return undefined;
  const money = parseMoney(rule.max, rule.currency);
  if (typeof money === 'string') throw new TypeError(`${rule.max} ${rule.currency} ${money}`);
  return money.minor;
}

// The words of the index's own condition, so that it is used.
const LEFT = statement(
  'payments.sgd-outflow-of-a-year',
  `SELECT moved.user_id AS "userId", sum(moved.amount)::bigint AS minor
   FROM payments.transactions AS moved
   WHERE moved.user_id = ANY ($1::uuid[]) AND moved.created_at > $2::timestamptz - interval '12 months'
     AND moved.currency = 'SGD' AND moved.type IN ('transfer_out', 'payment')
     AND moved.status IN ('pending', 'processing', 'completed')
   GROUP BY moved.user_id`,
);

/** Money that would leave a person for somebody else. */
type Outflow = { readonly userId: UserId; readonly money: Money };

/**
 * Which of the movements, in their order, would take more out of their sender's wallets than the law allows in twelve months.
 * Transfers and purchases count; withdrawals to one's bank and conversions do not. What was held for an order counts from
 * then, and what an order gave back is not counted in again.
 *
 * Call it with the senders' counters locked (payments.judge_movements), so that nobody overtakes the sum.
 */
export async function overYearlyOutflow(
  tx: Tx,
  movements: readonly (Outflow | undefined)[],
  at: Date,
): Promise<ReadonlySet<number>> {
  const day = at.toISOString().slice(0, 10);
  const bound = movements.flatMap((movement, place) => {
    const max = movement && yearlyOutflowMax(movement.userId, movement.money.currency, day);
    return movement === undefined || max === undefined ? [] : [{ ...movement, place, max }];
  });
  const over = new Set<number>();
  if (bound.length === 0) return over;
  const senders = [...new Set(bound.map(({ userId }) => userId))];
  const rows = await tx.rows<{ userId: UserId; minor: bigint }>(LEFT, [senders, at]);
  const left = new Map(rows.map(({ userId, minor }) => [userId, minor]));
  for (const { userId, money, place, max } of bound) {
    const total = (left.get(userId) ?? 0n) + money.minor;
    if (total > max) over.add(place);
    else left.set(userId, total);
  }
  return over;
}
