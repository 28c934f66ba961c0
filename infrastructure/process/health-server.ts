import { createServer } from 'node:http';
import { once } from 'node:events';
import type { Registry } from 'prom-client';
import { readiness, type ReadinessChecks } from '#shared/readiness.ts';

/** Serves `/health/live`, `/health/ready` and `/metrics` for a process that has no other HTTP of its own. */
export async function openHealthServer(options: {
  readonly host: string;
  readonly port: number;
  readonly checks: ReadinessChecks;
  readonly registry: Registry;
}): Promise<AsyncDisposable> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    switch (request.url ?? '/') {
      case '/health/live':
        answer(200, { status: 'live' });
        return;
      case '/health/ready':
        void readiness(options.checks).then((state) => answer(state.ready ? 200 : 503, state));
        return;
      case '/metrics':
        void options.registry.metrics().then((text) => {
          response.writeHead(200, { 'content-type': options.registry.contentType }).end(text);
        });
        return;
      default:
        answer(404, { error: 'There is no such thing here', code: 'NOT_FOUND' });
    }
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return {
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
