import type { IdempotencyKey, RequestFacts } from '#shared/http/call.ts';
import type { Exchange } from './exchange.ts';

/** Headers by which proxies tell each other who called. From a client they are claims, so no handler gets to see them. */
const CLAIMS = /^(x-user-|x-forwarded-|x-real-ip$|x-client-ip$|true-client-ip$|forwarded$|cookie$)/;

/**
 * What a handler may know of the request. An access token stays here: only public calls, which take none of ours, see
 * the Authorization header, since some providers sign their webhooks in it.
 */
export function factsOf(
  { request, requestId, ip, userId }: Exchange,
  idempotency: IdempotencyKey | undefined,
): RequestFacts {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (CLAIMS.test(name) || (name === 'authorization' && userId !== undefined)) continue;
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    requestId,
    ip,
    userAgent: (request.headers['user-agent'] ?? '').slice(0, USER_AGENT_MAX),
    headers,
    idempotency,
  };
}

/** Characters kept of a user agent; real ones have some two hundred. */
const USER_AGENT_MAX = 512;
