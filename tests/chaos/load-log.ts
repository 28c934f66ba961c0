import { AppError, type ErrorCode } from '#shared/errors.ts';

/**
 * What is known of an operation: `ok` it was answered so; `failed` it was refused for good, so it did not happen;
 * `unknown` the answer was lost or promised nothing, so it may have happened.
 */
export type Outcome = 'ok' | 'failed' | 'unknown';

/** One try of an operation, as its client saw it. */
export type Attempt = {
  readonly kind: string;
  /** The same for every try of one operation: its idempotency key or client_id. */
  readonly id: string;
  readonly outcome: Outcome;
  /** Undefined when it was ok, or failed with something that is no answer of ours. */
  readonly code: ErrorCode | undefined;
  /** Milliseconds of the monotonic clock. */
  readonly startedAtMs: number;
  readonly tookMs: number;
};

export type Answered<T> =
  | { readonly outcome: 'ok'; readonly answer: T }
  | { readonly outcome: 'failed' | 'unknown'; readonly error: unknown };

/** Everything that a load has tried, for the comparison with what is in the store afterwards. */
export class LoadLog {
  readonly #attempts: Attempt[] = [];

  /** Makes one try and writes down what came of it. Never rejects. */
  async attempt<T>(kind: string, id: string, work: () => Promise<T>): Promise<Answered<T>> {
    const startedAtMs = performance.now();
    const note = (outcome: Outcome, code?: ErrorCode): void => {
      this.#attempts.push({ kind, id, outcome, code, startedAtMs, tookMs: performance.now() - startedAtMs });
    };
    try {
      const answer = await work();
      note('ok');
      return { outcome: 'ok', answer };
    } catch (error) {
      const known = error instanceof AppError ? error : undefined;
      const outcome = known?.retryable === false ? 'failed' : 'unknown';
      note(outcome, known?.code);
      return { outcome, error };
    }
  }

  attempts(kind?: string): readonly Attempt[] {
    return kind === undefined ? this.#attempts : this.#attempts.filter((attempt) => attempt.kind === kind);
  }

  /** What is known of each operation after all its tries, by id. One ok decides; without one, any doubt remains. */
  outcomes(kind: string): ReadonlyMap<string, Outcome> {
    const outcomes = new Map<string, Outcome>();
    const weight = { failed: 0, unknown: 1, ok: 2 };
    for (const { id, outcome } of this.attempts(kind)) {
      const before = outcomes.get(id) ?? 'failed';
      outcomes.set(id, weight[outcome] > weight[before] ? outcome : before);
    }
    return outcomes;
  }
}

/**
 * Compares what a load was told with what is there: what was ok is there exactly once, what failed is absent, what is
 * unknown is there once or not at all, and nothing else is there.
 *
 * @param found the ids of what is there, with repetitions
 * @returns a sentence for each thing that is wrong
 */
export function mismatches(outcomes: ReadonlyMap<string, Outcome>, found: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const id of found) counts.set(id, (counts.get(id) ?? 0) + 1);
  const wrong = [...outcomes].flatMap(([id, outcome]) => {
    const count = counts.get(id) ?? 0;
    const allowed = { ok: [1], failed: [0], unknown: [0, 1] }[outcome];
    return allowed.includes(count) ? [] : [`${id} was ${outcome} and is there ${count} times`];
  });
  const strangers = [...counts.keys()].filter((id) => !outcomes.has(id));
  return [...wrong, ...strangers.map((id) => `${id} is there and was never asked for`)];
}
