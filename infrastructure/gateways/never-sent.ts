import type { NotMade } from '#services/payments/ports.ts';

/** What Node and undici say when there was no connection over which anything could have been sent. */
const NO_CONNECTION = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
/** How far causes are followed. */
const DEPTH_MAX = 5;

/** The code of a failure that came before anything was sent; undefined when the request may have arrived. */
export function neverSent(error: unknown): string | undefined {
  let at: unknown = error;
  for (let depth = 0; depth < DEPTH_MAX && typeof at === 'object' && at !== null; depth++) {
    const { code, cause, detail } = at as { code?: unknown; cause?: unknown; detail?: unknown };
    if (typeof code === 'string' && NO_CONNECTION.has(code)) return code;
    // Stripe's client keeps what went wrong below it as `detail`.
    at = cause ?? detail;
  }
  return undefined;
}

/** @throws what it is given, unless nothing can have arrived */
export function notMadeUnlessSent(error: unknown): NotMade {
  const failure = neverSent(error);
  if (failure === undefined) throw error;
  return { status: 'not_made', failure, isPassing: true };
}
