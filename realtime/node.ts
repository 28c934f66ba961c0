import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import type { Log } from '#shared/log.ts';
import type { ReadinessChecks } from '#shared/readiness.ts';
import type { Notices } from '#shared/sockets/notices.ts';
import { SECOND } from '#shared/time.ts';
import { makeAdmission } from './admission/admit.ts';
import { Arrivals } from './admission/arrivals.ts';
import { Beacon } from './delivery/beacon.ts';
import { rejoinRooms } from './delivery/rejoin.ts';
import { drainSessions } from './drain.ts';
import type { EventHandler } from './events/handler.ts';
import { onChangeMessage } from './events/change-message.ts';
import { onReceipts } from './events/receipts.ts';
import { onSubscribePresence } from './events/subscribe-presence.ts';
import { onSendMessage } from './events/send-message.ts';
import { onSync } from './events/sync.ts';
import { onTyping } from './events/typing.ts';
import { makeHttp } from './http.ts';
import { makeMetrics } from './metrics.ts';
import type { Channels, Chat, Identity, NodeServer, People, PresenceRegistry } from './ports.ts';
import { openPresence } from './presence/open-presence.ts';
import { arrivalRatesOf, ratesOf } from './session/rates.ts';
import { Sessions } from './session/sessions.ts';
import type { SessionContext } from './session/session.ts';
import { watchSessions } from './session/watch-sessions.ts';

const CLOSE_WITHIN_MS = 3 * SECOND;

export type NodePorts = {
  /** Listens when its owner says so; from `node:http`, without listeners of its own. */
  readonly http: HttpServer;
  /** From `openSocketServer` on the same HTTP server. */
  readonly io: NodeServer;
  readonly identity: Identity;
  readonly chat: Chat;
  readonly people: People;
  readonly presenceRegistry: PresenceRegistry;
  readonly notices: Pick<Notices, 'on'>;
  readonly channels: Channels;
  /** The client's address, as far as proxies are believed. */
  readonly addressOf: (request: IncomingMessage) => string;
  /** The stores that it needs. */
  readonly checks: ReadinessChecks;
  /** The setting RATE_LIMITS. */
  readonly rateLimits: 'normal' | 'relaxed';
  /** Where the node's metrics go, and what `/metrics` answers. */
  readonly registry: Registry;
  readonly clock: () => Date;
  readonly log: Log;
};

export type RealtimeNode = {
  /** Lets nobody in any more, sends every client to another node, and closes; at most 20 s. */
  stop(): Promise<void>;
};

/**
 * One Socket.IO node of the cluster. It keeps nothing that matters: sessions and rooms die with it, and clients find
 * everything again on another node.
 */
export function makeRealtimeNode(ports: NodePorts): RealtimeNode {
  const { http, io, identity, chat, people, notices, channels, clock, log } = ports;
  const namespace = io.of('/');
  const sessions = new Sessions();
  const metrics = makeMetrics(ports.registry, sessions, channels);
  const now = (): number => performance.now();
  let isDraining = false;

  const present = openPresence({
    namespace,
    sessions,
    registry: ports.presenceRegistry,
    people,
    chat,
    now,
    clock,
    log,
  });
  const handlers: EventHandler[] = [
    onSendMessage(chat),
    ...onChangeMessage(chat),
    ...onReceipts(chat),
    ...onTyping(chat, now),
    onSync(chat),
    onSubscribePresence(present, channels),
  ];
  const context: SessionContext = {
    handlers: new Map(handlers.map((handler) => [handler.event, handler])),
    rates: ratesOf(ports.rateLimits),
    now,
    log,
    answered: metrics.answered,
    ended: metrics.ended,
  };
  const admission = makeAdmission({
    identity,
    chat,
    channels,
    sessions,
    context,
    arrivals: new Arrivals(arrivalRatesOf(ports.rateLimits)),
    addressOf: ports.addressOf,
    presence: present.presence,
    isDraining: () => isDraining,
    refused: metrics.refused,
    log,
  });
  namespace.use(admission.middleware);
  namespace.on('connection', admission.connected);

  const beacon = new Beacon({ namespace, chat, channels, log });
  const unwatch = watchSessions(sessions, clock, (keyId) => identity.isKeyGood(keyId));
  const unsubscribe = identity.onRevoked((sessionId) => {
    for (const session of sessions.withSession(sessionId)) session.end('revoked');
  });

  notices.on('cluster:dialog-joined', ({ user_ids: userIds, dialog }) => {
    const entering = userIds.flatMap((userId) => [...sessions.of(userId)]);
    for (const session of entering) session.enter(dialog);
    if (entering.length === 0) return;
    // What is said before the new room is heard here would be missed, so the room is told how far it has got by then.
    channels
      .settled()
      .then(() => beacon.check([dialog.id]))
      .catch((err: unknown) => log.warn({ err }, 'a new dialog could not be checked; the next beacon will'));
  });
  notices.on('cluster:dialog-left', ({ user_ids: userIds, dialog }) => {
    for (const userId of userIds) for (const session of sessions.of(userId)) session.exit(dialog);
  });
  notices.on('cluster:dialog-closed', ({ dialog }) => {
    for (const session of sessions.all) session.exitIfIn(dialog);
  });
  channels.onRestored(() => {
    log.info({ sessions: sessions.all.size }, 'hearing the other nodes again; catching up');
    rejoinRooms(sessions, chat, log)
      .then(() => channels.settled())
      .then(() => beacon.sweep())
      .catch((err: unknown) => log.warn({ err }, 'could not catch up; the next beacon will'));
  });

  http.on('request', makeHttp({ checks: ports.checks, isDraining: () => isDraining, registry: ports.registry }));

  return {
    stop: async () => {
      isDraining = true;
      await drainSessions(sessions);
      unwatch();
      unsubscribe();
      beacon.stop();
      await present.stop();
      // Connections that never were admitted may not answer the goodbye; the process ends without them.
      await Promise.race([io.close(), sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]);
      http.closeAllConnections();
    },
  };
}
