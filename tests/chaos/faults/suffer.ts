import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '#shared/time.ts';
import type { Struck } from '../verdict.ts';
import type { Fault } from './schedule.ts';

/** A process is ready within this after its fault was undone. */
export const READY_WITHIN_MS = 30 * SECOND;
const LOOK_EVERY_MS = 250;

/** What every kind of fault has, whoever suffers it. */
type AnyFault = Omit<Struck, 'readyMs'> & { readonly afterMs: number };

export type RunOptions<One extends AnyFault = Fault> = {
  /** Successes at which the load ends, once all faults were suffered. */
  readonly goal: number;
  readonly schedule: readonly One[];
  /** When the load ends at the latest, however far it came, in milliseconds. */
  readonly withinMs: number;
  /** Between two operations of one lane of the load; 0 for as many as the cluster takes. */
  readonly pauseMs: number;
  readonly progress: (line: string) => void;
};

export type Suffered = {
  readonly faults: readonly Struck[];
  readonly mustBeZero: { readonly 'not ready within 30 s': number; readonly 'not done in time': number };
};

/**
 * Lets the faults of a schedule happen one after the other, and then waits until the load has come to its goal.
 *
 * @param strike lets one happen, undoes it, and waits until all is well
 */
export async function suffer<One extends AnyFault>(
  strike: (fault: One) => Promise<Struck>,
  { goal, schedule, withinMs, progress }: RunOptions<One>,
  succeeded: () => number,
): Promise<Suffered> {
  const endsAt = performance.now() + withinMs;
  const faults: Struck[] = [];
  for (const fault of schedule) {
    await sleep(fault.afterMs);
    if (performance.now() > endsAt) break;
    const struck = await strike(fault);
    faults.push(struck);
    const ready = `ready ${Math.round(struck.readyMs)} ms after it was undone`;
    progress(`${succeeded()} acknowledged; ${describeFault(fault)}: ${ready}`);
    // What is not ready by now will not be, and there is nothing to be learnt from striking it again.
    if (struck.readyMs === Infinity) break;
  }
  while (succeeded() < goal && performance.now() < endsAt) await sleep(LOOK_EVERY_MS);
  return {
    faults,
    mustBeZero: {
      'not ready within 30 s': faults.filter(({ readyMs }) => readyMs > READY_WITHIN_MS).length,
      'not done in time': schedule.length - faults.length + Math.max(0, goal - succeeded()),
    },
  };
}

export function describeFault({ kind, roles, lastsMs }: Omit<Struck, 'readyMs'>): string {
  const who = roles.length === 1 && kind !== 'worker killed' ? ` (${roles[0]})` : '';
  return `${kind}${who}${lastsMs === 0 ? '' : ` for ${(lastsMs / SECOND).toFixed(1)} s`}`;
}
