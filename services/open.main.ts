import type { Registry } from 'prom-client';
import { makeHttpApp } from '#gateway/http/app.ts';
import { makeClientAddress } from '#gateway/http/client-address.ts';
import { drainNoticeMs } from '#gateway/http/drain.ts';
import { openServer } from '#gateway/http/server.ts';
import { healthPages } from '#gateway/pages/health.ts';
import { metricsPage } from '#gateway/pages/metrics.ts';
import type { Config } from '#infrastructure/config/settings.ts';
import { makeHttpMetrics } from '#infrastructure/metrics/http-metrics.ts';
import { scrape } from '#infrastructure/metrics/scrape.ts';
import type { Log } from '#shared/log.ts';
import { readiness } from '#shared/readiness.ts';
import { openGround } from './ground.main.ts';
import { wireServices } from './wire.main.ts';

export type OpenServices = { readonly url: string; stop(): Promise<void> };

/**
 * Opens the services that the settings name, for a gateway elsewhere that finds them by SERVICE_URLS.
 *
 * The gateway has counted each call against its budget already, so nothing is counted here; who calls is checked again,
 * since each hop answers for itself. TRUSTED_PROXIES names the gateways whose word on the client's address counts.
 */
export async function openServices(config: Config, log: Log, registry: Registry): Promise<OpenServices> {
  const resources = new AsyncDisposableStack();
  const ground = resources.use(await openGround('services', config, log));
  const services = resources.use(await wireServices(ground, config.SERVICES));
  let draining = false;
  const app = makeHttpApp({
    routes: services.routes,
    remotes: [],
    pages: [
      ...healthPages(async () => {
        const { ready, checks } = await readiness({ postgres: () => ground.databases.ping() });
        return { ready: ready && !draining, checks };
      }),
      metricsPage(() => scrape(registry)),
    ],
    authenticate: ground.identity.authenticate,
    limiter: undefined,
    log,
    metrics: makeHttpMetrics(registry),
    addressOf: makeClientAddress(config.TRUSTED_PROXIES),
    publicUrl: config.PUBLIC_URL,
    allowedOrigins: [],
  });
  const open = await openServer(app, { host: config.HOST, port: config.SERVICES_PORT });
  return {
    url: `http://${config.HOST}:${open.port}`,
    async stop() {
      draining = true;
      await open.close(drainNoticeMs(config.TCHAT_PROFILE));
      await resources.disposeAsync();
    },
  };
}
