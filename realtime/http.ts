import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { AppError, ERRORS } from '#shared/errors.ts';
import { type Readiness, readiness, type ReadinessChecks } from '#shared/readiness.ts';

export type HealthPorts = {
  /** The stores, each of which must answer. */
  readonly checks: ReadinessChecks;
  readonly isDraining: () => boolean;
  readonly registry: Registry;
};

/**
 * The few HTTP addresses of a node. Live touches nothing. Ready means that the node should be given sockets: Postgres
 * answers and it is not about to stop. Redis being away does not make it unready: the node then serves its own sockets,
 * and all nodes would be unready at once, which helps nobody. The metrics tell of it.
 */
export function makeHttp({ checks, isDraining, registry }: HealthPorts): RequestListener {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    // Socket.IO has its own listener on this server, which answers for its path.
    if (path.startsWith('/socket.io/')) return;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return problem(response, new AppError('METHOD_NOT_ALLOWED'));
    }
    switch (path) {
      case '/health/live':
        return json(response, 200, { status: 'live' });
      case '/health/ready': {
        const { ready, checks: asked } = await readiness(checks);
        const state: Readiness = { ready: ready && !isDraining(), checks: asked };
        return json(response, state.ready ? 200 : 503, state);
      }
      case '/metrics':
        response.setHeader('Content-Type', registry.contentType);
        response.end(await registry.metrics());
        return;
      default:
        return problem(response, new AppError('NOT_FOUND'));
    }
  }
  return (request, response) => {
    answer(request, response).catch((error: unknown) => problem(response, new AppError('INTERNAL', { cause: error })));
  };
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

function problem(response: ServerResponse, { status, code, message }: AppError): void {
  if (response.headersSent) return void response.end();
  response.writeHead(status, { 'Content-Type': 'application/problem+json' });
  response.end(JSON.stringify({ type: 'about:blank', title: ERRORS[code].title, status, error: message, code }));
}
