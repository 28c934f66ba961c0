import type { IncomingMessage } from 'node:http';

/** Query parameters that would put a token into proxies' and servers' logs. */
const SECRET_PARAMETERS = ['token', 'access_token', 'auth'];

type Decide = (message: string | null | undefined, success: boolean) => void;

/**
 * Decides on the WebSocket upgrade, before there is a socket: CORS does not guard WebSockets, so the Origin is checked
 * here (ASVS 4.4.2). A request without one comes from an app, not from a page in a browser, and is let through.
 */
export function makeHandshakeRequest(allowedOrigins: readonly string[]) {
  const allowed = new Set(allowedOrigins);
  return (request: IncomingMessage, decide: Decide): void => {
    const { origin } = request.headers;
    if (origin !== undefined && !allowed.has(origin)) return decide('this origin may not open sockets', false);
    const { searchParams } = new URL(request.url ?? '/', 'http://node');
    if (SECRET_PARAMETERS.some((name) => searchParams.has(name))) {
      return decide('the token belongs in the handshake auth, never in the query', false);
    }
    return decide(null, true);
  };
}
