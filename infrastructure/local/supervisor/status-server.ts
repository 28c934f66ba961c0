import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { ClusterStatus } from './cluster-status.ts';
import { statusHtml } from './status-html.ts';

const HTML_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
};

/** Serves how the cluster is: `/` as a page, or as JSON to who asks for that; `/status.json` always as JSON. */
export async function openStatusServer(
  at: { readonly host: string; readonly port: number },
  status: () => Promise<ClusterStatus>,
): Promise<Server> {
  const server = createServer((request, response) => {
    const answer = (code: number, headers: Record<string, string>, body: string) => {
      response.writeHead(code, { ...headers, 'cache-control': 'no-store' }).end(body);
    };
    const json = (code: number, body: object) =>
      answer(code, { 'content-type': 'application/json' }, `${JSON.stringify(body, undefined, 2)}\n`);
    const { pathname } = new URL(request.url ?? '/', 'http://status');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(405, { allow: 'GET, HEAD' }, '');
    } else if (pathname === '/status.json' || (pathname === '/' && wantsJson(request))) {
      status().then(
        (now) => json(200, now),
        () => json(500, { error: 'The status could not be gathered' }),
      );
    } else if (pathname === '/') {
      status().then(
        (now) => answer(200, HTML_HEADERS, statusHtml(now)),
        () => answer(500, HTML_HEADERS, ''),
      );
    } else {
      json(404, { error: 'There is no such thing here', code: 'NOT_FOUND' });
    }
  });
  server.listen(at.port, at.host);
  await once(server, 'listening');
  return server;
}

function wantsJson(request: IncomingMessage): boolean {
  const accept = request.headers.accept ?? '';
  return accept.includes('application/json') && !accept.includes('text/html');
}
