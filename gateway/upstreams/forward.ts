import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#shared/errors.ts';
import { SECOND } from '#shared/time.ts';
import type { Exchange } from '../http/exchange.ts';
import { answerHeaders, requestHeaders } from './forwarded-headers.ts';
import type { NodePool, UpstreamNode } from './node-pool.ts';

/** Nodes are near: one that takes no connection within this is away. */
const CONNECT_WITHIN_MS = SECOND;
/** Less than a node keeps idle connections (65 s), so that none is used just as the node closes it. */
const IDLE_KEPT_MS = 30 * SECOND;
const SOCKETS_PER_NODE_MAX = 256;
/** Nodes that one request may be tried on. */
const TRIES_MAX = 2;

export type Forwarder = {
  /**
   * Passes a request on and streams its answer back.
   *
   * Only a request that cannot have been acted on is tried on a second node: one that never got a connection, or one
   * that changes nothing.
   *
   * @throws {AppError} UPSTREAM_UNAVAILABLE when no node takes it
   */
  readonly forward: (exchange: Exchange) => Promise<void>;
  close(): void;
};

/** Why a try got no answer, and whether the node may have seen the request. */
class NoAnswer extends Error {
  readonly sent: boolean;
  constructor(cause: unknown, sent: boolean) {
    super('no answer from a node', { cause });
    this.sent = sent;
  }
}

/** Passes calls to the nodes of a pool over connections that are kept. */
export function makeForwarder(pool: NodePool): Forwarder {
  const kept = { keepAlive: true, maxSockets: SOCKETS_PER_NODE_MAX, timeout: IDLE_KEPT_MS };
  const agents = { 'http:': new HttpAgent(kept), 'https:': new HttpsAgent(kept) };

  function ask(exchange: Exchange, { url, at }: UpstreamNode): Promise<IncomingMessage> {
    const { host, port, secure } = at;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    let connected = false;
    let answered = false;
    const outgoing = (secure ? httpsRequest : httpRequest)({
      host,
      port,
      path: exchange.url,
      agent: agents[secure ? 'https:' : 'http:'],
      method: exchange.request.method,
      headers: { ...requestHeaders(exchange), host: url.host },
    });
    const leave = (): void => void outgoing.destroy();
    const tooLate = setTimeout(() => outgoing.destroy(new Error('no connection in time')), CONNECT_WITHIN_MS);
    const onConnected = (): void => {
      connected = true;
      clearTimeout(tooLate);
      // The body is touched only now: until here another node may still be asked.
      exchange.request.pipe(outgoing);
    };
    outgoing.on('socket', (socket) => {
      if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', onConnected);
      else onConnected();
    });
    exchange.response.once('close', leave);
    outgoing.once('response', (answer) => {
      answered = true;
      resolve(answer);
    });
    outgoing.on('error', (cause) => reject(new NoAnswer(cause, connected)));
    outgoing.once('close', () => {
      clearTimeout(tooLate);
      exchange.response.off('close', leave);
      if (!answered) reject(new NoAnswer(undefined, connected));
    });
    return promise;
  }

  async function relay(exchange: Exchange, answer: IncomingMessage): Promise<void> {
    const { response } = exchange;
    if (response.headersSent || response.destroyed) {
      answer.destroy();
      return;
    }
    response.writeHead(answer.statusCode ?? 502, answerHeaders(answer.headers));
    // The status is out: when the node breaks off now, the client must see a broken answer, not a short one.
    await pipeline(answer, response).catch(() => response.destroy());
  }

  return {
    async forward(exchange) {
      const harmless = exchange.request.method === 'GET' || exchange.request.method === 'HEAD';
      const tried = new Set<UpstreamNode>();
      let cause: unknown;
      while (tried.size < TRIES_MAX) {
        const node = pool.next(tried);
        if (node === undefined) break;
        tried.add(node);
        try {
          const answer = await ask(exchange, node);
          node.breaker.succeeded();
          return await relay(exchange, answer);
        } catch (error) {
          if (exchange.response.destroyed) return node.breaker.abandoned();
          node.breaker.failed();
          cause = error;
          if (error instanceof NoAnswer && error.sent && !harmless) break;
        }
      }
      throw new AppError('UPSTREAM_UNAVAILABLE', { retryAfterS: 1, cause });
    },
    close: () => {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}
