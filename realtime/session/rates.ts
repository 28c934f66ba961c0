import type { ArrivalRates } from '../admission/arrivals.ts';
import type { Rate } from './budget.ts';

/**
 * - `typed`: what a person types, and every event that we do not know.
 * - `signal`: receipts and typing, which a client sends by itself as messages come in.
 * - `control`: what a client asks when it comes back.
 */
export type BudgetName = 'typed' | 'signal' | 'control';

/** The contract: 20 at once and 100 a minute for what a person types, more for receipts. */
const NORMAL: Readonly<Record<BudgetName, Rate>> = {
  typed: { burst: 20, perMinute: 100 },
  signal: { burst: 100, perMinute: 1200 },
  control: { burst: 40, perMinute: 240 },
};

/** One node takes some 1,500 connections a second when it does nothing else; the rest is for those who are there. */
const ARRIVALS: ArrivalRates = {
  node: { burst: 1_000, perMinute: 30_000 },
  // A whole campus or a mobile operator may come from one address.
  address: { burst: 200, perMinute: 3_000 },
};

/** By how much `RATE_LIMITS=relaxed` multiplies budgets, for load tests. */
const RELAXED_FACTOR = 1000;

/** @param limits the setting RATE_LIMITS */
export function ratesOf(limits: 'normal' | 'relaxed'): Readonly<Record<BudgetName, Rate>> {
  if (limits === 'normal') return NORMAL;
  return { typed: relaxed(NORMAL.typed), signal: relaxed(NORMAL.signal), control: relaxed(NORMAL.control) };
}

/** @param limits the setting RATE_LIMITS */
export function arrivalRatesOf(limits: 'normal' | 'relaxed'): ArrivalRates {
  if (limits === 'normal') return ARRIVALS;
  return { node: relaxed(ARRIVALS.node), address: relaxed(ARRIVALS.address) };
}

function relaxed({ burst, perMinute }: Rate): Rate {
  return { burst: burst * RELAXED_FACTOR, perMinute: perMinute * RELAXED_FACTOR };
}
