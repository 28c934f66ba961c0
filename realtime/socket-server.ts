import type { Server as HttpServer } from 'node:http';
import { Server, type ServerOptions } from 'socket.io';
import { SECOND } from '#shared/time.ts';
import { makeHandshakeRequest } from './admission/handshake-request.ts';
import { textOnlyParser } from './admission/text-only-parser.ts';
import type { NodeServer } from './ports.ts';

/** The largest frame of the contract; the longest message is 4,000 characters, 16 kB of the widest ones. */
const FRAME_BYTES_MAX = 64 * 1024;
/** From the transport's opening until a token has been accepted. */
const ADMIT_WITHIN_MS = 10 * SECOND;
/** A peer that went away without a word is noticed after both at most: presence promises 45 s. */
const PING_EVERY_MS = 25 * SECOND;
const PONG_WITHIN_MS = 15 * SECOND;

export type SocketServerOptions = {
  readonly http: HttpServer;
  readonly adapter: NonNullable<ServerOptions['adapter']>;
  /** The setting ALLOWED_ORIGINS. */
  readonly allowedOrigins: readonly string[];
};

/**
 * The contract's Socket.IO server: WebSocket only (so nothing needs sticky sessions), text only, small frames, no
 * compression (it costs 300 kB a socket, and a compressed secret leaks its length).
 */
export function openSocketServer({ http, adapter, allowedOrigins }: SocketServerOptions): NodeServer {
  return new Server(http, {
    path: '/socket.io',
    adapter,
    transports: ['websocket'],
    allowUpgrades: false,
    serveClient: false,
    parser: textOnlyParser,
    perMessageDeflate: false,
    maxHttpBufferSize: FRAME_BYTES_MAX,
    connectTimeout: ADMIT_WITHIN_MS,
    pingInterval: PING_EVERY_MS,
    pingTimeout: PONG_WITHIN_MS,
    allowRequest: makeHandshakeRequest(allowedOrigins),
  });
}
