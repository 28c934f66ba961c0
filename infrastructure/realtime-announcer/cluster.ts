import { createShardedAdapter } from '@socket.io/redis-adapter';
import type { DefaultEventsMap, Namespace, Server, ServerOptions } from 'socket.io';
import type { ServerToServer } from '#shared/sockets/notices.ts';
import type { ServerToClient } from '#shared/sockets/server-events.ts';
import { relayFrames } from './relay-frames.ts';
import type { ShardedChannels } from './sharded-channels.ts';

/** Clients may emit anything: the node parses it. */
export type ClusterServer = Server<DefaultEventsMap, ServerToClient, ServerToServer>;
export type ClusterNamespace = Namespace<DefaultEventsMap, ServerToClient, ServerToServer>;

/**
 * The adapter that joins the Socket.IO servers of a cluster over Redis's sharded pub/sub: one channel a room, heard only
 * by servers that have a member, on which events travel as finished frames; and one that all servers hear, for the rest.
 *
 * @param prefix the setting REDIS_PREFIX, so that clusters can share a Redis
 */
export function clusterAdapter(channels: ShardedChannels, prefix: string): NonNullable<ServerOptions['adapter']> {
  const make = createShardedAdapter(channels, channels, { channelPrefix: `${prefix}:all`, subscriptionMode: 'static' });
  // Socket.IO calls it with `new`, which an arrow function would not bear.
  return function relayingAdapter(namespace: ClusterNamespace) {
    const adapter = make(namespace);
    relayFrames(adapter, channels, (room) => `${prefix}:room:${room}`);
    return adapter;
  } as NonNullable<ServerOptions['adapter']>;
}
