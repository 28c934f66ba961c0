import type { Struck } from './faults/strike.ts';

/** What came of a run, in numbers by their names in the table. */
export type Verdict = {
  readonly counted: Readonly<Record<string, number>>;
  /** A promise was broken where one of these is more. */
  readonly mustBeZero: Readonly<Record<string, number>>;
  /** A sentence for each of the first things that are wrong. */
  readonly details: readonly string[];
  readonly faults: readonly Struck[];
  readonly tookMs: number;
};

export function isFlawless({ mustBeZero }: Verdict): boolean {
  return Object.values(mustBeZero).every((count) => count === 0);
}
