import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestIdOf } from './request-id.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** One request and its answer under way. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** The peer's address, or the forwarded one from a configured proxy. */
  readonly ip: string;
  /** The path and query as the client wrote them; begins with a slash. */
  readonly url: string;
  /** Name of the call once the address is known; what metrics and the log show. */
  call: string;
  /** Whom the access token names; undefined until it was checked, and for public calls. */
  userId: string | undefined;
};

/** Gives the request its id and puts on the answer what every answer carries. */
export function beginExchange(request: IncomingMessage, response: ServerResponse, ip: string): Exchange {
  const requestId = requestIdOf(request);
  response.setHeader('X-Request-Id', requestId);
  for (const [name, value] of SECURITY_HEADERS) response.setHeader(name, value);
  return { request, response, requestId, ip, url: originForm(request.url ?? '/'), call: 'unknown', userId: undefined };
}

/** Whoever names a whole address, as proxies do (RFC 9112 section 3.2.2), means us by it, whatever host it says. */
function originForm(url: string): string {
  if (url.startsWith('/')) return url;
  const { pathname = '/', search = '' } = URL.parse(url) ?? {};
  return pathname.startsWith('/') ? pathname + search : '/';
}

/** Sends the whole answer, unless one was sent already (a timeout) or the client has gone. */
export function send(
  { response }: Exchange,
  status: number,
  headers: Readonly<Record<string, string>>,
  body?: string | Buffer,
): void {
  if (response.headersSent || response.destroyed) return;
  if (body === undefined) {
    response.writeHead(status, headers);
    response.end();
    return;
  }
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
