import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Exchange } from '../http/exchange.ts';

/** Headers of one connection, not of the message (RFC 9110 section 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** What a client says of who called; the next hop believes us, so it hears it from us alone. */
const CLAIMS = /^(x-user-|x-forwarded-|x-real-ip$|x-client-ip$|true-client-ip$|forwarded$|x-request-id$)/;
/** What this server has put on the answer itself. */
const OURS = /^(x-request-id$|ratelimit|access-control-|vary$|date$)/;

/** Headers of the request to the next hop: those of the client, less what is its own connection's or a claim, plus ours. */
export function requestHeaders({ request, requestId, ip }: Exchange): OutgoingHttpHeaders {
  const kept = withoutHops(request.headers).filter(([name]) => !CLAIMS.test(name));
  // A body of unknown length stays one: without this the next hop could not tell where it ends.
  const framing = request.headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' };
  return { ...Object.fromEntries(kept), ...framing, 'x-forwarded-for': ip, 'x-request-id': requestId };
}

/** Headers of the answer to the client. */
export function answerHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(withoutHops(headers).filter(([name]) => !OURS.test(name)));
}

function withoutHops(headers: IncomingHttpHeaders): [string, string | string[]][] {
  const named = new Set((headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()));
  return Object.entries(headers).filter(
    (header): header is [string, string | string[]] =>
      header[1] !== undefined && !HOP_BY_HOP.has(header[0]) && !named.has(header[0]),
  );
}
