import { HOUR, MINUTE } from '#shared/time.ts';
import type { Period } from './ports.ts';

const DAY_MS = 24 * HOUR;

/** Our clock and a gateway's may differ by this. */
export const CLOCK_SKEW_MS = 5 * MINUTE;

/** How far before its day a statement is read, so that a movement at midnight is found whichever clock dates it. */
const OVERLAP_MS = HOUR;

/** A day in UTC: its midnight, and the next one. */
export function periodOf(day: string): Period {
  const from = new Date(`${day}T00:00:00.000Z`);
  return { from, to: new Date(from.getTime() + DAY_MS) };
}

/** The part of the statement that is read for a day. */
export function readFor(day: string): Period {
  const { from, to } = periodOf(day);
  return { from: new Date(from.getTime() - OVERLAP_MS), to };
}

/** The day that a moment is in, in UTC. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** The days that are over for longer than `afterMs`, the latest last. */
export function daysOver(now: Date, afterMs: number, count: number): readonly string[] {
  const latest = now.getTime() - afterMs - DAY_MS;
  return Array.from({ length: count }, (_, back) => dayOf(new Date(latest - (count - 1 - back) * DAY_MS)));
}
