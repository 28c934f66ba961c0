import type { IncomingMessage } from 'node:http';

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
    return decide(null, true);
  };
}
