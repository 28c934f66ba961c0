import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from './identity.ts';

const LOOK_AGAIN_AFTER_MS = 20;

/** Sends a signal; false when there is nobody to get it. A negative pid means the whole process group. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

/**
 * Asks a process to end, and after `patienceMs` kills it and its whole process group. It is gone when this returns.
 */
export async function stopProcess(
  who: { readonly pid: number; readonly identity: string },
  stopSignal: NodeJS.Signals,
  patienceMs: number,
): Promise<void> {
  if (!isRunning(who)) return;
  signal(who.pid, stopSignal);
  if (await goneWithin(who, patienceMs)) return;
  signal(-who.pid, 'SIGKILL');
  signal(who.pid, 'SIGKILL');
  // The kernel ends a killed process as soon as it leaves an uninterruptible wait: seconds at most.
  await goneWithin(who, 10_000);
}

async function goneWithin(who: { readonly pid: number; readonly identity: string }, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (isRunning(who)) {
    if (performance.now() > deadline) return false;
    await sleep(LOOK_AGAIN_AFTER_MS);
  }
  return true;
}
