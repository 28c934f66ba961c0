import type { Money } from '#shared/money.ts';
import { stepUpSum } from '#shared/step-up-sums.ts';

/** What the database counts of a sender (payments.judge_movements), in windows that begin with the clock, in UTC. */
type Measure = 'count_10m' | 'sum_10m' | 'count_hour' | 'sum_hour' | 'count_day' | 'sum_day' | 'payees_day';

export type VelocityRule = {
  readonly name: string;
  readonly measure: Measure;
  /** The most that passes, the movement itself included. Sums are weights: see {@link weightOf}. */
  readonly max: bigint;
  /** `refuse`: the money does not move, until the window is over or ops allow it. `flag`: it does, and ops are shown it. */
  readonly action: 'refuse' | 'flag';
  /** The first day (UTC) that it is in force; of one name the latest one in force applies. */
  readonly from: string;
  readonly source: string;
};

const OURS = 'ours: no law names a figure; more than people do by hand, less than a program can';

/**
 * How fast money may leave a person, over all their wallets. Counts refuse, because programs make them; sums only flag,
 * because the limits of the tier refuse already. A change is a new line with its date, never an edit.
 */
export const VELOCITY_RULES: readonly VelocityRule[] = [
  { name: 'movements_10m', measure: 'count_10m', max: 300n, action: 'refuse', from: '2026-01-01', source: OURS },
  { name: 'movements_hour', measure: 'count_hour', max: 1_000n, action: 'refuse', from: '2026-01-01', source: OURS },
  { name: 'movements_day', measure: 'count_day', max: 3_000n, action: 'refuse', from: '2026-01-01', source: OURS },
  { name: 'new_payees_day', measure: 'payees_day', max: 200n, action: 'refuse', from: '2026-01-01', source: OURS },
  { name: 'sum_10m', measure: 'sum_10m', max: 40_000n, action: 'flag', from: '2026-01-01', source: OURS },
  { name: 'sum_hour', measure: 'sum_hour', max: 100_000n, action: 'flag', from: '2026-01-01', source: OURS },
  { name: 'sum_day', measure: 'sum_day', max: 200_000n, action: 'flag', from: '2026-01-01', source: OURS },
];

/** Many small deposits and then most of it out at once: how stolen money is gathered. */
export const GATHERING = {
  name: 'gathered_deposits',
  withinMs: 24 * 3_600_000,
  deposits: 10,
  /** A deposit is small below this part of the withdrawal, and the withdrawal takes at least this part of them all. */
  smallPercent: 20n,
  takenPercent: 80n,
} as const;

/** The rules in force on a day (`2026-11-24`). */
export function velocityRulesOn(day: string, rules: readonly VelocityRule[] = VELOCITY_RULES): readonly VelocityRule[] {
  const begun = rules.filter(({ from }) => from <= day);
  return begun.filter(({ name, from }) => !begun.some((other) => other.name === name && other.from > from));
}

/** The same rules with wider bounds, for load tests: a wallet that is paid from a thousand times a second is no thief. */
export function widened(rules: readonly VelocityRule[], factor: bigint): readonly VelocityRule[] {
  return rules.map((rule) => ({ ...rule, max: rule.max * factor }));
}

/**
 * What a sum weighs, in thousandths of the sum that needs the PIN in its currency, rounded up: sums of several currencies
 * count together without a rate.
 */
export function weightOf({ minor, currency }: Money): bigint {
  const whole = stepUpSum(currency);
  return (minor * 1_000n + whole - 1n) / whole;
}

/** Whether a withdrawal takes what many small deposits have brought; all of them by weight. */
export function isGathered(withdrawn: bigint, deposits: readonly bigint[]): boolean {
  const small = deposits.filter((minor) => minor * 100n < withdrawn * GATHERING.smallPercent);
  const sum = small.reduce((total, minor) => total + minor, 0n);
  return small.length >= GATHERING.deposits && withdrawn * 100n >= sum * GATHERING.takenPercent;
}
