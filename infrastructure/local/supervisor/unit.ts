import type { Running } from '../processes/launch.ts';
import type { Step } from '../progress.ts';

/** One process that the supervisor keeps alive. */
export type Unit = {
  readonly name: string;
  readonly kind: 'engine' | 'role';
  readonly port: number;
  /** Launches it; throws, with nothing left running, when that fails. */
  start(step: Step): Promise<Running>;
  /** Whether it serves now. */
  readonly answers: () => Promise<boolean>;
};

/** An engine that somebody else runs. */
export type ForeignEngine = {
  readonly name: string;
  readonly address: string;
  readonly answers: () => Promise<boolean>;
};
