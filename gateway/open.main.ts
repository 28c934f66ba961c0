import type { Socket } from 'node:net';
import type { Registry } from 'prom-client';
import type { Config } from '#infrastructure/config/settings.ts';
import { makePayloadCodec } from '#infrastructure/temporal/payload-codec.ts';
import { makeHttpMetrics } from '#infrastructure/metrics/http-metrics.ts';
import { scrape } from '#infrastructure/metrics/scrape.ts';
import { type Ground, openGround } from '#services/ground.main.ts';
import { CALLS, wireServices } from '#services/wire.main.ts';
import type { Log } from '#shared/log.ts';
import { readiness } from '#shared/readiness.ts';
import { type CodecEndpoint, makeCodecEndpoint } from './codec/codec-endpoint.ts';
import { makeHttpApp, type Page } from './http/app.ts';
import { makeClientAddress } from './http/client-address.ts';
import { drainNoticeMs } from './http/drain.ts';
import { openServer } from './http/server.ts';
import { RELAXED_FACTOR } from './limits/rate-classes.ts';
import { makeRateLimiter } from './limits/rate-limiter.ts';
import { apiDescriptionPages } from './pages/api-description.ts';
import { eventDescriptionPage } from './pages/event-description.ts';
import { healthPages } from './pages/health.ts';
import { jwksPage } from './pages/jwks.ts';
import { landingPage } from './pages/landing.ts';
import { metricsPage } from './pages/metrics.ts';
import { discover, landingLinks, realtimeUrls } from './discovery.main.ts';
import { makeNodePool } from './upstreams/node-pool.ts';
import { makeSocketTunnels } from './upstreams/socket-tunnels.ts';
import { isChatSocket } from './upstreams/upgrade-request.ts';

export type OpenGateway = { readonly url: string; stop(): Promise<void> };

/** Opens the HTTP front with the services that run in its process, listening on GATEWAY_PORT. */
export async function openGateway(config: Config, log: Log, registry: Registry): Promise<OpenGateway> {
  const resources = new AsyncDisposableStack();
  const ground = resources.use(await openGround('gateway', config, log));
  const found = discover(config, log);
  resources.defer(async () => found.close());
  const services = resources.use(await wireServices(ground, found.here));
  const limiter = makeRateLimiter({
    budgets: ground.budgets,
    relaxed: config.RATE_LIMITS === 'relaxed',
    byCountry: config.RATE_LIMITS_BY_COUNTRY,
    log,
  });
  resources.defer(async () => limiter.close());
  const addressOf = makeClientAddress(config.TRUSTED_PROXIES);
  const realtime = makeNodePool('realtime', realtimeUrls(config), log);
  resources.defer(async () => realtime.close());
  const tunnels = makeSocketTunnels(realtime, addressOf, log);

  let draining = false;
  const app = makeHttpApp({
    routes: services.routes,
    remotes: found.remotes,
    pages: pagesOf(ground, registry, () => draining),
    authenticate: ground.identity.authenticate,
    limiter,
    log,
    metrics: makeHttpMetrics(registry),
    addressOf,
    publicUrl: config.PUBLIC_URL,
    codec: codecOf(ground),
    allowedOrigins: config.ALLOWED_ORIGINS,
  });
  const open = await openServer(app, { host: config.HOST, port: config.GATEWAY_PORT, upgrades: isChatSocket });
  open.server.on('upgrade', (request, client, head) => tunnels.accept(request, client as Socket, head));
  return {
    url: `http://${config.HOST}:${open.port}`,
    async stop() {
      draining = true;
      await Promise.all([tunnels.close(), open.close(drainNoticeMs(config.TCHAT_PROFILE))]);
      await resources.disposeAsync();
    },
  };
}

/** Reads workflow payloads for ops, and writes down that they did. */
function codecOf({ config, clock, databases, outbox, identity, budgets }: Ground): CodecEndpoint {
  const codec = makePayloadCodec(config.TEMPORAL_CODEC_KEY);
  return makeCodecEndpoint({
    authenticate: identity.authenticate,
    decode: (payloads) => codec.decode(payloads),
    uiUrl: config.TEMPORAL_UI_URL,
    clock,
    budgets,
    budgetFactor: config.RATE_LIMITS === 'relaxed' ? RELAXED_FACTOR : 1,
    record: ({ userId, country }, { namespace, payloads }) =>
      databases.of(country).transaction((tx) =>
        outbox.append(tx, {
          audit: [
            {
              actor: userId,
              action: 'temporal.payloads_read',
              subject: namespace,
              region: country,
              outcome: 'ok',
              facts: { payloads },
            },
          ],
        }),
      ),
  });
}

/**
 * What is at the root of the server. Ready means that the databases answer: Redis and Temporal are told of as well, but
 * much is served without them, and a process that called itself unready for their sake would take that down too.
 */
function pagesOf(
  { config, databases, identity, pingRedis }: Ground,
  registry: Registry,
  draining: () => boolean,
): Page[] {
  return [
    ...healthPages(async () => {
      const [needed, wanted] = await Promise.all([
        readiness({ postgres: () => databases.ping() }),
        readiness({ redis: pingRedis }),
      ]);
      return { ready: needed.ready && !draining(), checks: { ...needed.checks, ...wanted.checks } };
    }),
    metricsPage(() => scrape(registry)),
    jwksPage(async () => identity.jwks()),
    ...apiDescriptionPages(Object.values(CALLS).flat(), { version: API_VERSION, publicUrl: config.PUBLIC_URL }),
    eventDescriptionPage({
      version: API_VERSION,
      publicUrl: config.PUBLIC_URL,
      topicPrefix: config.KAFKA_TOPIC_PREFIX,
    }),
    landingPage(landingLinks(config)),
  ];
}

/** Of the contract; a change that a client could notice counts it up. */
const API_VERSION = '1.0.0';
