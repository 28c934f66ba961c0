import type { Measured } from './measure.ts';

/** One thing that is measured: a baseline, or ours. */
export type Contender = {
  readonly name: string;
  readonly run: () => Promise<Measured>;
};

/** What is set against what: `ours` is divided by `baseline`, in the same round. */
export type Comparison = {
  readonly ours: string;
  readonly baseline: string;
  readonly aim?: string;
  /** Of {@link Measured.figures}; the rate when not said. */
  readonly figure?: string;
};

export type Prepared = AsyncDisposable & {
  readonly contenders: readonly Contender[];
  readonly comparisons: readonly Comparison[];
};

/** Hands over what was opened: from now on it is closed with what this becomes part of. */
export function kept(resources: AsyncDisposableStack): AsyncDisposable {
  const moved = resources.move();
  return { [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

export type BenchOptions = {
  readonly warmUpMs: number;
  readonly runMs: number;
  /** Connections, for loads that are about how many there are; each has a number of its own when not said. */
  readonly clients?: number;
  /** What has a long run of its own makes that instead of its comparisons. */
  readonly isSustained?: boolean;
};

/** A benchmark beside its raw-engine baselines. Machines are noisy: only ratios of one round mean something. */
export type Bench = {
  readonly name: string;
  readonly says: string;
  readonly prepare: (options: BenchOptions) => Promise<Prepared>;
};

export type Report = {
  readonly bench: string;
  readonly rounds: readonly Readonly<Record<string, Measured>>[];
  readonly ratios: readonly (Comparison & { readonly median: number; readonly least: number; readonly most: number })[];
};

/** Runs every contender once per round, in turn, and sets them against each other round by round. */
export async function runBench(
  bench: Bench,
  options: BenchOptions & { readonly rounds: number },
  progress: (line: string) => void,
): Promise<Report> {
  await using prepared = await bench.prepare(options);
  const rounds: Record<string, Measured>[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const measured: Record<string, Measured> = {};
    for (const contender of prepared.contenders) {
      progress(`round ${round} of ${options.rounds}: ${contender.name}`);
      measured[contender.name] = await contender.run();
    }
    rounds.push(measured);
  }
  const ratios = prepared.comparisons.map((comparison) => {
    const each = rounds
      .map((round) => rate(round[comparison.ours], comparison) / rate(round[comparison.baseline], comparison))
      .toSorted((a, b) => a - b);
    return { ...comparison, median: median(each), least: each[0] ?? Number.NaN, most: each.at(-1) ?? Number.NaN };
  });
  return { bench: bench.name, rounds, ratios };
}

function rate(measured: Measured | undefined, { figure }: Comparison): number {
  return (figure === undefined ? measured?.perSecond : measured?.figures?.[figure]) ?? Number.NaN;
}

/** The middle of a sorted list. */
export function median(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
