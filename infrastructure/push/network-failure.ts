import type { Handed } from '#services/notifications/channels/ports.ts';

/** How a connection fails before anything was said on it. */
const NEVER_REACHED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What a call that failed without an answer came to. */
export function handedOfFailure(error: unknown): Handed {
  const codes = [error, error instanceof Error ? error.cause : undefined].map((one) =>
    one instanceof Error && 'code' in one ? String(one.code) : '',
  );
  if (codes.some((code) => NEVER_REACHED.has(code))) {
    return { outcome: 'refused', blame: 'provider', reason: 'cannot be reached' };
  }
  return { outcome: 'unknown', reason: 'did not answer' };
}
