import { randomUUIDv7 } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What a proxy or a client may choose for us: long enough to be unique, and nothing that could break a log line. */
const SANE = /^[A-Za-z0-9._-]{8,64}$/;

/** The id that the request came with when that is a sane one, or a new UUIDv7. */
export function requestIdOf(request: IncomingMessage): string {
  const sent = request.headers['x-request-id'];
  return typeof sent === 'string' && SANE.test(sent) ? sent : randomUUIDv7();
}
