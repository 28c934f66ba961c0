import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTE, SECOND } from '#shared/time.ts';
import type { Running } from '../processes/launch.ts';
import { whenReady } from '../processes/when-ready.ts';
import type { Step } from '../progress.ts';
import type { Unit } from './unit.ts';

const FIRST_WAIT_MS = 250;
const READY_WITHIN_MS = MINUTE;
const LONGEST_WAIT_MS = 10 * SECOND;
/** What lived this long was well: its next end is not held against it. */
const WELL_AFTER_MS = MINUTE;

/** How a unit fares. */
export type Fate = {
  readonly phase: 'stopped' | 'starting' | 'running' | 'waiting';
  readonly pid: number | undefined;
  readonly startedAt: Date | undefined;
  readonly restarts: number;
  /** How it ended the last time, if it ever did. */
  readonly lastEnd: string | undefined;
};

export type Kept = {
  readonly unit: Unit;
  /**
   * The first start: returns when the unit serves, and throws, with nothing left running, when it does not come to that.
   * From then on an end is followed by another start. Whether that one serves is for its health to tell: a role may have
   * to wait for an engine that is away.
   */
  start(step: Step): Promise<void>;
  /** Stops it for good; it is gone when this returns. */
  stop(): Promise<void>;
  readonly fate: () => Fate;
};

/** Milliseconds before the next start, after this many ends in a row: 250 ms, doubling to 10 s. */
export function waitAfter(endsInARow: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (endsInARow - 1), LONGEST_WAIT_MS);
}

/**
 * Keeps a unit alive until it is stopped or, at the latest, the whole cluster begins to stop. `tell` hears of every end
 * and of every start that failed.
 *
 * Phases: stopped → starting → running → (it ends) → waiting → starting → …, until `stop` ends it in any of them.
 */
export function keep(unit: Unit, tell: (line: string) => void, clusterStops: AbortSignal): Kept {
  const stopped = new AbortController();
  const stopping = AbortSignal.any([stopped.signal, clusterStops]);
  let phase: Fate['phase'] = 'stopped';
  /** Set while the phase is `running`. */
  let running: Running | undefined;
  let startedAt: Date | undefined;
  let restarts = 0;
  let lastEnd: string | undefined;
  /** Settles when nothing will be started any more. */
  let watching: Promise<void> = Promise.resolve();

  const begin = async (step: Step) => {
    phase = 'starting';
    running = await unit.start(step);
    phase = 'running';
    startedAt = new Date();
  };

  /** Returns how the unit ended, or why it could not be started. */
  const nextEnd = async (): Promise<string> => {
    if (running !== undefined) return running.ended;
    try {
      await begin({ doing: () => {}, signal: stopping });
      return await running!.ended;
    } catch (error) {
      return (error as Error).message;
    }
  };

  const watch = async () => {
    for (let endsInARow = 1; ; endsInARow += 1) {
      const began = performance.now();
      lastEnd = await nextEnd();
      running = undefined;
      startedAt = undefined;
      if (stopping.aborted) return;
      if (performance.now() - began > WELL_AFTER_MS) endsInARow = 1;
      phase = 'waiting';
      tell(`${unit.name} ended (${lastEnd}); starting it again in ${waitAfter(endsInARow)} ms`);
      const called = await sleep(waitAfter(endsInARow), true, { signal: stopping }).catch(() => false);
      if (!called) return;
      restarts += 1;
    }
  };

  return {
    unit,
    start: async (step) => {
      await begin(step);
      await whenReady(running!, { answers: unit.answers, withinMs: READY_WITHIN_MS, signal: step.signal });
      watching = watch();
    },
    stop: async () => {
      stopped.abort();
      await running?.stop();
      await watching;
      phase = 'stopped';
    },
    fate: () => ({ phase, pid: running?.pid, startedAt, restarts, lastEnd }),
  };
}
