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

/** By how much `RATE_LIMITS=relaxed` multiplies budgets, for load tests. */
const RELAXED_FACTOR = 1000;

/** @param limits the setting RATE_LIMITS */
export function ratesOf(limits: 'normal' | 'relaxed'): Readonly<Record<BudgetName, Rate>> {
  if (limits === 'normal') return NORMAL;
  return { typed: relaxed(NORMAL.typed), signal: relaxed(NORMAL.signal), control: relaxed(NORMAL.control) };
}

function relaxed({ burst, perMinute }: Rate): Rate {
  return { burst: burst * RELAXED_FACTOR, perMinute: perMinute * RELAXED_FACTOR };
}
