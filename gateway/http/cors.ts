import type { IncomingMessage, ServerResponse } from 'node:http';
import { HOUR, SECOND } from '#shared/time.ts';

const REQUEST_HEADERS =
  'Authorization, Content-Type, Idempotency-Key, If-None-Match, If-Range, Range, Step-Up, X-Request-Id';
const READABLE_HEADERS =
  'X-Request-Id, RateLimit, RateLimit-Policy, Retry-After, Location, WWW-Authenticate, ETag, Accept-Ranges, Content-Range, Content-Disposition';
const PREFLIGHT_KEPT_S = HOUR / SECOND;

/** Lets pages of the allowed origins call the API. Tokens travel in a header, so no credentials mode is offered. */
export function makeCors(allowedOrigins: readonly string[]) {
  const allowed = new Set(allowedOrigins);
  return {
    /** Marks the answer as readable by the page that asked, when its origin is allowed. */
    mark(request: IncomingMessage, response: ServerResponse): void {
      const { origin } = request.headers;
      response.setHeader('Vary', 'Origin');
      if (origin === undefined || !allowed.has(origin)) return;
      response.setHeader('Access-Control-Allow-Origin', origin);
      response.setHeader('Access-Control-Expose-Headers', READABLE_HEADERS);
    },
    /** Headers that answer an OPTIONS request, preflight or not. */
    preflight(request: IncomingMessage, methods: readonly string[]): Record<string, string> {
      const headers = { Allow: [...methods, 'OPTIONS'].join(', ') };
      const { origin } = request.headers;
      if (origin === undefined || !allowed.has(origin)) return headers;
      return {
        ...headers,
        'Access-Control-Allow-Methods': methods.join(', '),
        'Access-Control-Allow-Headers': REQUEST_HEADERS,
        'Access-Control-Max-Age': String(PREFLIGHT_KEPT_S),
      };
    },
  };
}

export type Cors = ReturnType<typeof makeCors>;
