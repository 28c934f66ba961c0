import { createServer } from 'node:http';
import { once } from 'node:events';
import type { Registry } from 'prom-client';
import { SECOND } from '#shared/time.ts';

/** What a process needs to serve its own traffic, by name; each settles when it answers. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<void>>>;

/** A dependency that does not answer within this counts as away. */
const CHECK_WITHIN_MS = 2 * SECOND;

export type Readiness = { readonly ready: boolean; readonly checks: Readonly<Record<string, 'ok' | 'failed'>> };

/** Asks every dependency at once. */
export async function readiness(checks: ReadinessChecks): Promise<Readiness> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const late = new Promise<never>((_, reject) => {
        setTimeout(() => reject(new Error('late')), CHECK_WITHIN_MS).unref();
      });
      const ok = await Promise.race([check(), late]).then(
        () => true,
        () => false,
      );
      return [name, ok ? 'ok' : 'failed'] as const;
    }),
  );
  return { ready: results.every(([, state]) => state === 'ok'), checks: Object.fromEntries(results) };
}

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
