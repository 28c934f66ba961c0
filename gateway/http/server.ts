import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import { randomUUIDv7 } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ERRORS, type ErrorCode } from '#shared/errors.ts';
import { SECOND } from '#shared/time.ts';
import { UPLOAD_WITHIN_MS } from './serve-api.ts';

/** A client has this long to send its headers; slower ones hold a connection for nothing. */
const HEADERS_WITHIN_MS = 10 * SECOND;
/** And this long to send all of its request, which may be a file; calls that take none end sooner. */
const REQUEST_WITHIN_MS = UPLOAD_WITHIN_MS;
/** Idle connections are kept longer than load balancers keep theirs (60 s), so that the closing side is never us. */
const KEEP_ALIVE_MS = 65 * SECOND;
const HEADER_BYTES_MAX = 16 * 1024;
/** How often connections are looked at for the limits above. */
const CHECK_EVERY_MS = 2 * SECOND;

const SWEEP_EVERY_MS = 50;

export type OpenServer = {
  readonly server: Server;
  readonly port: number;
  /**
   * For `noticeMs` asks each client with its next answer to go elsewhere; then takes no new connections, lets requests
   * under way end, and closes connections as they fall idle.
   */
  close(noticeMs?: number): Promise<void>;
};

type ServerOptions = {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Requests that the server's `upgrade` event gets. Any other wish to upgrade is served as plain HTTP. */
  readonly upgrades?: (request: IncomingMessage) => boolean;
};

/** Listens, with a limit on whatever a client could draw out. */
export async function openServer(listener: RequestListener, options: ServerOptions): Promise<OpenServer> {
  let closing = false;
  const server = createServer(
    {
      headersTimeout: HEADERS_WITHIN_MS,
      requestTimeout: REQUEST_WITHIN_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
      connectionsCheckingInterval: CHECK_EVERY_MS,
      noDelay: true,
      shouldUpgradeCallback: options.upgrades ?? (() => false),
    },
    (request, response) => {
      // Told while draining, so that clients go elsewhere with their next request and none meets a closed door.
      if (closing) response.setHeader('Connection', 'close');
      listener(request, response);
    },
  );
  server.on('clientError', refuseMalformed);
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const address = server.address();
  return {
    server,
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    async close(noticeMs = 0) {
      closing = true;
      if (noticeMs > 0) await sleep(noticeMs);
      const closed = once(server, 'close');
      server.close();
      // A connection whose request was under way just now is idle a moment later.
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS);
      await closed.finally(() => clearInterval(sweep));
    },
  };
}

const REFUSALS: { readonly [code: string]: readonly [string, ErrorCode] | undefined } = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'VALIDATION_ERROR'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'TIMEOUT'],
};

/** What is no HTTP never reaches the application: it is answered here, in the same form, and cut. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [line, code] = REFUSALS[error.code ?? ''] ?? ['400 Bad Request', 'VALIDATION_ERROR'];
  const [status, ...words] = line.split(' ');
  const requestId = randomUUIDv7();
  const body = JSON.stringify({
    error: ERRORS[code].title,
    code,
    details: 'This is not a request that can be read',
    type: 'about:blank',
    title: words.join(' '),
    status: Number(status),
    request_id: requestId,
  });
  socket.end(
    `HTTP/1.1 ${line}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `X-Request-Id: ${requestId}\r\nConnection: close\r\n\r\n${body}`,
  );
}
