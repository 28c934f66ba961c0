/** What a load measured besides, by name with its unit: `bytes a connection`. */
export type Figures = Readonly<Record<string, number>>;

/** What one run of a load measured. Rates are per second, latencies in milliseconds. */
export type Measured = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Calls that failed; a run with any is not comparable. */
  readonly failed: number;
  readonly figures?: Figures;
};

/** Collects latencies while a load runs, and leaves out the warm-up. */
export class Meter {
  readonly #latenciesMs: number[] = [];
  #failed = 0;
  #startedAt = performance.now();

  /** Forgets what came so far: the warm-up is over. */
  reset(): void {
    this.#latenciesMs.length = 0;
    this.#failed = 0;
    this.#startedAt = performance.now();
  }

  done(startedAt: number): void {
    this.#latenciesMs.push(performance.now() - startedAt);
  }

  fail(): void {
    this.#failed += 1;
  }

  read(): Measured {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const sorted = Float64Array.from(this.#latenciesMs).toSorted();
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
    return {
      perSecond: sorted.length / seconds,
      p50Ms: at(0.5),
      p95Ms: at(0.95),
      p99Ms: at(0.99),
      failed: this.#failed,
    };
  }
}

type OfferOptions = {
  readonly perSecond: number;
  readonly warmUpMs: number;
  readonly runMs: number;
  readonly call: (number: number) => Promise<unknown>;
};

/** How often an open loop looks whether calls are due. */
const OFFER_EVERY_MS = 5;

/** An open loop: calls are made at a rate, whether or not earlier ones are answered. A call's time counts from when it
 * was due, so that a load generator which falls behind does not flatter what it measures. */
export async function openLoop({ perSecond, warmUpMs, runMs, call }: OfferOptions): Promise<Measured> {
  const meter = new Meter();
  const startedAt = performance.now();
  const underWay = new Set<Promise<void>>();
  let made = 0;
  let isWarm = false;
  for (let now = startedAt; now < startedAt + warmUpMs + runMs; now = performance.now()) {
    if (!isWarm && now >= startedAt + warmUpMs) {
      isWarm = true;
      meter.reset();
    }
    for (; startedAt + (made / perSecond) * 1000 <= now; made += 1) {
      const dueAt = startedAt + (made / perSecond) * 1000;
      const one = call(made)
        .then(() => meter.done(dueAt))
        .catch(() => meter.fail())
        .finally(() => underWay.delete(one));
      underWay.add(one);
    }
    await pause(OFFER_EVERY_MS);
  }
  const measured = meter.read();
  await Promise.all(underWay);
  return measured;
}

type LoopOptions = {
  readonly lanes: number;
  readonly warmUpMs: number;
  readonly runMs: number;
  /** One call; what it throws counts as failed. */
  readonly call: (lane: number) => Promise<unknown>;
};

/** A closed loop: each lane has one call under way, and makes the next when it is answered. */
export async function closedLoop({ lanes, warmUpMs, runMs, call }: LoopOptions): Promise<Measured> {
  const meter = new Meter();
  let over = false;
  const running = Array.from({ length: lanes }, async (_, lane) => {
    while (!over) {
      const startedAt = performance.now();
      try {
        await call(lane);
        meter.done(startedAt);
      } catch {
        meter.fail();
      }
    }
  });
  await pause(warmUpMs);
  meter.reset();
  await pause(runMs);
  const measured = meter.read();
  over = true;
  await Promise.all(running);
  return measured;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
