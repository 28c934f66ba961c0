import { type Clock, MINUTE, SECOND } from '#shared/time.ts';

const WAIT_MAX_S = (15 * MINUTE) / SECOND;

/** Seconds to wait as a Retry-After header says, in either of its forms (RFC 9110 section 10.2.3), a quarter hour at most. */
export function retryAfterS(header: string | null | undefined, clock: Clock): number | undefined {
  if (header === null || header === undefined || header === '') return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - clock().getTime()) / SECOND;
  return Number.isFinite(seconds) ? Math.min(Math.max(Math.ceil(seconds), 1), WAIT_MAX_S) : undefined;
}
