import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { makeClientAddress } from '#gateway/http/client-address.ts';
import type { Config } from '#infrastructure/config/settings.ts';
import { makeOutbox } from '#infrastructure/events/outbox.ts';
import { makeIdempotency } from '#infrastructure/idempotency/idempotency.ts';
import { openKeyManagement } from '#infrastructure/keys/open-key-management.ts';
import { openDatabases } from '#infrastructure/postgres/databases.ts';
import { makeAnnouncer } from '#infrastructure/realtime-announcer/announcer.ts';
import { clusterAdapter } from '#infrastructure/realtime-announcer/cluster.ts';
import { makeNotices } from '#infrastructure/realtime-announcer/notices.ts';
import { ShardedChannels } from '#infrastructure/realtime-announcer/sharded-channels.ts';
import { openRedis } from '#infrastructure/redis/connect.ts';
import { makePresenceRegistry } from '#infrastructure/redis/presence-registry.ts';
import { makeRevocationFeed } from '#infrastructure/redis/revocation-feed.ts';
import { blockersOf } from '#services/auth/blocks.ts';
import { openIdentity } from '#services/auth/identity.ts';
import { findPeople } from '#services/auth/people.ts';
import { lastSeenOf, readPresence, rememberSeen } from '#services/auth/presence.ts';
import { makeAttachMedia } from '#services/media/attach-media.ts';
import { makeDetachMedia } from '#services/media/detach-media.ts';
import { makeMessaging } from '#services/messaging/service.ts';
import { makeSharesDialog } from '#services/messaging/shares-dialog.ts';
import { makeTopVersions } from '#services/messaging/top-versions.ts';
import { openMessageStore } from '#services/open-message-store.main.ts';
import type { Log } from '#shared/log.ts';
import { makeRealtimeNode } from './node.ts';
import { openSocketServer } from './socket-server.ts';

export type OpenNode = {
  /** Where it listens; with REALTIME_PORT 0, on a port of the system's choice. */
  readonly url: string;
  stop(): Promise<void>;
};

/** Opens everything that a realtime node needs, and the node, listening. */
export async function openNode(config: Config, log: Log, registry: Registry): Promise<OpenNode> {
  const resources = new AsyncDisposableStack();
  const prefix = config.REDIS_PREFIX;
  const clock = (): Date => new Date();

  const databases = resources.use(openDatabases(config, 'realtime'));
  const messages = resources.use(await openMessageStore(config));
  const [publisher, subscriber, presence] = await Promise.all([
    openRedis({ url: config.REDIS_URL, name: 'realtime-publish', log, commandTimeoutMs: 'none' }),
    openRedis({ url: config.REDIS_URL, name: 'realtime-subscribe', log }),
    openRedis({ url: config.REDIS_URL, name: 'realtime-presence', log }),
  ]);
  resources.use(presence);
  const channels = resources.use(new ShardedChannels({ publisher, subscriber, log }));
  const identity = resources.use(
    await openIdentity({
      databases,
      feed: makeRevocationFeed({ publisher, subscriber, prefix, log }),
      keyManagement: openKeyManagement(config),
      log,
      clock,
      signingKeys: config.TOKEN_SIGNING_KEYS,
      issuer: config.PUBLIC_URL,
    }),
  );

  const http = createServer();
  const adapter = clusterAdapter(channels, prefix);
  const io = openSocketServer({ http, adapter, allowedOrigins: config.ALLOWED_ORIGINS });
  const notices = makeNotices(io.of('/'));
  const outbox = makeOutbox();
  const messaging = makeMessaging({
    databases,
    outbox,
    idempotency: makeIdempotency(),
    people: { find: (ids) => findPeople(databases, ids) },
    blocks: { blockersOf: (userId, others) => blockersOf(databases, userId, others) },
    keyManagement: openKeyManagement(config),
    media: {
      attach: makeAttachMedia({ databases, outbox, clock }),
      detach: makeDetachMedia({ databases, outbox, clock }),
    },
    announcer: makeAnnouncer(io.of('/'), notices),
    messageStore: messages.store,
  });
  const node = makeRealtimeNode({
    http,
    io,
    identity: {
      authenticate: identity.authenticate,
      isKeyGood: (keyId) => identity.isKeyGood(keyId),
      onRevoked: (listener) => identity.revocations.onRevoked(listener),
    },
    chat: {
      ...messaging,
      topVersions: makeTopVersions({ databases }),
      sharesDialog: makeSharesDialog({ databases }),
    },
    people: {
      presenceOf: (watcherId, ids) => readPresence(databases, watcherId, ids),
      lastSeenOf: (ids) => lastSeenOf(databases, ids),
      rememberSeen: (seen) => rememberSeen(databases, seen),
    },
    presenceRegistry: makePresenceRegistry(presence, prefix, randomUUID()),
    notices,
    channels,
    checks: { postgres: () => databases.ping(), messages: () => messages.ping() },
    rateLimits: config.RATE_LIMITS,
    addressOf: makeClientAddress(config.TRUSTED_PROXIES),
    registry,
    clock,
    log,
  });

  http.listen(config.REALTIME_PORT, config.HOST);
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://${config.HOST}:${port}`,
    stop: async () => {
      await node.stop();
      await resources.disposeAsync();
    },
  };
}
