import type { IncomingMessage } from 'node:http';
import express, { type Express } from 'express';
import { AppError } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import { SECOND } from '#shared/time.ts';
import { CODEC_BASE, type CodecEndpoint } from '../codec/codec-endpoint.ts';
import type { HttpMetrics } from '../ports.ts';
import type { ClientAddress } from './client-address.ts';
import { makeCors } from './cors.ts';
import { beginExchange, type Exchange } from './exchange.ts';
import { refuse } from './problem.ts';
import { type ApiOptions, makeServeApi } from './serve-api.ts';

export type HttpAppOptions = Omit<ApiOptions, 'cors'> & {
  readonly log: Log;
  readonly metrics: HttpMetrics;
  /** Answers at the root of the server, by path: health, metrics, keys, pages. */
  readonly pages: readonly Page[];
  /** Where clients reach the server, without a slash at its end. */
  readonly publicUrl: string;
  /** Reads workflow payloads for ops; absent where there is no Temporal to read from. */
  readonly codec?: CodecEndpoint;
  readonly addressOf: ClientAddress;
  readonly allowedOrigins: readonly string[];
};

/** Something that is no call of the contract. Those under `/health` and `/metrics` are not written to the access log. */
export type Page = {
  readonly path: string;
  readonly answer: (exchange: Exchange) => void | Promise<void>;
};

export const API_BASE = '/api/v1';

const WEBSOCKET_ONLY = 'Socket.IO is served over WebSocket only: connect with transports: ["websocket"]';

/** What a client still sends after its answer is thrown away for this long; then the connection is cut. */
const LINGER_MS = 10 * SECOND;

const QUIET = /^\/(health\/|metrics$)/;

/** The HTTP front as an Express application; it listens to nothing yet. */
export function makeHttpApp(options: HttpAppOptions): Express {
  const { log, metrics, publicUrl, addressOf } = options;
  const refusal = { log, docsUrl: `${publicUrl}${API_BASE}/docs` };
  const cors = makeCors(options.allowedOrigins);
  const serveApi = makeServeApi({ ...options, cors });
  const pages = new Map(options.pages.map(({ path, answer }) => [path, answer]));

  async function answer(exchange: Exchange, path: string): Promise<void> {
    const page = pages.get(path);
    if (page !== undefined) await answerPage(exchange, path, page);
    else if (path.startsWith(`${API_BASE}/`)) await serveApi(exchange, path.slice(API_BASE.length));
    else if (options.codec !== undefined && isCodec(path)) await options.codec(exchange, path);
    else if (/^\/socket\.io(\/|$)/.test(path)) throw new AppError('VALIDATION_ERROR', { details: WEBSOCKET_ONLY });
    else throw new AppError('NOT_FOUND');
  }

  const app = express();
  app.disable('x-powered-by');
  app.use((request, response) => {
    const startedAt = performance.now();
    const exchange = beginExchange(request, response, addressOf(request));
    const path = exchange.url.split('?', 1)[0]!;
    cors.mark(request, response);
    metrics.began();
    response.once('finish', () => cutLater(request));
    response.once('close', () => {
      const ms = performance.now() - startedAt;
      // 499 is what proxies write for a client that left before its answer.
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.ended(exchange.call, status, ms / 1000);
      if (!QUIET.test(path)) logAccess(log, exchange, status, ms);
    });
    answer(exchange, path).catch((error: unknown) => refuse(exchange, error, refusal));
  });
  return app;
}

function isCodec(path: string): boolean {
  return path === CODEC_BASE || path.startsWith(`${CODEC_BASE}/`);
}

async function answerPage(exchange: Exchange, path: string, answer: Page['answer']): Promise<void> {
  const { request, response } = exchange;
  exchange.call = path;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    throw new AppError('METHOD_NOT_ALLOWED');
  }
  await answer(exchange);
}

/** A body that nobody waits for any more is thrown away, wherever it was going, and must not hold a connection for long. */
function cutLater(request: IncomingMessage): void {
  if (request.complete) return;
  request.unpipe();
  request.resume();
  const timer = setTimeout(() => request.destroy(), LINGER_MS);
  request.once('close', () => clearTimeout(timer));
}

/** Names the call, not the address: an address may hold what someone searched for. */
function logAccess(log: Log, { requestId, call, userId, request }: Exchange, status: number, ms: number): void {
  log.info({ requestId, call, method: request.method, status, ms: Math.round(ms * 10) / 10, userId }, 'answered');
}
