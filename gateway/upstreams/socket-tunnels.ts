import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '#shared/log.ts';
import { MINUTE, SECOND } from '#shared/time.ts';
import type { ClientAddress } from '../http/client-address.ts';
import { requestIdOf } from '../http/request-id.ts';
import type { NodePool, UpstreamNode } from './node-pool.ts';
import { upgradeRequestText } from './upgrade-request.ts';

const CONNECT_WITHIN_MS = 2 * SECOND;
const TRIES_MAX = 2;
const TUNNELS_MAX = 50_000;
/** The kernel notices a peer that vanished without a word. */
const KEEP_ALIVE_MS = MINUTE;
/** While draining, sockets are cut one after the other, so that their clients do not come back as one. */
const CUT_PAUSE_MAX_MS = 20;
const CUT_WITHIN_MS = 5 * SECOND;

export type SocketTunnels = {
  /** Takes an `upgrade` of the HTTP server. */
  accept(request: IncomingMessage, client: Socket, head: Buffer): void;
  readonly open: number;
  /** Takes no more, and cuts those that are open one by one, within five seconds. */
  close(): Promise<void>;
};

/**
 * Pipes WebSockets to a realtime node as bytes: the gateway reads the request and nothing after it.
 *
 * Any node takes any socket, since clients keep to WebSocket and no session spans requests. A node is asked for a
 * connection first and the request is written once there is one, so a dead node costs the client nothing.
 */
export function makeSocketTunnels(pool: NodePool, addressOf: ClientAddress, log: Log): SocketTunnels {
  const open = new Set<Socket>();
  let closing = false;

  async function nodeFor(client: Socket): Promise<{ node: UpstreamNode; server: Socket } | undefined> {
    const tried = new Set<UpstreamNode>();
    while (tried.size < TRIES_MAX && !client.destroyed) {
      const node = pool.next(tried);
      if (node === undefined) return undefined;
      tried.add(node);
      try {
        const server = await connected(node.at);
        node.breaker.succeeded();
        return { node, server };
      } catch (error) {
        node.breaker.failed();
        log.warn({ upstream: node.url.origin, err: error }, 'a realtime node takes no connection');
      }
    }
    return undefined;
  }

  async function join(request: IncomingMessage, client: Socket, head: Buffer): Promise<void> {
    const requestId = requestIdOf(request);
    const found = closing || open.size >= TUNNELS_MAX ? undefined : await nodeFor(client);
    if (found === undefined || client.destroyed) {
      found?.server.destroy();
      return refuse(client, requestId);
    }
    const { node, server } = found;
    server.write(upgradeRequestText(request, { host: node.url.host, ip: addressOf(request), requestId }));
    server.write(head);
    pipe(client, server);
  }

  function pipe(client: Socket, server: Socket): void {
    open.add(client);
    const end = (): void => {
      open.delete(client);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS).setTimeout(0);
      socket.on('error', end).on('close', end);
    }
    client.pipe(server).pipe(client);
  }

  return {
    accept(request, client, head) {
      // Until both ends are joined nobody else listens, and an error without a listener ends the process.
      client.on('error', () => client.destroy());
      void join(request, client, head);
    },
    get open() {
      return open.size;
    },
    async close() {
      closing = true;
      const clients = [...open];
      const pauseMs = Math.min(CUT_PAUSE_MAX_MS, CUT_WITHIN_MS / clients.length);
      for (const client of clients) {
        client.destroy();
        await sleep(pauseMs);
      }
    },
  };
}

function connected({ host, port, secure }: UpstreamNode['at']): Promise<Socket> {
  const socket = secure ? connectTls({ host, port, servername: host }) : connect({ host, port });
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const timer = setTimeout(() => socket.destroy(new Error('no connection in time')), CONNECT_WITHIN_MS);
  socket.once(secure ? 'secureConnect' : 'connect', () => resolve(socket));
  socket.on('error', reject);
  return promise.finally(() => clearTimeout(timer));
}

/** The client speaks HTTP until it is upgraded. */
function refuse(client: Socket, requestId: string): void {
  if (!client.writable) return;
  client.end(
    `HTTP/1.1 503 Service Unavailable\r\nX-Request-Id: ${requestId}\r\nRetry-After: 1\r\n` +
      'Connection: close\r\nContent-Length: 0\r\n\r\n',
  );
}
