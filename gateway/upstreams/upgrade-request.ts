import type { IncomingMessage } from 'node:http';

/** Whether a request asks for the WebSocket of the chat. Any other wish to upgrade is ignored, as HTTP allows. */
export function isChatSocket({ method, url, headers }: IncomingMessage): boolean {
  return method === 'GET' && /^\/socket\.io\/?(\?|$)/.test(url ?? '') && headers.upgrade?.toLowerCase() === 'websocket';
}

/** Hop-by-hop headers, which are written anew, and claims of who called, which only we make. */
const NOT_PASSED =
  /^(host|connection|upgrade|keep-alive|proxy-.*|te|trailer|transfer-encoding|content-length|x-user-.*|x-forwarded-.*|x-real-ip|x-client-ip|true-client-ip|forwarded|x-request-id)$/i;

/** The request for a WebSocket as the next hop gets it, up to its last header. */
export function upgradeRequestText(
  { url = '/', rawHeaders }: IncomingMessage,
  { host, ip, requestId }: { readonly host: string; readonly ip: string; readonly requestId: string },
): string {
  const lines = [`GET ${url} HTTP/1.1`, `Host: ${host}`, 'Connection: Upgrade', 'Upgrade: websocket'];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (!NOT_PASSED.test(name)) lines.push(`${name}: ${rawHeaders[at + 1]}`);
  }
  lines.push(`X-Forwarded-For: ${ip}`, `X-Request-Id: ${requestId}`, '', '');
  return lines.join('\r\n');
}
