/** A fault that was suffered. */
export type Struck = {
  readonly kind: string;
  readonly roles: readonly string[];
  /** From the blow until it was undone, in milliseconds. */
  readonly lastsMs: number;
  /** From when it was undone until all was well; Infinity when that did not come within a minute. */
  readonly readyMs: number;
};

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
