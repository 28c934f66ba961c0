import { readFileSync } from 'node:fs';

/** Of the kernel's clock, as `getconf CLK_TCK` says on every Linux that we know. */
const TICKS_PER_SECOND = 100;
/** Fields of /proc/PID/stat after the name in parentheses: user and system time are the 12th and 13th. */
const USER_TIME_AT = 11;

/** Memory of a process that is in RAM, in bytes. */
export function residentBytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/** Processor time that a process has used since it began, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER_TIME_AT]) + Number(fields[USER_TIME_AT + 1])) / TICKS_PER_SECOND;
}
