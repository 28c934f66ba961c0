import { AppError } from '#shared/errors.ts';
import type { Caller } from '#shared/caller.ts';
import type { Call, Route } from '#shared/http/call.ts';
import type { Log } from '#shared/log.ts';
import { SECOND } from '#shared/time.ts';
import { type RateLimiter, tooManyCalls } from '../limits/rate-limiter.ts';
import type { Authenticate } from '../ports.ts';
import { answerCall } from './answer-call.ts';
import { authorize } from './authorize.ts';
import type { Cors } from './cors.ts';
import { type Exchange, send } from './exchange.ts';
import { makeRouteTable } from './route-table.ts';
import { makeUploads } from './uploads.ts';

/** Longer than any call takes: statements end after 10 s, and what waits for the world outside is a workflow. */
const ANSWER_WITHIN_MS = 30 * SECOND;
/** Ten megabytes at 1 Mbit/s take 80 s; phones on a bad network send no faster. */
export const UPLOAD_WITHIN_MS = 120 * SECOND;

/** Calls of services that run elsewhere, and how a request gets there and its answer back. */
export type RemoteCalls = {
  readonly calls: readonly Call[];
  readonly forward: (exchange: Exchange) => Promise<void>;
};

type Entry = { readonly call: Call } & (
  | { readonly kind: 'here'; readonly route: Route }
  | { readonly kind: 'elsewhere'; readonly forward: RemoteCalls['forward'] }
);

export type ApiOptions = {
  readonly routes: readonly Route[];
  readonly remotes: readonly RemoteCalls[];
  readonly authenticate: Authenticate;
  /** Undefined behind a gateway that has counted the call already. */
  readonly limiter: RateLimiter | undefined;
  readonly cors: Cors;
  readonly log: Log;
  readonly answerWithinMs?: number;
};

/**
 * The calls of the contract: finds the one that an address names, admits its caller, and has it answered here or
 * elsewhere. Refusals come in this order: address, token, role, budget, and then what the request says.
 */
export function makeServeApi({
  routes,
  remotes,
  authenticate,
  limiter,
  cors,
  log,
  answerWithinMs = ANSWER_WITHIN_MS,
}: ApiOptions) {
  const here = routes.map((route): Entry => ({ kind: 'here', call: route.call, route }));
  const elsewhere = remotes.flatMap(({ calls, forward }) =>
    calls.map((call): Entry => ({ kind: 'elsewhere', call, forward })),
  );
  const entries = [...here, ...elsewhere];
  const uploads = makeUploads();
  const table = makeRouteTable(entries.map((entry) => ({ method: entry.call.method, path: entry.call.path, entry })));

  async function admit(exchange: Exchange, call: Call): Promise<Caller | undefined> {
    const caller = await authorize(call, exchange.request.headers.authorization, authenticate);
    exchange.userId = caller?.userId;
    if (limiter === undefined) return caller;
    const { ip } = exchange;
    const subject =
      caller === undefined ? { userId: undefined, ip } : { userId: caller.userId, country: caller.country, ip };
    const verdict = await limiter.admit(call.rate, subject);
    exchange.response.setHeader('RateLimit-Policy', verdict.headers['RateLimit-Policy']);
    exchange.response.setHeader('RateLimit', verdict.headers.RateLimit);
    if (!verdict.allowed) throw tooManyCalls(verdict.retryAfterS);
    return caller;
  }

  async function serve(exchange: Exchange, path: string, found: ReturnType<typeof table.find>): Promise<void> {
    const { request, response } = exchange;
    if (found.kind === 'none') throw new AppError('NOT_FOUND');
    if (found.kind === 'other-methods') {
      const methods = table.methodsOf(path);
      if (request.method === 'OPTIONS') return send(exchange, 204, cors.preflight(request, methods));
      response.setHeader('Allow', [...methods, 'OPTIONS'].join(', '));
      throw new AppError('METHOD_NOT_ALLOWED');
    }
    const { entry, params } = found;
    exchange.call = entry.call.name;
    const caller = await admit(exchange, entry.call);
    if (entry.kind === 'elsewhere') await entry.forward(exchange);
    else await answerCall(entry.route, exchange, { params, caller, uploads, log });
  }

  /**
   * Answers one request.
   *
   * @param path the address below `/api/v1`, without the query
   * @throws {AppError} with the refusal to send; TIMEOUT when nothing was sent in time, though the call may still succeed
   */
  return async function serveApi(exchange: Exchange, path: string): Promise<void> {
    const found = table.find(exchange.request.method ?? '', path);
    const takesFile = found.kind === 'found' && found.entry.call.upload !== undefined;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const withinMs = takesFile ? UPLOAD_WITHIN_MS : answerWithinMs;
    const timer = setTimeout(() => reject(new AppError('TIMEOUT')), withinMs);
    const served = serve(exchange, path, found);
    try {
      await Promise.race([served, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
