import { readFileSync } from 'node:fs';

/** Of the kernel's clock, as `getconf CLK_TCK` says on every Linux that we know. */
const TICKS_PER_SECOND = 100;
/** Fields of /proc/PID/stat after the name in parentheses. */
const PARENT_AT = 1;
/** User and system time, of the process and then of its children that have ended. */
const TIMES_FROM = 11;
const TIMES_TO = 15;

/** Memory of a process that is in RAM, in bytes. */
export function residentBytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/** Processor time that a process has used since it began, in seconds, and its children that have ended. */
export function cpuSeconds(pid: number): number {
  const times = statOf(pid)?.slice(TIMES_FROM, TIMES_TO) ?? [];
  return times.reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}

/** Undefined for a process that has ended. */
export function parentOf(pid: number): number | undefined {
  const parent = statOf(pid)?.[PARENT_AT];
  return parent === undefined ? undefined : Number(parent);
}

function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
