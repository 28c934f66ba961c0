import { io, type Socket } from 'socket.io-client';
import { AppError, type ErrorCode } from '#shared/errors.ts';
import { type Ack, asAppError, type ConnectErrorData } from '#shared/sockets/ack.ts';
import type { Answer, ClientEventName, Payload } from '#shared/sockets/client-events.ts';
import type { ServerToClient } from '#shared/sockets/server-events.ts';
import { SECOND } from '#shared/time.ts';
import { backoffMs, Pause } from './backoff.ts';
import type { Tokens } from './tokens.ts';

export type ClientSocket = Socket<ServerToClient, Record<string, (...args: unknown[]) => void>>;

export type ConnectionPorts = {
  /** Nodes, or one address that passes sockets on. After a failure the next is tried. */
  readonly urls: readonly string[];
  readonly tokens: Pick<Tokens, 'access' | 'renew' | 'isLoggedIn'>;
  /** Adds listeners to each new socket before it connects, so that nothing it hears is missed. */
  readonly listen: (socket: ClientSocket) => void;
  readonly connected: () => void;
  readonly disconnected: () => void;
  /** The login has ended: there will be no more attempts. */
  readonly loggedOut: (code: ErrorCode) => void;
};

/** Between attempts that failed. */
const RETRY = { firstMs: 400, maxMs: 10 * SECOND };
/** After a cut: soon, on another node, and not at the same moment as everyone else who was on the node that died. */
const FAILOVER_WITHIN_MS = 800;
/** A socket that lived this long was no failed attempt. */
const LASTED_MS = 5 * SECOND;
const CONNECT_WITHIN_MS = 15 * SECOND;
const ANSWER_WITHIN_MS = 10 * SECOND;

type Outcome = {
  readonly wasConnected: boolean;
  readonly code: ErrorCode | undefined;
  /** How long the node asked us to stay away, which it makes different for each client; 0 when it did not. */
  readonly stayAwayMs: number;
};

/**
 * Keeps one socket open for as long as there is a login.
 *
 * **Off** until `start`; then **trying**, one node after the other with growing waits; **on** while connected. A cut
 * leads back to trying, on the next node, since this one may have died. It ends when the session was revoked, when the
 * refresh token is refused, or by `stop`.
 */
export class Connection {
  readonly #ports: ConnectionPorts;
  readonly #pause = new Pause();
  /** Present from the start of an attempt to its end. */
  #socket: ClientSocket | undefined;
  /** Ends the attempt under way. */
  #giveUp: (() => void) | undefined;
  #running = false;
  #next: number;

  constructor(ports: ConnectionPorts) {
    this.#ports = ports;
    // A random first node spreads clients that all have the same list.
    this.#next = Math.floor(Math.random() * ports.urls.length);
  }

  get isOn(): boolean {
    return this.#socket?.connected === true;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#run();
  }

  stop(): void {
    this.#running = false;
    this.#pause.wake();
    this.#giveUp?.();
  }

  /**
   * Emits an event and waits for its acknowledgement.
   *
   * @throws {AppError} what the node answered; UPSTREAM_UNAVAILABLE without a connection, or TIMEOUT without an answer
   *   in time or before the cut: then it may or may not have happened
   */
  async request<Name extends ClientEventName>(event: Name, payload: Payload<Name>): Promise<Answer<Name>> {
    const socket = this.#socket;
    if (socket?.connected !== true) throw new AppError('UPSTREAM_UNAVAILABLE', { message: 'not connected' });
    let ack: Ack<Answer<Name>>;
    try {
      ack = (await socket.timeout(ANSWER_WITHIN_MS).emitWithAck(event, payload)) as Ack<Answer<Name>>;
    } catch (error) {
      throw new AppError('TIMEOUT', { cause: error });
    }
    if ('error' in ack) throw asAppError(ack.error);
    return ack.data;
  }

  async #run(): Promise<void> {
    for (let failures = 0; this.#running;) {
      const startedAtMs = Date.now();
      const { code, wasConnected, stayAwayMs } = await this.#attempt();
      const isCut = wasConnected && Date.now() - startedAtMs > LASTED_MS;
      failures = isCut ? 0 : failures + 1;
      if (!this.#running) return;
      if (code === 'SESSION_REVOKED' || !this.#ports.tokens.isLoggedIn) {
        this.#running = false;
        this.#ports.loggedOut(code ?? 'UNAUTHORIZED');
        return;
      }
      const waitMs = isCut ? Math.random() * FAILOVER_WITHIN_MS : backoffMs(RETRY, failures);
      await this.#pause.wait(Math.max(waitMs, stayAwayMs));
    }
  }

  /** One socket from its opening to its end. */
  async #attempt(): Promise<Outcome> {
    let token: string;
    try {
      token = await this.#ports.tokens.access();
    } catch (error) {
      return { wasConnected: false, code: codeOf(error), stayAwayMs: 0 };
    }
    if (!this.#running) return { wasConnected: false, code: undefined, stayAwayMs: 0 };
    const { urls } = this.#ports;
    const url = urls[this.#next++ % urls.length];
    const socket: ClientSocket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      timeout: CONNECT_WITHIN_MS,
      auth: { token },
    });
    this.#socket = socket;
    this.#ports.listen(socket);
    const outcome = await this.#lifeOf(socket);
    socket.disconnect();
    this.#socket = undefined;
    if (outcome.wasConnected) this.#ports.disconnected();
    if (outcome.code === 'TOKEN_EXPIRED' || outcome.code === 'UNAUTHORIZED') {
      // Refused renewal ends the login, which the tokens know; a renewal that was not answered is tried again.
      await this.#ports.tokens.renew(token).catch(() => undefined);
    }
    return outcome;
  }

  #lifeOf(socket: ClientSocket): Promise<Outcome> {
    return new Promise((resolve) => {
      let wasConnected = false;
      let code: ErrorCode | undefined;
      let stayAwayMs = 0;
      const end = (): void => {
        clearTimeout(late);
        resolve({ wasConnected, code, stayAwayMs });
      };
      const late = setTimeout(end, CONNECT_WITHIN_MS);
      this.#giveUp = end;
      socket.on('connect', () => {
        clearTimeout(late);
        wasConnected = true;
        this.#ports.connected();
      });
      socket.on('connect_error', (error: Error & { readonly data?: ConnectErrorData }) => {
        code = error.data?.code;
        stayAwayMs = error.data?.retry_after_ms ?? 0;
        end();
      });
      socket.on('session:revoked', () => {
        code = 'SESSION_REVOKED';
      });
      socket.on('disconnect', end);
    });
  }
}

function codeOf(error: unknown): ErrorCode | undefined {
  return error instanceof AppError ? error.code : undefined;
}
