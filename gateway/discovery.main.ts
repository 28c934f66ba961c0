import type { Config } from '#infrastructure/config/settings.ts';
import { CALLS, type Domain } from '#services/wire.main.ts';
import type { Log } from '#shared/log.ts';
import type { RemoteCalls } from './http/serve-api.ts';
import type { Link } from './pages/landing.ts';
import { makeForwarder } from './upstreams/forward.ts';
import { makeNodePool } from './upstreams/node-pool.ts';

export type Discovered = {
  readonly here: readonly Domain[];
  readonly remotes: readonly RemoteCalls[];
  close(): void;
};

/**
 * Which services run in this process and which elsewhere: SERVICE_URLS goes before SERVICES, several URLs of one domain
 * are its nodes, and the calls of a domain that neither names answer 503.
 */
export function discover(config: Config, log: Log): Discovered {
  const pairs = config.SERVICE_URLS.map((pair) => [
    pair.slice(0, pair.indexOf('=')),
    pair.slice(pair.indexOf('=') + 1),
  ]);
  const urlsOf = (domain: Domain) => pairs.filter(([name]) => name === domain).map(([, url]) => url!);
  const domains = Object.keys(CALLS) as Domain[];
  const here = domains.filter((domain) => urlsOf(domain).length === 0 && config.SERVICES.includes(domain));
  const elsewhere = domains.filter((domain) => !here.includes(domain) && CALLS[domain].length > 0);
  const remotes = elsewhere.map((domain) => {
    const pool = makeNodePool(domain, urlsOf(domain), log);
    const forwarder = makeForwarder(pool);
    const close = (): void => {
      forwarder.close();
      pool.close();
    };
    return { calls: CALLS[domain], forward: forwarder.forward, close };
  });
  return { here, remotes, close: () => remotes.forEach(({ close }) => close()) };
}

/** Where the realtime nodes are. */
export function realtimeUrls(config: Config): readonly string[] {
  if (config.REALTIME_URLS.length > 0) return config.REALTIME_URLS;
  return config.REALTIME_PORTS.map((port) => `http://${reachable(config.HOST)}:${port}`);
}

/** Where someone may go from the landing page. */
export function landingLinks(config: Config): Link[] {
  const status = {
    title: 'Status',
    url: `http://${reachable(config.HOST)}:${config.STATUS_PORT}/`,
    says: 'the roles of the cluster',
  };
  return [
    { title: 'API reference', url: '/api/v1/docs', says: 'every call, for people' },
    { title: 'OpenAPI', url: '/api/v1/openapi.json', says: 'every call, for machines' },
    { title: 'AsyncAPI', url: '/api/v1/asyncapi.json', says: 'every event, on the bus and over sockets' },
    { title: 'Readiness', url: '/health/ready', says: 'what this server needs, and whether it answers' },
    ...(config.TCHAT_PROFILE === 'production' ? [] : [status]),
    ...(config.SANDBOX_URL === undefined
      ? []
      : [
          { title: 'Sandbox', url: `${config.SANDBOX_URL}/`, says: 'the outside world of development: texts, charges' },
        ]),
    { title: 'Temporal', url: config.TEMPORAL_UI_URL, says: 'the workflows behind payments, orders and codes' },
  ];
}

/** An address to ask at, for a host that listens on all of its addresses. */
function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}
