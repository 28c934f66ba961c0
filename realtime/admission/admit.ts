import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import { grants, scopesOf } from '#shared/scopes.ts';
import { SECOND } from '#shared/time.ts';
import type { Channels, Chat, Identity, NodeSocket } from '../ports.ts';
import { Session, type SessionContext } from '../session/session.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Presence } from '../presence/presence.ts';
import type { Arrivals } from './arrivals.ts';
import { ConnectError } from './connect-error.ts';
import { hasTokenInQuery } from './token-in-query.ts';

/** The contract's limit, counted per node. */
export const SOCKETS_PER_USER_MAX = 5;
/** A client that is refused may try again on the same connection, with another token; not for ever. */
const ATTEMPTS_PER_CONNECTION_MAX = 3;

const Handshake = z.looseObject({ token: z.string().min(1).max(8192) });

export type AdmissionPorts = {
  readonly identity: Pick<Identity, 'authenticate'>;
  readonly chat: Pick<Chat, 'dialogsOf'>;
  readonly channels: Pick<Channels, 'settled'>;
  readonly sessions: Sessions;
  readonly context: SessionContext;
  readonly arrivals: Arrivals;
  /** The client's address, as far as proxies are believed. */
  readonly addressOf: (request: IncomingMessage) => string;
  readonly presence: Pick<Presence, 'arrived' | 'left'>;
  /** True while the node lets nobody in, because it is about to stop. */
  readonly isDraining: () => boolean;
  readonly refused: (code: string) => void;
  readonly log: Log;
};

type Next = (error?: Error) => void;

/**
 * Decides who gets a socket, as Socket.IO's middleware: no room and no handler before the token is found good.
 *
 * A client is let in only when its rooms are heard cluster-wide, so that it misses nothing after `connect`: what was
 * said before, `sync` tells it. First its own room, then the reading of its dialogs, so that a dialog which begins in
 * between is in either; the session is in the register from the start and is told by notice.
 */
export function makeAdmission({
  identity,
  chat,
  channels,
  sessions,
  context,
  arrivals,
  addressOf,
  presence,
  isDraining,
  refused,
  log,
}: AdmissionPorts) {
  const attempts = new WeakMap<object, number>();
  const sessionOf = new WeakMap<NodeSocket, Session>();

  async function admit(socket: NodeSocket): Promise<void> {
    const { conn } = socket;
    const attempt = (attempts.get(conn) ?? 0) + 1;
    attempts.set(conn, attempt);
    if (attempt > ATTEMPTS_PER_CONNECTION_MAX) {
      conn.close();
      throw new AppError('RATE_LIMIT_EXCEEDED');
    }
    if (isDraining()) throw new AppError('RETRY_LATER', { retryAfterS: 1 });
    const waitMs = arrivals.take(addressOf(socket.request), context.now());
    if (waitMs > 0) throw new AppError('RETRY_LATER', { retryAfterS: waitMs / SECOND });

    if (hasTokenInQuery(socket.request)) {
      throw new AppError('UNAUTHORIZED', { message: 'The token belongs in the handshake auth, never in the query' });
    }
    const handshake = Handshake.safeParse(socket.handshake.auth);
    if (!handshake.success) throw new AppError('UNAUTHORIZED');
    const caller = await identity.authenticate(handshake.data.token);
    // The second factor may be owed still, or the role be one that does not chat.
    if (!grants(caller.scopes ?? scopesOf(caller.role), 'messaging')) throw new AppError('FORBIDDEN');
    if (sessions.countOf(caller.userId) >= SOCKETS_PER_USER_MAX) throw new AppError('TOO_MANY_SOCKETS');

    const session = new Session(socket, caller, context);
    const leave = (): void => {
      session.left();
      sessions.remove(session);
      presence.left(caller.userId);
    };
    sessions.add(session);
    conn.once('close', leave);
    try {
      session.joinOwnRoom();
      await channels.settled();
      await session.settleInto(() => chat.dialogsOf(caller.userId));
      await channels.settled();
      // It may have been revoked meanwhile, and its connection be on its way out.
      if (session.ended) throw new AppError('SESSION_REVOKED');
    } catch (error) {
      leave();
      throw error;
    }
    sessionOf.set(socket, session);
    socket.once('disconnect', () => {
      leave();
      // A client may leave the namespace and keep the connection, which would then idle for free.
      conn.close();
    });
  }

  /** What to tell a client that is not let in; undefined for one that is. */
  async function refusalOf(socket: NodeSocket): Promise<ConnectError | undefined> {
    try {
      await admit(socket);
      return undefined;
    } catch (error) {
      if (!(error instanceof AppError)) log.error({ err: error }, 'a socket could not be admitted');
      const known = error instanceof AppError ? error : new AppError('INTERNAL');
      refused(known.code);
      return new ConnectError(known);
    }
  }

  return {
    middleware: async (socket: NodeSocket, next: Next): Promise<void> => next(await refusalOf(socket)),
    /** The socket is connected: its session takes events from now on. */
    connected: (socket: NodeSocket): void => {
      const session = sessionOf.get(socket);
      if (session === undefined) return;
      session.begin();
      void presence.arrived(session.caller.userId);
    },
  };
}
