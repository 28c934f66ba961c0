import type { Log } from '#shared/log.ts';
import { SECOND } from '#shared/time.ts';
import type { Budgets, Spend, Standing } from '../ports.ts';

/** How long a drawn budget may stay untold; also how far processes can be apart in what they know. */
const REPORT_AFTER_MS = 100;
/** Budgets told in one round trip. */
const REPORT_BATCH_MAX = 500;
/** Budgets that a process remembers. Beyond it the oldest half is forgotten, which admits at most one budget's worth more. */
const REMEMBERED_MAX = 100_000;
const AWAY_WARNING_EVERY_MS = 30 * SECOND;

type Estimate = {
  readonly spend: Spend;
  /** What all processes have used, as of `knownAt`. */
  used: number;
  knownAt: number;
  /** When the oldest of it comes back, as of the last report. Until then a full budget stays full. */
  resetAt: number;
  /** Drawn here and not yet told. */
  untold: number;
};

export type EstimatedBudgets = {
  /** Draws one if the budget has one left, and answers at once. `allowed` is false when it has none. */
  draw(spend: Spend): Standing & { readonly allowed: boolean };
  close(): void;
};

/**
 * Budgets that are decided here and counted elsewhere.
 *
 * A draw looks at what this process last heard plus what it has drawn since, and is told to the shared counters within
 * 100 ms, many at a time. So a read waits for no round trip, and one process alone never lets more through than the
 * budget; several together may go over it by what each lets through in those 100 ms. While the counters are away each
 * process holds the budget by itself.
 */
export function makeEstimatedBudgets(budgets: Budgets, log: Log, now: () => number = Date.now): EstimatedBudgets {
  let fresh = new Map<string, Estimate>();
  let aging = new Map<string, Estimate>();
  let dirty: Estimate[] = [];
  let timer: NodeJS.Timeout | undefined;
  let warnedAt = -Infinity;

  function find(spend: Spend): Estimate {
    const id = `${spend.bucket}:${spend.key}`;
    const known = fresh.get(id);
    if (known !== undefined) return known;
    const estimate = aging.get(id) ?? { spend, used: 0, knownAt: now(), resetAt: 0, untold: 0 };
    if (fresh.size >= REMEMBERED_MAX / 2) {
      aging = fresh;
      fresh = new Map();
    }
    fresh.set(id, estimate);
    return estimate;
  }

  /** What is still used of what was known, taken to flow back evenly over the window. */
  function remembered({ spend, used, knownAt }: Estimate): number {
    return used * Math.max(0, 1 - (now() - knownAt) / spend.windowMs);
  }

  async function report(batch: Estimate[]): Promise<void> {
    const told = batch.map((estimate) => ({ ...estimate.spend, count: estimate.untold }));
    for (const estimate of batch) estimate.untold = 0;
    const standings = await budgets.report(told).catch((error: unknown) => {
      if (now() - warnedAt > AWAY_WARNING_EVERY_MS) {
        warnedAt = now();
        log.warn({ err: error }, 'budgets are away; each process counts by itself');
      }
      return undefined;
    });
    for (const [place, estimate] of batch.entries()) {
      const standing = standings?.[place];
      const { limit } = estimate.spend;
      estimate.used = standing ? limit - standing.remaining : remembered(estimate) + told[place]!.count;
      estimate.knownAt = now();
      estimate.resetAt = now() + (standing?.resetMs ?? estimate.spend.windowMs / limit);
    }
  }

  async function reportAll(): Promise<void> {
    const batch = dirty;
    dirty = [];
    for (let at = 0; at < batch.length; at += REPORT_BATCH_MAX) await report(batch.slice(at, at + REPORT_BATCH_MAX));
    timer = undefined;
    if (dirty.length > 0) schedule();
  }

  function schedule(): void {
    timer ??= setTimeout(() => void reportAll(), REPORT_AFTER_MS).unref();
  }

  return {
    draw(spend) {
      const estimate = find(spend);
      const resetMs = Math.max(0, estimate.resetAt - now());
      const used = (resetMs > 0 ? estimate.used : remembered(estimate)) + estimate.untold;
      if (used + 1 > spend.limit) return { allowed: false, remaining: 0, resetMs };
      if (estimate.untold++ === 0) {
        dirty.push(estimate);
        schedule();
      }
      return { allowed: true, remaining: Math.floor(spend.limit - used - 1), resetMs: resetMs || spend.windowMs };
    },
    close: () => clearTimeout(timer),
  };
}
