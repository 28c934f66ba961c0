import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '#shared/log.ts';

/** What a turn of a loop found: more work at once, or nothing, so that the loop may rest. */
export type Turn = 'busy' | 'idle';

type LoopOptions = {
  readonly name: string;
  readonly turn: () => Promise<Turn>;
  /** Milliseconds to rest after a turn that found nothing, unless woken. */
  readonly restMs: number;
  readonly log: Log;
};

const BACK_OFF_FIRST_MS = 100;
const BACK_OFF_MAX_MS = 5_000;

export type Loop = {
  /** Ends the rest under way, so that new work is seen at once. */
  wake(): void;
  /** Settles when the turn under way has ended; no other follows. */
  stop(): Promise<void>;
};

/**
 * Turns for ever: at once while there is work, after a rest when there is none, after a growing pause when a turn throws.
 * A failing turn heals by itself when its cause goes, so it is a warning and never ends the process.
 */
export function startLoop({ name, turn, restMs, log }: LoopOptions): Loop {
  const stopped = new AbortController();
  let rest = new AbortController();
  let woken = false;

  async function pause(ms: number): Promise<void> {
    if (woken || stopped.signal.aborted) return;
    rest = new AbortController();
    await sleep(ms, undefined, { signal: rest.signal }).catch(() => undefined);
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopped.signal.aborted) {
      woken = false;
      try {
        const found = await turn();
        failures = 0;
        if (found === 'idle') await pause(restMs);
      } catch (error) {
        const backOffMs = Math.min(BACK_OFF_FIRST_MS * 2 ** failures++, BACK_OFF_MAX_MS);
        log.warn({ loop: name, err: error, backOffMs }, 'a turn failed and will be tried again');
        woken = false;
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
      rest.abort();
      await running;
    },
  };
}
