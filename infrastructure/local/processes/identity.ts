import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Field of /proc/PID/stat after the command name: the state, and the start time in clock ticks since boot (proc(5)). */
const STATE_FIELD = 0;
const START_TIME_FIELD = 19;

/**
 * Tells one process from a later one with the same pid: when it started, and in which boot of the machine.
 * Undefined when there is no such process, or only a zombie of it.
 */
export function processIdentity(pid: number): string | undefined {
  return process.platform === 'linux' ? identityFromProc(pid) : identityFromPs(pid);
}

/** Whether the very process that once had this identity still runs. */
export function isRunning(who: { readonly pid: number; readonly identity: string }): boolean {
  return processIdentity(who.pid) === who.identity;
}

function identityFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name stands in parentheses and may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[STATE_FIELD] === 'Z' || fields[STATE_FIELD] === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[START_TIME_FIELD]}`;
  } catch {
    return undefined;
  }
}

function identityFromPs(pid: number): string | undefined {
  try {
    const [state, ...started] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return state === undefined || state.startsWith('Z') ? undefined : started.join(' ');
  } catch {
    return undefined;
  }
}
