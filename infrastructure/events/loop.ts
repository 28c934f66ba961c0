import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '#shared/log.ts';
import { SECOND } from '#shared/time.ts';
import { type BackOff, pauseAfter } from './back-off.ts';

/** What a turn of a loop found: more work at once, or nothing, so that the loop may rest. */
export type Turn = 'busy' | 'idle';

type LoopOptions = {
  readonly name: string;
  readonly turn: () => Promise<Turn>;
  /** Milliseconds to rest after a turn that found nothing, unless woken. */
  readonly restMs: number;
  readonly log: Log;
};

/** What has failed for a while is tried every few seconds, so that it is not long before it is seen to have healed. */
const BACK_OFF: BackOff = { firstMs: 100, mostMs: 5 * SECOND };

export type Loop = {
  /** Ends the rest under way, so that new work is seen at once. */
  wake(): void;
  /** Settles when the turn under way has ended; no other follows. */
  stop(): Promise<void>;
};

/**
 * Turns for ever: at once while there is work, after a rest when there is none, after a growing pause with jitter when a turn
 * throws; being woken does not shorten that one.
 * A failing turn heals by itself when its cause goes, so it is a warning and never ends the process.
 */
export function startLoop({ name, turn, restMs, log }: LoopOptions): Loop {
  const stopped = new AbortController();
  /** Ended by new work; made anew for each rest. */
  let rest = new AbortController();
  /** Whether new work came since the turn under way began. */
  let woken = false;

  async function pause(ms: number, ...enders: AbortSignal[]): Promise<void> {
    const signal = AbortSignal.any([stopped.signal, ...enders]);
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }

  async function restUnlessWoken(): Promise<void> {
    if (woken) return;
    rest = new AbortController();
    await pause(restMs, rest.signal);
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopped.signal.aborted) {
      woken = false;
      try {
        const found = await turn();
        failures = 0;
        if (found === 'idle') await restUnlessWoken();
      } catch (error) {
        failures += 1;
        const backOffMs = Math.round(pauseAfter(failures, BACK_OFF));
        log.warn({ loop: name, err: error, backOffMs }, 'a turn failed and will be tried again');
        await pause(backOffMs);
      }
    }
  }

  const running = run();
  return {
    wake: () => {
      woken = true;
      rest.abort();
    },
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
}
