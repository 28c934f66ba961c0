/** Hears what is being done right now, in a few words: "compiling (412 packages)". Called often; it must be cheap. */
export type Progress = (doing: string) => void;

/** A piece of work that may take minutes: it tells what it does, and may be called off. */
export type Step = {
  readonly doing: Progress;
  readonly signal: AbortSignal;
};

/** The same step, told as the work on one thing among several. */
export function stepOn(step: Step, name: string): Step {
  return { doing: (doing) => step.doing(`${name}: ${doing}`), signal: step.signal };
}

/** A step that nobody hears of and nobody calls off. */
export function quietStep(): Step {
  return { doing: () => {}, signal: new AbortController().signal };
}
